import type { MaybePromise } from '../driver.ts'
import type { AnyReader, KeyOf, Like, ReadOptions, ValueOf } from '../store.ts'
import { everythingBelow, layer } from './layer.ts'

/**
 * Gives what `make` makes where there is no value; `undefined` from it means absent still. Nothing is stored, and `has`
 * and listings speak of what is there. Value transforms put on top decode what `make` gives, like any other value.
 *
 * @example
 * ```ts
 * const pages = pipe(files('pages'), textValues(), onMissing(key => `No page ${key} yet.`))
 * ```
 */
export function onMissing<S extends AnyReader>(
  make: (key: KeyOf<S>, options: ReadOptions) => MaybePromise<ValueOf<S> | undefined>,
): (store: S) => Like<S> {
  if (typeof make !== 'function') throw new TypeError('onMissing takes a function from key to value')
  return store => {
    return layer<S>(store, 'onMissing', {
      ...everythingBelow,
      get: async (key, options) =>
        ((await store.get(key, options)) as ValueOf<S> | undefined) ?? (await make(key, options)),
      getMany: 'derived',
      readStream: 'derived',
    })
  }
}
