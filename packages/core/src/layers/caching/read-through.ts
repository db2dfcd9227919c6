import type { MaybePromise } from '../../driver.ts'
import { getWithStat } from '../../operations/get-with-stat.ts'
import type { AnyStore, ReadOptions } from '../../store.ts'
import { isPromise } from '../../when-ready.ts'
import { type Flight, type Flights, flights } from '../flights.ts'
import type { NearCopy } from './near-copy.ts'

/** Reads by a near copy, of which at most one fetch for each key is under way. */
export interface ReadThrough {
  readonly under: Flights<unknown>
  get(key: unknown, options: ReadOptions): MaybePromise<unknown>
  /** Fetches a value for nobody, so that it is near when it is asked for. */
  refresh(key: unknown): Promise<void>
}

/** What a layer gives for a value of `store`: what is near while it counts, else what is fetched and kept from then on. */
export function readThrough(
  store: AnyStore,
  near: NearCopy,
  idOf: (key: unknown) => unknown,
  revalidate: boolean,
): ReadThrough {
  const under = flights<unknown>()
  return { under, get, refresh: key => shared(key, idOf(key), {}).then(() => {}) }

  function get(key: unknown, options: ReadOptions): MaybePromise<unknown> {
    const id = idOf(key)
    const standing = near.standing(key, id)
    if (standing === 'absent') return undefined
    if (standing !== 'fresh' && standing !== 'stale') return missed(key, id, options)
    const since = under.ended
    const value = near.read(key, options)
    if (standing === 'stale') later(key, id)
    if (isPromise(value)) return readLater(value, key, id, options, since)
    return value === undefined ? missed(key, id, options, since) : value
  }

  /** A function of its own, as a hit that is there at once would pay for what the closure holds. */
  async function readLater(
    value: Promise<unknown>,
    key: unknown,
    id: unknown,
    options: ReadOptions,
    since: number,
  ): Promise<unknown> {
    const found = await value
    return found === undefined ? await missed(key, id, options, since) : found
  }

  async function missed(key: unknown, id: unknown, options: ReadOptions, since?: number): Promise<unknown> {
    const { value, shared: others } = await shared(key, id, options, since)
    return others ? await own(key, id, value, options) : value
  }

  function shared(key: unknown, id: unknown, { signal }: ReadOptions, since = under.ended) {
    return under.join(
      id,
      async flight => {
        // Another fetch may have ended while the near copy was looked at.
        const again = under.ended === since ? undefined : await counted(key, id)
        const known = again === undefined ? await asked(key, id, flight) : again
        return known === undefined ? await fetched(key, id, flight) : known
      },
      signal,
    )
  }

  /** What is near, if it counts. */
  async function counted(key: unknown, id: unknown): Promise<unknown> {
    return near.standing(key, id) === 'fresh' ? await near.read(key, {}) : undefined
  }

  /** What is near, if the store says that it is still its value. */
  async function asked(key: unknown, id: unknown, { signal }: Flight): Promise<unknown> {
    const etag = revalidate ? near.etagOf(id) : undefined
    if (etag === undefined) return undefined
    const at = near.time(key)
    if ((await store.stat(key, { signal }))?.etag !== etag) return undefined
    const value = await near.read(key, {})
    // Dropped meanwhile, it is no more to be confirmed.
    if (value !== undefined && near.etagOf(id) === etag) near.confirm(key, id, { at, etag })
    return value
  }

  async function fetched(key: unknown, id: unknown, flight: Flight): Promise<unknown> {
    const at = near.time(key)
    const { value, etag } = await fromStore(key, { signal: flight.signal })
    await flight.keep(() =>
      value === undefined ? near.keepAbsence(key, id, at) : near.keep(key, id, value, { at, etag }),
    )
    return value
  }

  /** The value, with its etag where that is of use. */
  async function fromStore(
    key: unknown,
    options: ReadOptions,
  ): Promise<{ value?: unknown; etag?: string | undefined }> {
    if (!revalidate) return { value: await store.get(key, options) }
    const found = await getWithStat(store, key, options)
    return found === undefined ? {} : { value: found.value, etag: found.stat.etag }
  }

  /** A value that no other caller holds. */
  async function own(key: unknown, id: unknown, value: unknown, options: ReadOptions): Promise<unknown> {
    if (value instanceof Uint8Array) return value.slice()
    if (typeof value !== 'object' || value === null) return value
    return (await counted(key, id)) ?? (await store.get(key, options))
  }

  /** Fetches in the background, once at a time for each key. */
  function later(key: unknown, id: unknown): void {
    if (under.isUnderWay(id)) return
    shared(key, id, {})
      .catch(error => near.report(error, key))
      .catch(() => {})
  }
}
