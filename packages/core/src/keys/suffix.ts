import { maker } from '../makers.ts'
import { affixCodec } from './affix.ts'
import type { AffixCodec } from './affixed.ts'

/**
 * Keys without the text that all inner keys end with. Inner keys that end otherwise are not in the view.
 *
 * @example
 * ```ts
 * const notes = pipe(files('notes'), mapKeys(suffix('.txt')))
 * await notes.get('monday') // the bytes of monday.txt
 * ```
 */
export function suffix(end: string): AffixCodec {
  return affixCodec('suffix', '', end, [end])
}

maker(suffix)
