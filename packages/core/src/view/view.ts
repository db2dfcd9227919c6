import type { Driver, Guarantees } from '../driver.ts'
import type { StoreError } from '../error.ts'
import { contentOf } from '../keys/identity.ts'
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
import { type AnyView, type Lifetime, viewOf, type Work } from './any-view.ts'
import { deleteMany, setMany } from './batch.ts'
import { calledFrom } from './called-from.ts'
import { has, read, readOrThrow, refusal, remove, set, size, stat } from './calls.ts'
import { describe } from './describe.ts'
import { fold, guarded, identity } from './fold.ts'
import { iterable, keyPages, Listing } from './listing.ts'
import { type AnyMapping, hidden } from './mapping.ts'
import { checkOptions } from './options.ts'
import { entries, getMany, values } from './read-many.ts'
import { asTold, Source, tellerOf } from './source.ts'
import type { Step } from './step.ts'

const NONE: Readonly<Record<string, never>> = Object.freeze({})

// Not every browser has the symbol yet.
const asyncDispose: typeof Symbol.asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')
const inspect: unique symbol = Symbol.for('nodejs.util.inspect.custom')

/** Every store: a driver seen through the folded stack of its transforms. Its methods can be taken off it. */
export class View<K, V> implements Store<K, V> {
  readonly source: Source<unknown, unknown>
  readonly steps: readonly Step[]
  readonly mapping: AnyMapping
  readonly lifetime: Lifetime
  readonly #folded: AnyMapping
  #closing: Promise<void> | undefined

  constructor(
    source: Source<unknown, unknown>,
    steps: readonly Step[],
    folded: AnyMapping,
    lifetime: Lifetime = { shared: false, releases: [] },
  ) {
    this.source = source
    this.steps = steps
    this.mapping = steps.length === 0 ? folded : guarded(folded)
    this.lifetime = lifetime
    this.#folded = folded
  }

  static of<K, V>(driver: Driver<K, V>): View<K, V> {
    const source = new Source(driver as Driver<unknown, unknown>)
    return new View<K, V>(source, [], identity(source.driver))
  }

  /** The view with one more transform on top; the driver and its state are shared. */
  with<OK, OV>(step: Step): View<OK, OV> {
    return new View<OK, OV>(this.source, [...this.steps, step], fold(this.#folded, step), this.lifetime)
  }

  /** The same view with a lifetime of its own. */
  living(lifetime: Partial<Lifetime>): View<K, V> {
    return new View<K, V>(this.source, this.steps, this.#folded, { ...this.lifetime, ...lifetime })
  }

  get [viewOf](): View<K, V> {
    return this
  }

  /** What is promised after the transforms, which may only take promises away. */
  get guarantees(): Guarantees {
    const { ordered, writable } = this.mapping
    return Object.freeze({
      ...this.source.guarantees,
      ...(ordered ? {} : { order: 'none', reverse: false }),
      ...(writable ? {} : { batchAtomic: false, conditions: [] }),
    })
  }

  get = (key: K, options?: ReadOptions): Promise<V | undefined> =>
    this.run('get', key, undefined, options, read<V>)

  getOrThrow = (key: K, options?: ReadOptions): Promise<V> =>
    this.run('getOrThrow', key, undefined, options, readOrThrow<V>)

  has = (key: K, options?: ReadOptions): Promise<boolean> => this.run('has', key, undefined, options, has)

  stat = (key: K, options?: ReadOptions): Promise<Stat | undefined> =>
    this.run('stat', key, undefined, options, stat)

  size = (options?: ReadOptions): Promise<number> => this.run('size', undefined, undefined, options, size)

  set = (key: K, value: V, options?: WriteOptions): Promise<void> => this.run('set', key, value, options, set)

  delete = (key: K, options?: DeleteOptions): Promise<void> =>
    this.run('delete', key, undefined, options, remove)

  keys = (options: ListOptions<K> = NONE): AsyncIterable<K> => {
    const view = any(this)
    return iterable(() => new Listing<K>(view, 'keys', options as object, keyPages(view), keyItself))
  }

  entries = (options: EntriesOptions<K> = NONE): AsyncIterable<[K, V]> =>
    iterable(() => entries(any(this), 'entries', options as object)) as AsyncIterable<[K, V]>

  values = (options: EntriesOptions<K> = NONE): AsyncIterable<V> =>
    iterable(() => values(any(this), options as object)) as AsyncIterable<V>;

  [Symbol.asyncIterator](): AsyncIterator<[K, V]> {
    return this.entries()[Symbol.asyncIterator]()
  }

  getMany = (
    keys: Iterable<K> | AsyncIterable<K>,
    options: BatchOptions = NONE,
  ): AsyncIterable<[K, V | undefined]> =>
    iterable(() => getMany(any(this), keys, options)) as AsyncIterable<[K, V | undefined]>

  setMany = (
    items: Iterable<readonly [K, V]> | AsyncIterable<readonly [K, V]>,
    options?: BatchOptions,
  ): Promise<void> => this.run('setMany', undefined, items, options, setMany)

  deleteMany = (keys: Iterable<K> | AsyncIterable<K>, options?: BatchOptions): Promise<void> =>
    this.run('deleteMany', undefined, keys, options, deleteMany)

  close = (): Promise<void> => {
    this.#closing ??= this.#close().catch(thrown => {
      this.#closing = undefined
      throw this.wrap('close', undefined, thrown)
    })
    return this.#closing
  }

  async #close(): Promise<void> {
    await (this.lifetime.shared ? this.source.end(this) : this.source.close(String(this)))
    for (const release of this.lifetime.releases) await release()
  }

  [asyncDispose](): Promise<void> {
    return this.close()
  }

  toString(): string {
    return describe(any(this))
  }

  toJSON(): string {
    return String(this)
  }

  [inspect](): string {
    return String(this)
  }

  get open(): boolean {
    return this.#closing === undefined && this.source.closedBy === undefined
  }

  assertOpen(signal?: AbortSignal): void {
    if (!this.open) throw closed(this.source.closedBy)
    if (signal?.aborted) throw aborted(signal)
  }

  check(op: string, options: unknown): void {
    checkOptions(op, options, this.source.driver.writeOptions)
  }

  identity(key: K): unknown {
    const inner = this.mapping.encode(key)
    return inner === hidden ? contentOf(key) : this.source.identity(inner)
  }

  wrap(op: string, key: unknown, thrown: unknown, entry?: unknown): StoreError {
    const error = this.source.told(op, thrown)
    let { key: named } = error
    // Unless this view has told it already, it names a key of the driver.
    if (named !== undefined && tellerOf(error) !== this) named = this.mapping.decode(named as K) ?? named
    return calledFrom(
      asTold(error.with({ op, key: key ?? named, store: this.source.driver.name }), this),
      entry,
    )
  }

  async run<T>(
    op: string,
    key: unknown,
    value: unknown,
    options: ReadOptions | undefined,
    work: Work<T>,
  ): Promise<T> {
    const { source } = this
    // Who called: the method while it is on the stack, and who awaits it later.
    let entry: unknown = (this as Record<string, unknown>)[op] ?? this.run
    source.active++
    try {
      if (!this.open) throw closed(source.closedBy)
      let signal: AbortSignal | undefined
      if (options !== undefined) {
        signal = options?.signal
        if (signal?.aborted) throw aborted(signal)
        this.check(op, options)
      }
      const result = work(any(this), key, value, options ?? NONE)
      if (!isPromise(result)) return result
      entry = this.run
      // Awaited here, so that a rejection is caught here.
      return await abortable(result, signal)
    } catch (error) {
      throw this.wrap(op, key, op === 'set' ? refusal(any(this), key, error) : error, entry)
    } finally {
      source.leave()
    }
  }
}

function any<K, V>(view: View<K, V>): AnyView {
  return view as unknown as AnyView
}

function keyItself<K>(inner: unknown, keyOf: (inner: unknown) => unknown): K | undefined {
  return keyOf(inner) as K | undefined
}
