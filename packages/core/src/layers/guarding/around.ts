import type { Change, DriverListOptions, Failures, MaybePromise, Range } from '../../driver.ts'
import type { DriverMethod } from '../../methods.ts'
import type { AnyReader, AnyStore, KeyOf, Like, ReadOptions, ValueOf } from '../../store.ts'
import { viewBehind } from '../../view/over.ts'
import { belowMethods } from '../below.ts'
import { type LayerMethods, layer } from '../layer.ts'
import { isNative } from './is-native.ts'

/** A call on the store below. */
export interface Called {
  readonly op: DriverMethod
  readonly key?: unknown
  /** The keys of a batch. */
  readonly keys?: readonly unknown[]
  /** What is stored. */
  readonly value?: unknown
}

type Chunks = AsyncIterable<Uint8Array>

/** How a layer that changes no answer does each call on the store below. */
export interface Around {
  /** A call with one answer. */
  one<T, O extends ReadOptions>(
    called: Called,
    options: O,
    work: (options: O) => MaybePromise<T>,
  ): MaybePromise<T>
  /** A batch of writes, which tells what failed. */
  many<T, O extends ReadOptions>(
    called: Called,
    items: readonly T[],
    keyOf: (item: T) => unknown,
    options: O,
    work: (items: readonly T[], options: O) => MaybePromise<Failures<unknown> | void>,
  ): MaybePromise<Failures<unknown> | void>
  /** A listing, page by page. */
  pages<T, O extends ReadOptions>(
    called: Called,
    options: O,
    open: (options: O) => AsyncIterable<readonly T[]>,
  ): AsyncIterable<readonly T[]>
  /** A value by stream, of which `undefined` is told at once. */
  reading<O extends ReadOptions>(
    called: Called,
    options: O,
    open: (options: O) => MaybePromise<Chunks | undefined>,
  ): MaybePromise<Chunks | undefined>
  /** A value that is stored by stream. */
  writing<O extends ReadOptions>(
    called: Called,
    chunks: Chunks,
    options: O,
    work: (chunks: Chunks, options: O) => MaybePromise<void>,
  ): MaybePromise<void>
}

/**
 * A layer that does every call as `way` says and hands on what comes of it. Batches that no driver has of its own are
 * derived, so that each call in them is one of the layer's.
 */
export function around<S extends AnyReader>(
  store: S,
  name: string,
  way: Around,
  own: LayerMethods<unknown, unknown> = {},
): Like<S> {
  const below = belowMethods(store as unknown as AnyStore)
  const native = (method: DriverMethod) => isNative(store, method)
  const { one, pages } = way
  const methods: LayerMethods<unknown, unknown> = {
    get: (key, options) => one({ op: 'get', key }, options, how => below.get(key, how)),
    has: (key, options) => one({ op: 'has', key }, options, how => below.has(key, how)),
    stat: (key, options) => one({ op: 'stat', key }, options, how => below.stat(key, how)),
    keyPages: options => pages({ op: 'keys' }, options, how => below.keyPages(how)),
    set: (key, value, options) => one({ op: 'set', key, value }, options, how => below.set(key, value, how)),
    delete: (key, options) => one({ op: 'delete', key }, options, how => below.delete(key, how)),
    rename: (from, to, options) =>
      one({ op: 'rename', key: from }, options, how => below.rename(from, to, how)),
    readStream: (key, range: Range | undefined, options) =>
      way.reading({ op: 'readStream', key }, options, how => below.readStream(key, range, how)),
    writeStream: (key, chunks, options) =>
      way.writing({ op: 'writeStream', key }, chunks, options, (given, how) =>
        below.writeStream(key, given, how),
      ),
    ...(native('size') && { size: options => one({ op: 'size' }, options, how => below.size(how)) }),
    ...(native('getMany') && {
      getMany: (keys, options) => one({ op: 'getMany', keys }, options, how => below.getMany(keys, how)),
    }),
    ...(native('entryPages') && {
      entryPages: (options: DriverListOptions<unknown>) =>
        pages({ op: 'entryPages' }, options, how => below.entryPages(how)),
    }),
    ...(native('setMany') && {
      setMany: (entries, options) => many('setMany', entries, ([key]) => key, options, below.setMany),
    }),
    ...(native('deleteMany') && {
      deleteMany: (keys, options) => many('deleteMany', keys, key => key, options, below.deleteMany),
    }),
    ...(native('getWithStat') && {
      getWithStat: (key, options) =>
        one({ op: 'getWithStat', key }, options, how => below.getWithStat(key, how)),
    }),
    ...(native('children') && {
      children: options => pages({ op: 'children' }, options, how => below.children(how)),
    }),
    ...(native('batch') && {
      batch: (changes, options) => many('batch', changes, keyOfChange, options, below.batch),
    }),
    ...(native('remove') && {
      remove: (key, options) => one({ op: 'remove', key }, options, how => below.remove(key, how)),
    }),
    ...(native('urlOf') && {
      urlOf: (key, options) => one({ op: 'urlOf', key }, options, how => below.urlOf(key, how)),
    }),
    // Neither asks the storage for anything that would have to be waited for.
    watch: 'below',
    pathOf: 'below',
    writeOptions: viewBehind(store).source.driver.writeOptions ?? [],
    ...own,
  }
  const { reverse } = viewBehind(store).guarantees
  return layer<S>(store, name, methods as LayerMethods<KeyOf<S>, ValueOf<S>>, { reverse })

  function many<T, O extends ReadOptions>(
    op: DriverMethod,
    items: readonly T[],
    keyOf: (item: T) => unknown,
    options: O,
    work: (items: readonly T[], options: O) => MaybePromise<Failures<unknown> | void>,
  ): MaybePromise<Failures<unknown> | void> {
    return way.many({ op, keys: items.map(keyOf) }, items, keyOf, options, work)
  }
}

function keyOfChange(change: Change<unknown, unknown>): unknown {
  return 'set' in change ? change.set : change.delete
}
