import type { DriverDeleteOptions, DriverListOptions, DriverMethods, Guarantees } from '../../driver.ts'
import { isStoreError, StoreError } from '../../error.ts'
import type { AnyStore, ReadOptions } from '../../store.ts'
import { CONCURRENCY, eachBounded, mapBounded } from '../../view/bounded.ts'
import { viewBehind } from '../../view/over.ts'
import { belowMethods } from '../below.ts'

/** What is at a key: a value, one whose time is over, or none. */
export type Life = 'live' | 'over' | 'absent'

type Methods = DriverMethods<unknown, unknown>
type Shared = Pick<Methods, 'has' | 'stat' | 'keys' | 'delete' | 'remove' | 'rename'>

interface SweepSettings extends ReadOptions {
  readonly unguarded: boolean
}

/** What follows for a store from when its values end, whatever tells that. */
export interface Lifetimes {
  readonly methods: Shared
  readonly guarantees: Partial<Guarantees>
  /** Waits until a write may be done under its conditions: what is over counts as absent. */
  ready(key: unknown, options: { ifAbsent?: unknown; ifMatch?: unknown } & ReadOptions): Promise<void>
  /** Removes what is over, and tells how many there were. */
  sweep(settings: SweepSettings): Promise<number>
}

/** `lifeOf` tells what is at a key now; `shown` makes the stat of a value from that of what is stored. */
export function lifetimes(
  store: AnyStore,
  lifeOf: (key: unknown, options: ReadOptions) => Promise<Life>,
  shown: <T extends object>(stat: T) => T,
): Lifetimes {
  const below = belowMethods(store)
  const { conditions } = viewBehind(store).guarantees
  const guarded = conditions.includes('deleteIfMatch')

  return {
    methods: {
      has: async (key, options) => (await lifeOf(key, options)) === 'live',
      async stat(key, options) {
        const found = await below.stat(key, options)
        return found !== undefined && (await lifeOf(key, options)) === 'live' ? shown(found) : undefined
      },
      async *keys({ limit: _, ...options }: DriverListOptions<unknown>) {
        const listed = store.keys(options as object)
        const checked = mapBounded(
          listed,
          CONCURRENCY,
          async key => [key, await isListed(key, options)] as const,
        )
        for await (const [key, there] of checked) if (there) yield key
      },
      async delete(key, options: DriverDeleteOptions) {
        await ready(key, options)
        await below.delete(key, options)
      },
      // What is over stays for a sweep: a value that is stored meanwhile must not go unseen.
      remove: async (key, options) =>
        (await lifeOf(key, options)) === 'live' && (await below.remove(key, options)),
      async rename(from, to, options) {
        const { signal } = options
        if ((await lifeOf(from, { signal })) !== 'live') return false
        await ready(to, options)
        return await below.rename(from, to, options)
      },
    },
    // What is over is in the way of a value that must be the first, and has to go without taking another one along.
    guarantees: { conditions: conditions.filter(each => each !== 'ifAbsent' || guarded) },
    ready,
    async sweep({ signal, unguarded }) {
      if (!guarded && !unguarded)
        throw new StoreError(
          'Unsupported',
          'sweep needs a store that deletes conditionally (deleteIfMatch); give { unguarded: true } to sweep while nobody writes',
        )
      let count = 0
      await eachBounded(store.keys({ signal }), CONCURRENCY, async key => {
        if (await removed(key, { signal })) count++
      })
      return count
    },
  }

  async function ready(
    key: unknown,
    { ifAbsent, ifMatch, signal }: { ifAbsent?: unknown; ifMatch?: unknown } & ReadOptions,
  ) {
    if (ifAbsent === true) await removed(key, { signal })
    if (ifMatch !== undefined && (await lifeOf(key, { signal })) !== 'live')
      throw new StoreError('Conflict', 'there is no value any more')
  }

  /** Removes a value that is over, and no other; tells whether it did. */
  async function removed(key: unknown, options: ReadOptions): Promise<boolean> {
    // The tag first: if the value changes before its end is read, the old tag makes the removal fail.
    const tag = guarded ? (await below.stat(key, options))?.etag : undefined
    if ((await ended(key, options)) && (tag !== undefined || !guarded)) {
      try {
        await below.delete(key, tag === undefined ? options : { ...options, ifMatch: tag })
        return true
      } catch (error) {
        if (!isStoreError(error, 'Conflict')) throw error
      }
    }
    return false
  }

  async function ended(key: unknown, options: ReadOptions): Promise<boolean> {
    return (await lifeOrForeign(key, options)) === 'over'
  }

  async function isListed(key: unknown, options: ReadOptions): Promise<boolean> {
    const life = await lifeOrForeign(key, options)
    return life === 'live' || life === 'foreign'
  }

  /** What cannot be read is listed, and left alone. */
  async function lifeOrForeign(key: unknown, { signal }: ReadOptions): Promise<Life | 'foreign'> {
    try {
      return await lifeOf(key, { signal })
    } catch (error) {
      if (isStoreError(error, 'Incompatible', 'Corrupt')) return 'foreign'
      throw error
    }
  }
}
