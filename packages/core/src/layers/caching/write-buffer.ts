import { isPassing } from '../../async/retry.ts'
import type { Failures } from '../../driver.ts'
import { isStoreError, StoreError } from '../../error.ts'
import type { AnyStore } from '../../store.ts'
import type { AnyView } from '../../view/any-view.ts'
import { combined } from '../../view/batch.ts'
import { CONCURRENCY, eachBounded } from '../../view/bounded.ts'
import { userFailure } from '../../view/user-failure.ts'
import { belowMethods } from '../below.ts'
import { named } from './hook.ts'

/** A write that waits: a value to store, or a key to remove. */
export interface Waiting {
  readonly key: unknown
  /** `undefined` removes. */
  readonly value: unknown
}

export interface BufferSettings {
  /** How many waiting writes are flushed at once, */
  readonly flushAt: number
  /** how many milliseconds one waits at most, */
  readonly flushAfter: number
  /** and how many may wait while they cannot be flushed. */
  readonly most: number
  onError(error: StoreError): void
  /** What the user calls a key. */
  outward(key: unknown): unknown
}

/** How many bytes of values are flushed at once. */
const FLUSH_BYTES = 16 * 1024 * 1024

/** Writes that wait for a store, the last one of each key. */
export class WriteBuffer {
  readonly #view: AnyView
  readonly #store: AnyStore
  readonly #settings: BufferSettings
  readonly #waiting = new Map<unknown, Waiting>()
  #bytes = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #flushing: Promise<void> | undefined
  /** What went wrong when somebody last tried to flush. */
  #failure: StoreError | undefined

  constructor(view: AnyView, settings: BufferSettings) {
    this.#view = view
    this.#store = view
    this.#settings = settings
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0
  }

  idOf(key: unknown): unknown {
    return typeof key === 'string' ? key : this.#view.identity(key)
  }

  find(key: unknown): Waiting | undefined {
    return this.#waiting.size === 0 ? undefined : this.#waiting.get(this.idOf(key))
  }

  /** What waits now, by the identity of the key. */
  snapshot(): Map<unknown, Waiting> {
    return new Map(this.#waiting)
  }

  /** Lets writes wait, and flushes when enough do. Rejects only while too many wait for a store that takes none. */
  async add(writes: readonly Waiting[]): Promise<void> {
    const { flushAt, most } = this.#settings
    if (this.#waiting.size + writes.length > most && !this.isEmpty)
      await this.flush().catch((thrown: StoreError) => {
        const error = this.#outer(thrown)
        throw new StoreError(error.code, `no further write can wait: ${error.message}`, {
          cause: error,
          retryable: error.retryable,
          failures: error.failures,
        })
      })
    for (const write of writes) this.#put(write)
    if (this.#waiting.size >= flushAt || this.#bytes >= FLUSH_BYTES) await this.#flushAndTell()
    else this.#wind()
  }

  /** Resolves when nothing waits any more for a key; rejects when that cannot be written, whatever else cannot. */
  async settled(key: unknown): Promise<void> {
    while (this.find(key) !== undefined)
      await this.flush().catch((error: StoreError) => {
        for (const [failed, why] of error.failures ?? []) if (this.idOf(failed) === this.idOf(key)) throw why
      })
  }

  /** Writes what waits; rejects with what could not be written, which waits on. Callers share what is under way. */
  async flush(): Promise<void> {
    // What came after the one under way began needs one of its own.
    while (this.#flushing !== undefined) await this.#flushing.catch(() => {})
    if (this.isEmpty) return
    this.#flushing = this.#write([...this.#waiting])
    try {
      await this.#flushing
      this.#failure = undefined
    } catch (error) {
      this.#failure = error as StoreError
      throw error
    } finally {
      this.#flushing = undefined
      if (this.isEmpty) this.#unwind()
      else this.#wind()
    }
  }

  /** Writes what waits for the last time. */
  async end(): Promise<void> {
    try {
      await this.flush()
    } catch (error) {
      throw this.#outer(error as StoreError)
    } finally {
      this.#unwind()
    }
  }

  async #flushAndTell(): Promise<void> {
    // One that has failed is tried again by the timer, not by every write.
    if (this.#failure !== undefined && this.#timer !== undefined) return
    try {
      await this.flush()
    } catch (error) {
      this.#tell(error as StoreError)
    }
  }

  #tell(error: StoreError): void {
    try {
      this.#settings.onError(this.#outer(error))
    } catch (failed) {
      throw userFailure('Unknown', 'onError failed', failed)
    }
  }

  #outer(error: StoreError): StoreError {
    return named(error, key => this.#settings.outward(key))
  }

  #put(write: Waiting): void {
    const id = this.idOf(write.key)
    this.#bytes += bytesOf(write) - bytesOf(this.#waiting.get(id))
    // As the last, so that what waits longest is flushed first.
    this.#waiting.delete(id)
    this.#waiting.set(id, write)
  }

  #wind(): void {
    const { flushAfter } = this.#settings
    if (this.#timer !== undefined || flushAfter === Number.POSITIVE_INFINITY) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#flushAndTell().catch(() => {})
    }, flushAfter)
  }

  #unwind(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  async #write(batch: readonly (readonly [unknown, Waiting])[]): Promise<void> {
    const below = belowMethods(this.#store)
    const sets = batch.filter(([, { value }]) => value !== undefined)
    const deletes = batch.filter(([, { value }]) => value === undefined)
    const pairs = sets.map(([, { key, value }]) => [key, value] as const)
    const keys = deletes.map(([, { key }]) => key)
    const failures = new Map<unknown, StoreError>()
    const note = (key: unknown, error: unknown) => failures.set(key, this.#view.wrap('flush', key, error))
    await this.#each(
      pairs,
      ([key]) => key,
      () => below.setMany(pairs, {}),
      ([key, value]) => below.set(key, value, {}),
      note,
    )
    await this.#each(
      keys,
      key => key,
      () => below.deleteMany(keys, {}),
      key => below.delete(key, {}),
      note,
    )
    const failed = new Set([...failures.keys()].map(key => this.idOf(key)))
    for (const [id, write] of batch) if (!failed.has(id)) this.#done(id, write)
    if (failures.size > 0) throw combined(failures)
  }

  /** A whole batch; one by one where it was refused as a whole, so that one bad value does not hold up the others. */
  async #each<T>(
    items: readonly T[],
    keyOf: (item: T) => unknown,
    all: () => unknown,
    one: (item: T) => unknown,
    note: (key: unknown, error: unknown) => void,
  ): Promise<void> {
    if (items.length === 0) return
    try {
      for (const [key, error] of ((await all()) as Failures<unknown> | undefined) ?? []) note(key, error)
    } catch (error) {
      if (items.length === 1 || isPassing(error) || isStoreError(error, 'Closed'))
        for (const item of items) note(keyOf(item), error)
      else
        await eachBounded(items, CONCURRENCY, async item => {
          try {
            await one(item)
          } catch (failure) {
            note(keyOf(item), failure)
          }
        })
    }
  }

  /** Forgets a write that is stored, unless a later one waits. */
  #done(id: unknown, write: Waiting): void {
    if (this.#waiting.get(id) !== write) return
    this.#waiting.delete(id)
    this.#bytes -= bytesOf(write)
  }
}

function bytesOf(write: Waiting | undefined): number {
  return write?.value instanceof Uint8Array ? write.value.byteLength : 0
}
