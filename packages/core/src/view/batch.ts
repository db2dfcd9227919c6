import type { Failures, MaybePromise } from '../driver.ts'
import { StoreError } from '../error.ts'
import { printValue } from '../print-key.ts'
import type { BatchOptions, ReadOptions } from '../store.ts'
import { isPromise } from '../when-ready.ts'
import type { AnyView } from './any-view.ts'
import { blamed, blamedLater } from './blamed.ts'
import { CONCURRENCY, eachBounded } from './bounded.ts'
import { assertWritable, own, refusal, visible } from './calls.ts'
import { invalid } from './options.ts'

/** A batch goes to the driver when it has so many entries, or values of so many bytes. */
const MOST_ENTRIES = 1000
const MOST_BYTES = 8 * 1024 * 1024

/** A write that is ready for the driver, and the user's key for messages. */
export type Ready = [inner: unknown, value: unknown, key: unknown]

export function setMany(view: AnyView, _: unknown, items: unknown, options: BatchOptions): Promise<void> {
  const { source } = view
  const { driver, put, guarantees } = source
  const ready = (inner: unknown, value: unknown, key: unknown): Ready => [inner, source.accept(value), key]
  const atOnce = isIterable(items)
  return many<[unknown, unknown]>(view, 'setMany', items, options, {
    whole: guarantees.batchAtomic,
    keyOf: ([key]) => key,
    prepare(pair) {
      if (!Array.isArray(pair)) throw invalid(`setMany takes pairs [key, value], not ${printValue(pair)}`)
      const [key, value] = pair
      return view.mapping.write(key, own(view, value, options, atOnce), ready, key)
    },
    one: ([inner, value]) => put(inner, value, single(options)),
    batch:
      driver.setMany &&
      (batch =>
        driver.setMany?.(
          batch.map(([inner, value]) => [inner, value]),
          options,
        )),
  })
}

export function deleteMany(view: AnyView, _: unknown, keys: unknown, options: BatchOptions): Promise<void> {
  return deleteAll(view, 'deleteMany', keys, options)
}

/** Deletes keys; those that core lists itself fail as the store's, not as a source that the user gave. */
export function deleteAll(
  view: AnyView,
  op: 'deleteMany' | 'clear',
  keys: unknown,
  options: BatchOptions,
): Promise<void> {
  const { driver } = view.source
  return many<unknown>(view, op, keys, options, {
    whole: false,
    keyOf: key => key,
    prepare: key => [visible(view, key), undefined, key],
    one: ([inner]) => driver.delete?.(inner, single(options)),
    batch:
      driver.deleteMany &&
      (batch =>
        driver.deleteMany?.(
          batch.map(([inner]) => inner),
          options,
        )),
  })
}

/** What a single write of a batch is told. */
export function single({ signal }: BatchOptions): ReadOptions {
  return signal === undefined ? {} : { signal }
}

interface Work<T> {
  /** All or nothing: one batch, and nothing is written when an item is bad. */
  whole: boolean
  keyOf(item: T): unknown
  prepare(item: T): MaybePromise<Ready>
  one(ready: Ready): MaybePromise<void>
  batch: ((batch: readonly Ready[]) => MaybePromise<Failures<unknown> | void>) | undefined
}

export async function many<T>(
  view: AnyView,
  op: string,
  items: unknown,
  options: BatchOptions,
  { whole, keyOf, prepare, one, batch }: Work<T>,
): Promise<void> {
  assertWritable(view)
  const { signal, concurrency = CONCURRENCY } = options
  if (!isIterable(items) && !Object(items)[Symbol.asyncIterator])
    throw invalid(`${op} takes an array or another iterable, not ${printValue(items)}`)
  const failures = new Map<unknown, StoreError>()
  const fail = (key: unknown, error: unknown) => failures.set(key, view.wrap(op, key, error))
  // By the identity of the driver's keys: a repeated one replaces the earlier.
  const waiting = new Map<unknown, Ready>()
  let bytes = 0
  // What need not wait does not wait: a batch of what is there goes to the driver at once.
  if (isIterable<T>(items))
    for (const item of blamed(items)) {
      const pending = take(item)
      if (isPromise(pending)) await pending
    }
  else {
    const later = items as AsyncIterable<T>
    for await (const item of op === 'clear' ? later : blamedLater(later)) await take(item)
  }
  await flush()
  if (failures.size > 0) throw combined(failures)

  function take(item: T): MaybePromise<void> {
    const refuse = (thrown: unknown) => {
      if (!Array.isArray(item) && op === 'setMany') throw thrown
      const error = refusal(view, keyOf(item), thrown)
      if (whole) throw view.wrap(op, keyOf(item), error)
      fail(keyOf(item), error)
    }
    try {
      const ready = prepare(item)
      return isPromise(ready) ? ready.then(add, refuse) : add(ready)
    } catch (error) {
      refuse(error)
    }
  }

  function add(ready: Ready): MaybePromise<void> {
    waiting.set(view.source.identity(ready[0]), ready)
    bytes += (ready[1] as Uint8Array | undefined)?.byteLength ?? 0
    if (!whole && (waiting.size >= MOST_ENTRIES || bytes >= MOST_BYTES)) return flush()
  }

  async function flush(): Promise<void> {
    view.assertOpen(signal)
    if (batch && waiting.size > 0) {
      for (const [inner, error] of (await batch([...waiting.values()])) ?? [])
        fail(waiting.get(view.source.identity(inner))?.[2], error)
    } else {
      await eachBounded(waiting.values(), concurrency, async ready => {
        try {
          if (!signal?.aborted) await one(ready)
        } catch (error) {
          fail(ready[2], error)
        }
      })
      view.assertOpen(signal)
    }
    waiting.clear()
    bytes = 0
  }
}

/** One error for the failures of several keys. */
export function combined(failures: ReadonlyMap<unknown, StoreError>): StoreError {
  const errors = [...failures.values()]
  const first = errors[0] as StoreError
  const same = errors.every(({ code }) => code === first.code)
  return new StoreError(
    same ? first.code : 'Unknown',
    `${errors.length} failed, see failures; first: ${first.message}`,
    {
      failures,
      retryable: errors.every(({ retryable }) => retryable),
      outcome: errors.find(({ outcome }) => outcome === 'unknown')?.outcome,
    },
  )
}

function isIterable<T>(items: unknown): items is Iterable<T> {
  return typeof Object(items)[Symbol.iterator] === 'function'
}
