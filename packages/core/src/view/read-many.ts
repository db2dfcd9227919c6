import type { MaybePromise } from '../driver.ts'
import { printValue } from '../print-key.ts'
import type { BatchOptions, EntriesOptions, ReadOptions } from '../store.ts'
import type { AnyView } from './any-view.ts'
import { blamedLater } from './blamed.ts'
import { CONCURRENCY, mapBounded } from './bounded.ts'
import { read } from './calls.ts'
import { iterable, keyPages, Listing } from './listing.ts'
import { hidden } from './mapping.ts'
import { invalid } from './options.ts'

/** How many keys one batched read asks for. */
const BATCH = 100

type Pair = [key: unknown, value: unknown]

/** Keys with their values in listing order, without those that vanished meanwhile. */
export async function* entries(
  view: AnyView,
  op: string,
  options: EntriesOptions<unknown>,
): AsyncGenerator<Pair, void, undefined> {
  try {
    view.assertOpen(options?.signal)
    view.check(op, options)
    const { entryPages } = view.source.driver
    const pairs =
      entryPages === undefined
        ? pairsOf(view, op, keysFor(view, op, options), options)
        : given(view, op, options)
    for await (const pair of pairs) if (pair[1] !== undefined) yield pair
  } catch (error) {
    throw view.wrap(op, undefined, error, entries)
  }
}

export async function* values(
  view: AnyView,
  options: EntriesOptions<unknown>,
): AsyncGenerator<unknown, void, undefined> {
  try {
    for await (const [, value] of entries(view, 'values', options)) yield value
  } catch (error) {
    throw view.wrap('values', undefined, error, values)
  }
}

/** One pair for each of the given keys, in their order, by the driver's own batches where it has them. */
export async function* getMany(
  view: AnyView,
  keys: unknown,
  options: BatchOptions,
): AsyncGenerator<Pair, void, undefined> {
  try {
    view.assertOpen(options?.signal)
    view.check('getMany', options)
    if (!isIterable(keys))
      throw invalid(`getMany takes an array or another iterable, not ${printValue(keys)}`)
    const source = blamedLater(keys)
    yield* view.source.driver.getMany === undefined
      ? pairsOf(view, 'getMany', source, options)
      : batchesOf(view, source, options)
  } catch (error) {
    throw view.wrap('getMany', undefined, error, getMany)
  }
}

function isIterable(keys: unknown): keys is Iterable<unknown> | AsyncIterable<unknown> {
  const { [Symbol.iterator]: now, [Symbol.asyncIterator]: later } = Object(keys)
  return typeof (later ?? now) === 'function'
}

function keysFor(view: AnyView, op: string, options: EntriesOptions<unknown>): AsyncIterable<unknown> {
  const start = keyPages(view)
  return iterable(() => new Listing(view, op, options, start, (key, keyOf) => keyOf(key)))
}

/** Each key with its value, one read a key. */
function pairsOf(
  view: AnyView,
  op: string,
  keys: Iterable<unknown> | AsyncIterable<unknown>,
  batch: BatchOptions,
): AsyncGenerator<Pair, void, undefined> {
  const { signal, concurrency = CONCURRENCY } = batch ?? {}
  const options = signal && { signal }
  return mapBounded(keys, concurrency, async key => [key, await view.run(op, key, undefined, options, read)])
}

/** As `pairsOf`, by the driver's own batches. */
async function* batchesOf(
  view: AnyView,
  keys: Iterable<unknown> | AsyncIterable<unknown>,
  { signal }: BatchOptions,
): AsyncGenerator<Pair, void, undefined> {
  const flush = () => view.run('getMany', undefined, batch, signal && { signal }, readBatch)
  let batch: unknown[] = []
  for await (const key of keys) {
    if (batch.push(key) < BATCH) continue
    yield* await flush()
    batch = []
  }
  if (batch.length > 0) yield* await flush()
}

async function* given(
  view: AnyView,
  op: string,
  options: EntriesOptions<unknown>,
): AsyncGenerator<Pair, void, undefined> {
  const { mapping, source } = view
  const driver = source.driver as Required<typeof source.driver>
  const wanted = (inner: unknown) => mapping.decode(inner) !== undefined
  // Present: the caller has looked.
  const pages = (pushed: object) => driver.entryPages(pushed, mapping.total ? undefined : wanted)
  const pair = ([inner, value]: Pair, keyOf: (inner: unknown) => unknown): Pair | undefined => {
    const key = keyOf(inner)
    return key === undefined ? undefined : [key, source.plain(value)]
  }
  const pairs = iterable(() => new Listing(view, op, options, pages, pair))
  for await (const [key, value] of pairs) yield [key, await view.run(op, key, value, undefined, decode)]
}

/** Decodes a value that is already here. */
function decode({ mapping }: AnyView, key: unknown, value: unknown): MaybePromise<unknown> {
  return mapping.read(key, (_, value) => value, value)
}

async function readBatch(view: AnyView, _: unknown, keys: unknown, options: ReadOptions): Promise<Pair[]> {
  const inner = (keys as unknown[]).map(key => encoded(view, key))
  const visible = inner.filter(key => key !== hidden)
  const found = (await view.source.driver.getMany?.(visible, options))?.values()
  const values = inner.map(key => (key === hidden ? undefined : view.source.plain(found?.next().value)))
  return await Promise.all((keys as unknown[]).map((key, index) => decodedPair(view, key, values[index])))
}

function encoded(view: AnyView, key: unknown): unknown {
  try {
    return view.mapping.encode(key)
  } catch (error) {
    throw view.wrap('getMany', key, error)
  }
}

async function decodedPair(view: AnyView, key: unknown, value: unknown): Promise<Pair> {
  try {
    return [key, await decode(view, key, value)]
  } catch (error) {
    throw view.wrap('getMany', key, error)
  }
}
