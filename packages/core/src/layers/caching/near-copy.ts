import type { MaybePromise } from '../../driver.ts'
import { isStoreError, StoreError } from '../../error.ts'
import type { AnyStore, ReadOptions } from '../../store.ts'
import { Recent } from '../../stores/recent.ts'
import type { AnyView } from '../../view/any-view.ts'
import { atOnce } from '../../view/at-once.ts'
import { has, read } from '../../view/calls.ts'
import { viewBehind } from '../../view/over.ts'
import { userFailure } from '../../view/user-failure.ts'
import { isPromise } from '../../when-ready.ts'

/** What may be said of a key without asking the store, or only after its etag was asked for. */
export type Standing = 'fresh' | 'absent' | 'stale' | 'ask' | 'unknown'

/** When and how a value or an absence was found. */
export interface Note {
  readonly at: number
  readonly etag?: string | undefined
  readonly absent?: boolean
}

/** Times are in milliseconds. */
export interface NearSettings {
  /** How long a value counts; with 0 every read asks the store. */
  readonly ttl: number
  /** How long past its time a value may be given while a new one is fetched. */
  readonly stale: number
  /** How long an absence is remembered. */
  readonly absence: number
  readonly revalidate: boolean
  /** Most values that are noted, */
  readonly max: number
  /** and whether the near store has to be kept to that. */
  readonly bounds: boolean
  now(): number
  onCacheError(error: StoreError, key: unknown): void
}

/** How many absent keys are remembered at most: there is no end of keys that somebody may ask for. */
const MOST_ABSENCES = 10_000

/** What of a store lies near, and what is known about it. Nothing here fails because the near store does. */
export class NearCopy {
  readonly #near: AnyView
  readonly #store: AnyStore
  readonly #settings: NearSettings
  /** Whether a value counts only with a note, and whether there are notes at all. */
  readonly #noted: boolean
  readonly #keepsNotes: boolean
  readonly #values: Recent<unknown, Note & { readonly key: unknown }>
  readonly #absences: Recent<unknown, Note>
  /** Keys of which the near store may hold an old value, as it could not be told to drop it. */
  readonly #distrusted = new Set<unknown>()

  constructor(near: AnyStore, settings: NearSettings) {
    this.#near = viewBehind(near)
    this.#store = near
    this.#settings = settings
    this.#noted = settings.ttl !== Number.POSITIVE_INFINITY
    this.#keepsNotes = this.#noted || settings.bounds
    this.#values = new Recent(settings.max)
    this.#absences = new Recent(Math.min(settings.max, MOST_ABSENCES))
  }

  standing(key: unknown, id: unknown): Standing {
    if (this.#distrusted.size > 0 && this.#distrusted.has(id)) return 'unknown'
    if (this.#absences.size > 0) {
      const note = this.#absences.get(id)
      if (note !== undefined) return this.#isWithin(this.#settings.absence, note, key) ? 'absent' : 'unknown'
    }
    const note = this.#keepsNotes ? this.#values.get(id) : undefined
    if (!this.#noted) return 'fresh'
    if (note === undefined) return 'unknown'
    const { ttl, stale, revalidate } = this.#settings
    if (this.#isWithin(ttl, note, key)) return 'fresh'
    if (stale > 0 && this.#isWithin(ttl + stale, note, key)) return 'stale'
    return revalidate && note.etag !== undefined ? 'ask' : 'unknown'
  }

  /** The value near, a copy for the caller where the near store makes one; `undefined` also when it cannot be read. */
  read(key: unknown, options: ReadOptions): MaybePromise<unknown> {
    try {
      const value = atOnce(this.#near, 'get', key, undefined, options, read)
      return isPromise(value) ? this.#readLater(value, key) : value
    } catch (error) {
      return this.#survived(error, key)
    }
  }

  /** A method of its own, as a value that is there at once would pay for what the closure holds. */
  #readLater(value: Promise<unknown>, key: unknown): Promise<unknown> {
    return value.catch(error => this.#survived(error, key))
  }

  async holds(key: unknown, options: ReadOptions): Promise<boolean> {
    try {
      return await atOnce(this.#near, 'has', key, undefined, options, has)
    } catch (error) {
      this.#survived(error, key)
      return false
    }
  }

  etagOf(id: unknown): string | undefined {
    return this.#values.get(id)?.etag
  }

  /** Keeps a value, of which the near store makes a copy. */
  async keep(key: unknown, id: unknown, value: unknown, note: Note): Promise<void> {
    this.#absences.delete(id)
    this.#distrusted.add(id)
    try {
      await this.#store.set(key, value)
      this.#distrusted.delete(id)
      if (this.#keepsNotes) await this.#note(key, id, note)
    } catch (error) {
      // It never fits, which is no failure.
      if (!isStoreError(error, 'TooLarge')) this.report(error, key)
      await this.drop(key, id)
    }
  }

  /** Notes when a value that is near was found to be the store's still. */
  confirm(key: unknown, id: unknown, note: Note): void {
    this.#values.set(id, { ...note, key })
  }

  async keepAbsence(key: unknown, id: unknown, at: number): Promise<void> {
    await this.drop(key, id)
    if (this.#settings.absence > 0) this.#absences.set(id, { at, absent: true })
  }

  /** Forgets a key. From now on its value near counts no more, also when the near store cannot be told. */
  async drop(key: unknown, id: unknown): Promise<void> {
    this.#absences.delete(id)
    this.#values.delete(id)
    this.#distrusted.add(id)
    try {
      await this.#store.delete(key)
      this.#distrusted.delete(id)
    } catch (error) {
      this.report(error, key)
    }
  }

  /** Tells of a failure that a read survives. */
  report(thrown: unknown, key: unknown): void {
    const error = isStoreError(thrown)
      ? thrown
      : new StoreError('Unknown', 'the cache failed', { cause: thrown })
    try {
      this.#settings.onCacheError(error, key)
    } catch (failed) {
      throw userFailure('Unknown', 'onCacheError failed', failed)
    }
  }

  /** The time now; `NaN`, which makes nothing count, where the clock fails. */
  time(key: unknown): number {
    try {
      return this.#settings.now()
    } catch (error) {
      this.report(userFailure('Unknown', 'the clock of the cache failed', error), key)
      return Number.NaN
    }
  }

  close(): Promise<void> {
    return this.#store.close()
  }

  async #note(key: unknown, id: unknown, note: Note): Promise<void> {
    for (const [gone, { key: old }] of this.#values.set(id, { ...note, key })) await this.drop(old, gone)
  }

  #isWithin(limit: number, { at }: Note, key: unknown): boolean {
    if (limit === Number.POSITIVE_INFINITY) return true
    const age = this.time(key) - at
    // A clock that was set back says nothing about the age.
    return age >= 0 && age < limit
  }

  #survived(error: unknown, key: unknown): undefined {
    if (isStoreError(error, 'Aborted')) throw error
    this.report(error, key)
  }
}
