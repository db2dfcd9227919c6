import { maker } from '../makers.ts'
import { option } from '../options/option.ts'
import { settingsOf } from '../options/settings-of.ts'
import type { AnyReader, KeyOf, Like, Store, ValueOf } from '../store.ts'
import type { AnyView } from '../view/any-view.ts'
import { compareUtf8 } from '../view/match.ts'
import { viewBehind } from '../view/over.ts'
import { layer } from './layer.ts'

export interface CachedKeysOptions<K> {
  /**
   * Lists the keys sorted: by their UTF-8 bytes, or as a comparison says.
   * @default false
   */
  sort?: boolean | ((a: K, b: K) => number) | undefined
  /** Lists these keys, in this order, instead of asking the store; they are read at once. */
  keys?: Iterable<K> | undefined
}

type Sort = boolean | ((a: never, b: never) => number)

const OPTIONS = {
  sort: option<Sort>('true, false or a comparison', value => ['boolean', 'function'].includes(typeof value)),
  keys: option<Iterable<unknown>>(
    'a list of keys',
    value => typeof value === 'object' && value !== null && Symbol.iterator in value,
  ),
}

/** What {@link cachedKeys} adds to a store. */
export interface CachedKeys {
  /** Forgets the list, so that the next listing asks the store again. */
  refreshKeys(): void
}

/**
 * Lists the keys once, at the first need, and from memory from then on; keys written and deleted through this store
 * are kept up to date. What others add is not listed until `refreshKeys()`, and reading never depends on the list.
 *
 * @example
 * ```ts
 * const photos = pipe(files('photos'), cachedKeys({ sort: true }))
 * for await (const key of photos.keys({ after: '2026-06', limit: 20 })) show(key)
 * ```
 */
export function cachedKeys(options?: {
  sort?: boolean | undefined
}): <S extends AnyReader>(store: S) => Like<S> & CachedKeys
export function cachedKeys<S extends AnyReader>(
  options?: CachedKeysOptions<KeyOf<S>>,
): (store: S) => Like<S> & CachedKeys
export function cachedKeys<S extends AnyReader>(
  options?: CachedKeysOptions<KeyOf<S>>,
): (store: S) => Like<S> & CachedKeys {
  const { sort, keys } = settingsOf('cachedKeys', OPTIONS, options as object)
  // Now, as it may be an iterator that can be read only once.
  const given = keys && ([...keys] as KeyOf<S>[])
  return store => {
    const list = new KeyList<KeyOf<S>>(store, sort, given)
    const cached = layer<S>(
      store,
      'cachedKeys',
      {
        keys: async function* () {
          yield* await list.keys()
        },
        size: async () => (await list.keys()).length,
        set: (key, value, how) =>
          list.after(write(store).set(key, value, { ...how, transfer: true }), key, true),
        delete: (key, how) => list.after(write(store).delete(key, how), key, false),
        writeOptions: viewBehind(store).source.driver.writeOptions ?? [],
      },
      { order: sort === true ? 'utf8-bytes' : 'none' },
    )
    return Object.assign(cached, { refreshKeys: () => list.forget() })
  }
}

maker(cachedKeys)

/** Called only for a store that can be written: `layer` leaves writing out elsewhere. */
function write<S extends AnyReader>(store: S): Store<KeyOf<S>, ValueOf<S>> {
  return store as unknown as Store<KeyOf<S>, ValueOf<S>>
}

/** The keys of a store, listed once and kept up to date. */
class KeyList<K> {
  readonly #store: AnyReader
  readonly #view: AnyView
  readonly #order: Sort | undefined
  readonly #given: readonly K[] | undefined
  #list: Promise<Map<unknown, K>> | undefined
  #sorted: K[] | undefined

  constructor(store: AnyReader, order: Sort | undefined, given: readonly K[] | undefined) {
    this.#store = store
    this.#view = viewBehind(store)
    this.#order = order
    this.#given = given
    this.forget()
  }

  async keys(): Promise<readonly K[]> {
    this.#list ??= this.#load()
    const list = await this.#list
    this.#sorted ??= this.#sort([...list.values()])
    return this.#sorted
  }

  /** Waits for a write, then notes what it did. A list on its way may have missed it. */
  async after(written: Promise<void>, key: K, present: boolean): Promise<void> {
    await written
    const list = await this.#list?.catch(() => undefined)
    if (list === undefined || list.has(this.#view.identity(key)) === present) return
    if (present) list.set(this.#view.identity(key), key)
    else list.delete(this.#view.identity(key))
    this.#sorted = undefined
  }

  forget(): void {
    // What is given need not be waited for, so that writes before the first listing are noted.
    this.#list = this.#given && Promise.resolve(this.#listed(this.#given))
    this.#sorted = undefined
  }

  #listed(keys: readonly K[]): Map<unknown, K> {
    return new Map(keys.map(key => [this.#view.identity(key), key]))
  }

  /** Shared by all who wait for it, so nobody's signal ends it. */
  async #load(): Promise<Map<unknown, K>> {
    try {
      const list = new Map<unknown, K>()
      for await (const key of this.#store.keys()) list.set(this.#view.identity(key), key)
      return list
    } catch (error) {
      this.forget()
      throw error
    }
  }

  #sort(keys: K[]): K[] {
    const order = this.#order
    if (order === undefined || order === false) return keys
    return keys.sort(order === true ? byBytes : (order as typeof byBytes))
  }
}

function byBytes(a: unknown, b: unknown): number {
  return compareUtf8(String(a), String(b))
}
