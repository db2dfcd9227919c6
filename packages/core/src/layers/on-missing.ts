import type { MaybePromise } from '../driver.ts'
import type { AnyReader, KeyOf, Like, ReadOptions, ValueOf } from '../store.ts'
import { userFailure } from '../view/user-failure.ts'
import { layer } from './layer.ts'

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
  return store =>
    layer<S>(
      store,
      'onMissing',
      {
        get: async (key, options) => {
          const value = (await store.get(key, options)) as ValueOf<S> | undefined
          return value === undefined ? await made(make, key, options) : value
        },
        has: 'below',
        stat: 'below',
        entryPages: 'below',
      },
      // What is read need not be there, so that no condition could be kept.
      { conditions: [] },
    )
}

async function made<K, V>(
  make: (key: K, options: ReadOptions) => MaybePromise<V | undefined>,
  key: K,
  options: ReadOptions,
): Promise<V | undefined> {
  try {
    return await make(key, options)
  } catch (error) {
    throw userFailure('InvalidArgument', 'the function of onMissing failed', error)
  }
}
