import type { ReadOptions } from '../../store.ts'
import type { Flight } from '../flights.ts'
import type { NearCopy } from './near-copy.ts'
import type { ReadThrough } from './read-through.ts'

/** The values of many keys at once. */
type GetMany = (keys: readonly unknown[], options: ReadOptions) => Promise<readonly unknown[]>

/**
 * Reads many keys by a near copy: what is near comes from there, what somebody fetches already is waited for, and the
 * rest is fetched in one batch, which ends early when nobody waits for any of it.
 */
export function readBatch(
  { under, get }: ReadThrough,
  near: NearCopy,
  idOf: (key: unknown) => unknown,
  fetchAll: (...args: Parameters<GetMany>) => ReturnType<GetMany>,
): GetMany {
  return async (keys, options) => {
    const lacking = keys.filter(key => isLacking(key))
    const asked = new Map((await those(lacking, options)).map(key => [idOf(key), key]))
    if (asked.size < 2) return await Promise.all(keys.map(key => get(key, options)))
    const fetched = fetchEach([...asked.values()], options)
    const given = new Set<unknown>()
    return await Promise.all(
      keys.map(async key => {
        const id = idOf(key)
        const value = fetched.get(id)
        if (value !== undefined && !given.has(id)) {
          given.add(id)
          return await value
        }
        // A key that comes twice is read twice, so that nobody holds the same bytes.
        await value
        return await get(key, options)
      }),
    )
  }

  /** Whether a key can only be answered by the store. */
  function isLacking(key: unknown): boolean {
    const standing = near.standing(key, idOf(key))
    return standing === 'unknown' || standing === 'fresh'
  }

  /** Those of the keys that are neither near nor under way. */
  async function those(keys: readonly unknown[], options: ReadOptions): Promise<unknown[]> {
    const held = await Promise.all(
      keys.map(key => near.standing(key, idOf(key)) === 'fresh' && near.holds(key, options)),
    )
    return keys.filter((key, index) => held[index] !== true && !under.isUnderWay(idOf(key)))
  }

  /** One fetch for each key, all of them by one batch. */
  function fetchEach(keys: readonly unknown[], { signal }: ReadOptions): Map<unknown, Promise<unknown>> {
    const ending = new AbortController()
    let waiting = keys.length
    let batch: ReturnType<GetMany> | undefined
    const begin = () => {
      batch ??= fetchAll(keys, { signal: ending.signal })
      return batch
    }
    return new Map(keys.map((key, index) => [idOf(key), land(key, index)]))

    async function land(key: unknown, index: number): Promise<unknown> {
      const id = idOf(key)
      const { value, shared } = await under.join(id, flight => take(key, id, index, flight), signal)
      return shared ? await get(key, { signal }) : value
    }

    async function take(key: unknown, id: unknown, index: number, flight: Flight): Promise<unknown> {
      flight.signal.addEventListener('abort', () => --waiting === 0 && ending.abort(), { once: true })
      const at = near.time(key)
      const value = (await begin())[index]
      await flight.keep(() =>
        value === undefined ? near.keepAbsence(key, id, at) : near.keep(key, id, value, { at }),
      )
      return value
    }
  }
}
