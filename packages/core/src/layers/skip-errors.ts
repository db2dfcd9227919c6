import { isStoreError, type StoreError } from '../error.ts'
import { maker } from '../makers.ts'
import { callback, flag } from '../options/kinds.ts'
import { settingsOf } from '../options/settings-of.ts'
import type { AnyReader, KeyOf, Like, ValueOf } from '../store.ts'
import { CONCURRENCY, mapBounded } from '../view/bounded.ts'
import { viewBehind } from '../view/over.ts'
import { layer } from './layer.ts'

export interface SkipErrorsOptions<K> {
  /** Told of each key whose value could not be read, once for each reading. */
  onError?: ((error: StoreError, key: K) => void) | undefined
  /**
   * Leaves keys that failed out of later listings.
   * @default true
   */
  remember?: boolean | undefined
}

const OPTIONS = {
  onError: callback<(error: StoreError, key: never) => void>(),
  remember: flag.or(true),
}

/**
 * Lets `entries` and `values` go on past values that cannot be read; `get` of one still rejects. A failing listing
 * still fails, and so do `Aborted` and `Closed`.
 *
 * @example
 * ```ts
 * const records = pipe(files('scans'), jsonValues<Scan>(), skipErrors({ onError: error => console.warn(error.message) }))
 * ```
 */
export function skipErrors(options?: {
  remember?: boolean | undefined
}): <S extends AnyReader>(store: S) => Like<S>
export function skipErrors<S extends AnyReader>(options?: SkipErrorsOptions<KeyOf<S>>): (store: S) => Like<S>
export function skipErrors<S extends AnyReader>(
  options?: SkipErrorsOptions<KeyOf<S>>,
): (store: S) => Like<S> {
  const { remember } = settingsOf('skipErrors', OPTIONS, options)
  const { onError } = options ?? {}
  return store => {
    const view = viewBehind(store)
    const failed = new Set<unknown>()
    const listed: LayerKeys<S> = async function* (options) {
      for await (const key of store.keys(options as object))
        if (!failed.has(view.identity(key))) yield key as KeyOf<S>
    }
    const read = async (key: KeyOf<S>, signal: AbortSignal | undefined) => {
      try {
        return [[key, (await store.get(key, signal && { signal })) as ValueOf<S> | undefined] as const]
      } catch (error) {
        if (!isStoreError(error) || isStoreError(error, 'Aborted', 'Closed')) throw error
        if (remember) failed.add(view.identity(key))
        onError?.(error, key)
        return []
      }
    }
    return layer<S>(store, 'skipErrors', {
      keys: listed,
      async *entryPages({ signal, ...options }) {
        for await (const page of mapBounded(listed(options), CONCURRENCY, key => read(key, signal)))
          yield page.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]))
      },
    })
  }
}

maker(skipErrors)

type LayerKeys<S> = (options: object) => AsyncGenerator<KeyOf<S>, void, undefined>
