import { createStore, type WritableDriver } from '@kvdol/core'
import { compareUtf8Bytes } from '../order.ts'
import type { ByteStore } from '../subject.ts'
import { honest, listed, type Place } from './honest.ts'

/** What the listings of a place show, and what they do not show yet. */
class Listings {
  readonly #shown = new Set<string>()
  readonly #changes: { readonly at: number; readonly key: string; readonly live: boolean }[] = []

  change(key: string, live: boolean): void {
    this.#changes.push({ at: Date.now(), key, live })
  }

  /** The keys, as they were so many milliseconds ago. */
  shown(late: number): ReadonlySet<string> {
    const until = Date.now() - late
    for (let next = this.#changes[0]; next !== undefined && next.at <= until; next = this.#changes[0]) {
      this.#changes.shift()
      if (next.live) this.#shown.add(next.key)
      else this.#shown.delete(next.key)
    }
    return this.#shown
  }
}

const listingsOf = new WeakMap<Place, Listings>()

/**
 * A store that keeps the contract, but whose listings show a write so many milliseconds late, and which says within how
 * many they do.
 */
export function eventual(place: Place, late: number, settlesWithinMs: number): ByteStore {
  const { size: _, ...driver } = honest(place)
  const listings = listingsOf.get(place) ?? new Listings()
  listingsOf.set(place, listings)
  const lagging: WritableDriver<string, Uint8Array> = {
    ...driver,
    guarantees: { ...driver.guarantees, listConsistency: 'eventual', settlesWithinMs },
    keys: ({ prefix = '', after }) =>
      listed(
        place,
        key => key.startsWith(prefix) && (after === undefined || compareUtf8Bytes(key, after) > 0),
        listings.shown(late),
      ),
    async set(key, value, options) {
      await driver.set(key, value, options)
      listings.change(key, true)
    },
    async setMany(batch, options) {
      const keys = batch.map(([key]) => key)
      await driver.setMany(batch, options)
      for (const key of keys) listings.change(key, true)
    },
    async delete(key, options) {
      await driver.delete(key, options)
      listings.change(key, false)
    },
    async writeStream(key, chunks, options) {
      await driver.writeStream(key, chunks, options)
      listings.change(key, true)
    },
  }
  return createStore(lagging) as ByteStore
}
