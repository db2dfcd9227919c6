import { maker } from '../makers.ts'
import { affixCodec } from './affix.ts'
import type { AffixCodec } from './affixed.ts'

/**
 * Keys without the text that all inner keys begin with. Inner keys that begin otherwise are not in the view.
 *
 * @example
 * ```ts
 * const notes = pipe(files('data'), mapKeys(prefix('notes/')))
 * await notes.get('monday.txt') // the bytes of notes/monday.txt
 * ```
 */
export function prefix(base: string): AffixCodec {
  return affixCodec('prefix', base, '', [base])
}

maker(prefix)
