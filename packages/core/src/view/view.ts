import type { Driver, Guarantees, MaybePromise } from '../driver.ts'
import { StoreError } from '../error.ts'
import type {
  BatchOptions,
  DeleteOptions,
  EntriesOptions,
  ListOptions,
  ReadOptions,
  Stat,
  Store,
  WriteOptions,
} from '../store.ts'
import { isPromise } from '../when-ready.ts'
import { abortable, aborted, closed } from './abort.ts'
import { deleteMany, setMany } from './batch.ts'
import { has, read, remove, set, size, stat } from './calls.ts'
import { fold, guarded, identity, type Step } from './fold.ts'
import { iterable, keyPages, Listing } from './listing.ts'
import type { AnyMapping } from './mapping.ts'
import { checkOptions, invalid } from './options.ts'
import { batchesOf, entries, pairsOf } from './read-many.ts'
import { Source } from './source.ts'

const NONE: Readonly<Record<string, never>> = Object.freeze({})

/** Where the functions of this package find a store's view, also across two copies of the package. */
export const viewOf: unique symbol = Symbol.for('@kvdol/core/view')

// Not every browser has the symbol yet.
const asyncDispose: typeof Symbol.asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')

/** Every store: a driver seen through the folded stack of its transforms. */
export class View<K, V> implements Store<K, V> {
  readonly source: Source<unknown, unknown>
  readonly steps: readonly Step[]
  readonly mapping: AnyMapping
  readonly #folded: AnyMapping
  #closed = false

  constructor(source: Source<unknown, unknown>, steps: readonly Step[], folded: AnyMapping) {
    this.source = source
    this.steps = steps
    this.mapping = steps.length === 0 ? folded : guarded(folded)
    this.#folded = folded
  }

  static of<K, V>(driver: Driver<K, V>): View<K, V> {
    const source = new Source(driver as Driver<unknown, unknown>)
    return new View<K, V>(source, [], identity(source.driver))
  }

  /** The view with one more transform on top; the driver and its state are shared. */
  with<OK, OV>(step: Step): View<OK, OV> {
    return new View<OK, OV>(this.source, [...this.steps, step], fold(this.#folded, step))
  }

  get [viewOf](): View<K, V> {
    return this
  }

  /** What is promised after the transforms, which may only take promises away. */
  get guarantees(): Guarantees {
    const { ordered, writable } = this.mapping
    return Object.freeze({
      ...this.source.guarantees,
      ...(ordered ? {} : { order: 'none' }),
      ...(writable ? {} : { batchAtomic: false, conditions: [] }),
    })
  }

  get(key: K, options?: ReadOptions): Promise<V | undefined> {
    return this.run('get', key, undefined, options, read<V>)
  }

  async getOrThrow(key: K, options?: ReadOptions): Promise<V> {
    const value = await this.run('getOrThrow', key, undefined, options, read<V>)
    if (value === undefined)
      throw this.wrap('getOrThrow', key, new StoreError('NotFound', 'there is no such key'))
    return value
  }

  has(key: K, options?: ReadOptions): Promise<boolean> {
    return this.run('has', key, undefined, options, has)
  }

  stat(key: K, options?: ReadOptions): Promise<Stat | undefined> {
    return this.run('stat', key, undefined, options, stat)
  }

  size(options?: ReadOptions): Promise<number> {
    return this.run('size', undefined, undefined, options, size)
  }

  set(key: K, value: V, options?: WriteOptions): Promise<void> {
    return this.run('set', key, value, options, set)
  }

  delete(key: K, options?: DeleteOptions): Promise<void> {
    return this.run('delete', key, undefined, options, remove)
  }

  keys(options: ListOptions<K> = NONE): AsyncIterable<K> {
    const view = any(this)
    return iterable(() => new Listing<K>(view, 'keys', options as object, keyPages(view), keyItself))
  }

  entries(options: EntriesOptions<K> = NONE): AsyncIterable<[K, V]> {
    return iterable(() => entries(any(this), 'entries', options as object)) as AsyncIterable<[K, V]>
  }

  values(options: EntriesOptions<K> = NONE): AsyncIterable<V> {
    const view = any(this)
    return iterable(async function* () {
      for await (const [, value] of entries(view, 'values', options as object)) yield value as V
    })
  }

  [Symbol.asyncIterator](): AsyncIterator<[K, V]> {
    return this.entries()[Symbol.asyncIterator]()
  }

  getMany(
    keys: Iterable<K> | AsyncIterable<K>,
    options: BatchOptions = NONE,
  ): AsyncIterable<[K, V | undefined]> {
    const view = any(this)
    return iterable(async function* () {
      try {
        view.check('getMany', options)
        const pairs =
          view.source.driver.getMany === undefined
            ? pairsOf(view, 'getMany', keys, options)
            : batchesOf(view, keys, options)
        yield* pairs as AsyncIterable<[K, V | undefined]>
      } catch (error) {
        throw view.wrap('getMany', undefined, error)
      }
    })
  }

  setMany(
    items: Iterable<readonly [K, V]> | AsyncIterable<readonly [K, V]>,
    options?: BatchOptions,
  ): Promise<void> {
    return this.run('setMany', undefined, items, options, setMany)
  }

  deleteMany(keys: Iterable<K> | AsyncIterable<K>, options?: BatchOptions): Promise<void> {
    return this.run('deleteMany', undefined, keys, options, deleteMany)
  }

  async close(): Promise<void> {
    this.#closed = true
    await (this.steps.length === 0 ? this.source.close() : this.source.end(this))
  }

  [asyncDispose](): Promise<void> {
    return this.close()
  }

  get open(): boolean {
    return !this.#closed && !this.source.closed
  }

  /** Refuses when this view or the store under it is closed, and when the call's signal has fired. */
  assertOpen(signal?: AbortSignal): void {
    if (!this.open) throw closed()
    if (signal?.aborted) throw aborted(signal)
  }

  check(op: string, options: object): void {
    if (Object(options) !== options) throw invalid('the options are an object')
    checkOptions(op, options, this.source.driver, this.source.guarantees)
  }

  /** Turns what was thrown into a `StoreError` with this store's name, the operation and the outer key. */
  wrap(op: string, key: unknown, cause: unknown): StoreError {
    const known = cause instanceof StoreError
    const error = known
      ? cause
      : new StoreError('Unknown', 'the driver failed unexpectedly', { cause, outcome: 'unknown' })
    return error.with({ op, key: key ?? error.key, store: this.source.driver.name })
  }

  /** One call: options, closed state, abort, then `work`, and every failure as a `StoreError`. */
  async run<T>(
    op: string,
    key: unknown,
    value: unknown,
    options: ReadOptions | undefined,
    work: (view: AnyView, key: unknown, value: unknown, options: ReadOptions) => MaybePromise<T>,
  ): Promise<T> {
    const { source } = this
    source.active++
    try {
      if (options !== undefined) this.check(op, options)
      const signal = options?.signal
      this.assertOpen(signal)
      const result = work(any(this), key, value, options ?? NONE)
      // Awaited here, so that a rejection is caught here.
      return isPromise(result) ? await abortable(result, signal) : result
    } catch (error) {
      throw this.wrap(op, key, error)
    } finally {
      source.leave()
    }
  }
}

export type AnyView = View<unknown, unknown>

function any<K, V>(view: View<K, V>): AnyView {
  return view as unknown as AnyView
}

function keyItself<K>(inner: unknown, keyOf: (inner: unknown) => unknown): K | undefined {
  return keyOf(inner) as K | undefined
}
