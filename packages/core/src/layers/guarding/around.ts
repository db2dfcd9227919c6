import type {
  Change,
  DriverListOptions,
  DriverWriteOptions,
  Failures,
  MaybePromise,
  Range,
} from '../../driver.ts'
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

/** Does a call on the store below. */
export type Work<T, O> = (called: Called, options: O) => MaybePromise<T>

/** How a call with one answer is done. `work` is not made for the call, as that would cost more than most layers do. */
export type One = <T, O extends ReadOptions>(called: Called, options: O, work: Work<T, O>) => MaybePromise<T>

type Chunks = AsyncIterable<Uint8Array>

/** How a layer that changes no answer does each call on the store below. */
export interface Around {
  /** Calls of a method that gives one answer; asked for once. */
  one(op: DriverMethod): One
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
  const { pages } = way
  const [setting, renaming, counting, gettingMany] = [
    way.one('set'),
    way.one('rename'),
    way.one('size'),
    way.one('getMany'),
  ]
  const set: Work<void, DriverWriteOptions> = ({ key, value }, options) => below.set(key, value, options)
  const methods: LayerMethods<unknown, unknown> = {
    get: oneByKey('get', below.get),
    has: oneByKey('has', below.has),
    stat: oneByKey('stat', below.stat),
    keyPages: options => pages({ op: 'keys' }, options, how => below.keyPages(how)),
    set: (key, value, options) => setting({ op: 'set', key, value }, options, set),
    delete: oneByKey('delete', below.delete),
    rename: (from, to, options) =>
      renaming({ op: 'rename', key: from }, options, (_, how) => below.rename(from, to, how)),
    readStream: (key, range: Range | undefined, options) =>
      way.reading({ op: 'readStream', key }, options, how => below.readStream(key, range, how)),
    writeStream: (key, chunks, options) =>
      way.writing({ op: 'writeStream', key }, chunks, options, (given, how) =>
        below.writeStream(key, given, how),
      ),
    ...(native('size') && {
      size: options => counting({ op: 'size' }, options, (_, how) => below.size(how)),
    }),
    ...(native('getMany') && {
      getMany: (keys, options) =>
        gettingMany({ op: 'getMany', keys }, options, (_, how) => below.getMany(keys, how)),
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
    ...(native('getWithStat') && { getWithStat: oneByKey('getWithStat', below.getWithStat) }),
    ...(native('children') && {
      children: options => pages({ op: 'children' }, options, how => below.children(how)),
    }),
    ...(native('batch') && {
      batch: (changes, options) => many('batch', changes, keyOfChange, options, below.batch),
    }),
    ...(native('remove') && { remove: oneByKey('remove', below.remove) }),
    ...(native('urlOf') && { urlOf: oneByKey('urlOf', below.urlOf) }),
    // Neither asks the storage for anything that would have to be waited for.
    watch: 'below',
    pathOf: 'below',
    writeOptions: viewBehind(store).source.driver.writeOptions ?? [],
    ...own,
  }
  const { reverse } = viewBehind(store).guarantees
  return layer<S>(store, name, methods as LayerMethods<KeyOf<S>, ValueOf<S>>, { reverse })

  function oneByKey<T, O extends ReadOptions>(
    op: DriverMethod,
    method: (key: unknown, options: O) => MaybePromise<T>,
  ): (key: unknown, options: O) => MaybePromise<T> {
    const one = way.one(op)
    const work: Work<T, O> = ({ key }, options) => method(key, options)
    return (key, options) => one({ op, key }, options, work)
  }

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
