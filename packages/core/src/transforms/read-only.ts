import type { AnyReader, KeyOf, Reader, ValueOf } from '../store.ts'
import { viewBehind } from '../view/over.ts'

/**
 * The same store without writing, in its type and at run time: `set`, `delete` and their like reject `ReadOnly`
 * before the driver hears of them, also through transforms put on top.
 *
 * @example
 * ```ts
 * const published = readOnly(files('public'))
 * const pages = pipe(files('public'), textValues(), readOnly)
 * ```
 */
export function readOnly<S extends AnyReader>(store: S): Reader<KeyOf<S>, ValueOf<S>> {
  return viewBehind(store).with({ kind: 'readOnly' })
}
