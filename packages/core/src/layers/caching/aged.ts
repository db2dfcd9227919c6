import { StoreError } from '../../error.ts'
import type { AnyStore, ReadOptions } from '../../store.ts'
import { viewBehind } from '../../view/over.ts'
import { belowMethods } from '../below.ts'
import { layer } from '../layer.ts'
import { type Life, type Lifetimes, lifetimes } from './lifetimes.ts'

/** A store whose values end so long after the time at which the store says they were written. */
export function aged(
  store: AnyStore,
  ttl: number,
  now: () => number,
): { store: AnyStore; lifetimes: Lifetimes } {
  const below = belowMethods(store)
  const lives = lifetimes(store, lifeOf, stat => stat)
  const { ready } = lives
  const made = layer<AnyStore>(
    store,
    'expiring',
    {
      ...lives.methods,
      get: async (key, options) =>
        (await lifeOf(key, options)) === 'live' ? await below.get(key, options) : undefined,
      readStream: async (key, range, options) =>
        (await lifeOf(key, options)) === 'live' ? await below.readStream(key, range, options) : undefined,
      async set(key, value, options) {
        await ready(key, options)
        await below.set(key, value, options)
      },
      setMany: 'below',
      deleteMany: 'below',
      batch: 'below',
      async writeStream(key, chunks, options) {
        await ready(key, options)
        await below.writeStream(key, chunks, options)
      },
      writeOptions: viewBehind(store).source.driver.writeOptions ?? [],
    },
    lives.guarantees,
  )
  return { store: made, lifetimes: lives }

  async function lifeOf(key: unknown, options: ReadOptions): Promise<Life> {
    const stat = await below.stat(key, options)
    if (stat === undefined) return 'absent'
    if (stat.modified === undefined)
      throw new StoreError('Unsupported', "the store keeps no times; leave out by: 'modified'")
    return now() < stat.modified.getTime() + ttl ? 'live' : 'over'
  }
}
