import { createStore } from '../create-store.ts'
import type { DriverListOptions, MaybePromise } from '../driver.ts'
import { isStoreError, StoreError } from '../error.ts'
import { contentOf } from '../keys/identity.ts'
import { printKey, printValue } from '../print-key.ts'
import type { AnyReader, KeyOf, Reader, ValueOf } from '../store.ts'
import { CONCURRENCY, mapBounded } from '../view/bounded.ts'
import { viewBehind } from '../view/over.ts'
import { userFailure } from '../view/user-failure.ts'
import { madeOf } from './composing/standing.ts'

/** Tells the group of a key; it reads the value only when it asks for it. */
export type GroupOf<K, V, G> = (key: K, value: () => Promise<V | undefined>) => MaybePromise<G>

/**
 * The values of a store by groups: a key is a group, its value the list of the values in it, in listing order.
 *
 * There is no index: `get`, `has` and each listing go through all keys of the store, and read the values that `groupOf`
 * asks for. Listing the entries goes through it once and holds all values. It can only be read. What `groupOf` throws
 * rejects `InvalidArgument`, with the error as cause; so does `undefined`. Closing it closes the store.
 *
 * @example
 * ```ts
 * const byYear = grouped(reports, key => key.slice(0, 4))
 * const byCity = grouped(users, async (_, value) => (await value())?.city ?? '')
 * ```
 */
export function grouped<S extends AnyReader, G>(
  store: S,
  groupOf: GroupOf<KeyOf<S>, ValueOf<S>, G>,
): Reader<G, ValueOf<S>[]> {
  if (typeof groupOf !== 'function')
    throw new TypeError(`grouped takes a function from key to group, not ${printValue(groupOf)}`)
  const view = viewBehind(store)
  const grouping = createStore<G, ValueOf<S>[]>({
    name: 'grouped',
    keyType: 'any',
    valueType: 'any',
    listsOnce: true,
    get: async (group, { signal }) => {
      const values: ValueOf<S>[] = []
      const read = mapBounded(keysOf(group, signal), CONCURRENCY, key => valueAt(key, signal))
      for await (const value of read) if (value !== undefined) values.push(value)
      return values.length === 0 ? undefined : values
    },
    async *keys({ signal }: DriverListOptions<G>) {
      const seen = new Set<unknown>()
      for await (const [, group] of pairs(signal)) {
        const id = contentOf(group)
        if (seen.has(id)) continue
        seen.add(id)
        yield group
      }
    },
    async *entryPages({ signal }: DriverListOptions<G>) {
      const groups = new Map<unknown, [G, ValueOf<S>[]]>()
      const read = mapBounded(
        pairs(signal),
        CONCURRENCY,
        async ([key, group]) => [group, await valueAt(key, signal)] as const,
      )
      for await (const [group, value] of read) {
        if (value === undefined) continue
        const id = contentOf(group)
        const known = groups.get(id)
        if (known === undefined) groups.set(id, [group, [value]])
        else known[1].push(value)
      }
      yield [...groups.values()]
    },
    close: () => store.close(),
  })
  return madeOf(grouping, [view])

  /** The value of a key of the store, which is no key of the groups. */
  async function valueAt(key: KeyOf<S>, signal: AbortSignal | undefined): Promise<ValueOf<S> | undefined> {
    try {
      return (await store.get(key, { signal })) as ValueOf<S> | undefined
    } catch (error) {
      if (!isStoreError(error) || isStoreError(error, 'Aborted')) throw error
      const { code, detail, retryable, retryAfterMs, cause } = error
      throw new StoreError(code, `the entry ${printKey(key)}: ${detail}`, { cause, retryable, retryAfterMs })
    }
  }

  function pairs(signal: AbortSignal | undefined): AsyncGenerator<readonly [KeyOf<S>, G], void, undefined> {
    return mapBounded(
      store.keys({ signal }) as AsyncIterable<KeyOf<S>>,
      CONCURRENCY,
      async key => [key, await asked(key, signal)] as const,
    )
  }

  async function* keysOf(
    group: G,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<KeyOf<S>, void, undefined> {
    const id = contentOf(group)
    for await (const [key, other] of pairs(signal)) if (contentOf(other) === id) yield key
  }

  async function asked(key: KeyOf<S>, signal: AbortSignal | undefined): Promise<G> {
    let failed: { readonly error: unknown } | undefined
    const value = () =>
      valueAt(key, signal).catch(error => {
        failed = { error }
        throw error
      })
    try {
      const group = await groupOf(key, value)
      if (group !== undefined) return group
      throw new TypeError(`it gave no group for ${printKey(key)}; let filterKeys leave entries out`)
    } catch (error) {
      // A value that cannot be read is the store's failure, not the function's.
      if (failed?.error === error) throw error
      throw userFailure('InvalidArgument', 'the function of grouped failed', error)
    }
  }
}
