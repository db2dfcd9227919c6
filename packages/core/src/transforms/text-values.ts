import { maker } from '../makers.ts'
import type { Reader, WithValues } from '../store.ts'
import { text } from '../values/text.ts'
import { viewBehind } from '../view/over.ts'

/** A reader or store of bytes. */
// biome-ignore lint/suspicious/noExplicitAny: constraint alias
export type ByteReader = Reader<any, Uint8Array>

/**
 * Strings over a store of bytes, in UTF-8: short for `mapValues(text())`.
 *
 * @example
 * ```ts
 * const notes = pipe(files('notes'), textValues())
 * await notes.set('monday', 'Buy milk')
 * ```
 */
export function textValues(): <S extends ByteReader>(store: S) => WithValues<S, string> {
  return store => viewBehind(store).with({ kind: 'mapValues', codec: text() as never }) as never
}

maker(textValues)
