import type { AnyReader, KeyOf, Like, Store, ValueOf } from '../store.ts'
import { compareUtf8 } from '../view/match.ts'
import { viewBehind } from '../view/over.ts'
import type { AnyView } from '../view/view.ts'
import { layer } from './layer.ts'

export interface CachedKeysOptions<K> {
  /**
   * Lists the keys sorted: by their UTF-8 bytes, or as a comparison says.
   * @default false
   */
  sort?: boolean | ((a: K, b: K) => number)
  /** Lists these keys, in this order, instead of asking the store. */
  keys?: Iterable<K>
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
export function cachedKeys<S extends AnyReader>(
  options: CachedKeysOptions<KeyOf<S>> = {},
): (store: S) => Like<S> & CachedKeys {
  return store => {
    const list = new KeyList<KeyOf<S>>(store, options)
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
      },
      { order: options.sort === true ? 'utf8-bytes' : 'none' },
    )
    return Object.assign(cached, { refreshKeys: () => list.forget() })
  }
}

/** Called only for a store that can be written: `layer` leaves writing out elsewhere. */
function write<S extends AnyReader>(store: S): Store<KeyOf<S>, ValueOf<S>> {
  return store as unknown as Store<KeyOf<S>, ValueOf<S>>
}

/** The keys of a store, listed once and kept up to date. */
class KeyList<K> {
  readonly #store: AnyReader
  readonly #view: AnyView
  readonly #options: CachedKeysOptions<K>
  #list: Promise<Map<unknown, K>> | undefined
  #sorted: K[] | undefined

  constructor(store: AnyReader, options: CachedKeysOptions<K>) {
    this.#store = store
    this.#view = viewBehind(store)
    this.#options = options
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
    this.#list = undefined
    this.#sorted = undefined
  }

  /** Shared by all who wait for it, so nobody's signal ends it. */
  async #load(): Promise<Map<unknown, K>> {
    try {
      const list = new Map<unknown, K>()
      for await (const key of this.#options.keys ?? this.#store.keys())
        list.set(this.#view.identity(key), key)
      return list
    } catch (error) {
      this.forget()
      throw error
    }
  }

  #sort(keys: K[]): K[] {
    const { sort } = this.#options
    if (sort === undefined || sort === false) return keys
    return keys.sort(sort === true ? (a, b) => compareUtf8(String(a), String(b)) : sort)
  }
}
