import { createStore } from '../create-store.ts'
import type {
  Condition,
  DriverDeleteOptions,
  DriverStreamOptions,
  DriverWriteOptions,
  MaybePromise,
  Range,
} from '../driver.ts'
import { isStoreError, StoreError } from '../error.ts'
import { contentOf } from '../keys/identity.ts'
import { notOvertaken, overtaken } from '../operations/not-overtaken.ts'
import { readStream } from '../operations/read-stream.ts'
import { writeStream } from '../operations/write-stream.ts'
import { printValue } from '../print-key.ts'
import type { AnyReader, AnyStore, KeyOf, Like, Reader, ReadOptions, Stat, WrittenOf } from '../store.ts'
import type { AnyView } from '../view/any-view.ts'
import { atOnce } from '../view/at-once.ts'
import { CONCURRENCY, mapBounded } from '../view/bounded.ts'
import { read, remove, stat } from '../view/calls.ts'
import { viewBehind } from '../view/over.ts'
import { whenReady } from '../when-ready.ts'
import { belowMethods } from './below.ts'
import { closeAll } from './composing/close-all.ts'
import { unlessMarked, withoutMark } from './composing/marked-streams.ts'
import { isSameStore } from './composing/same-place.ts'
import { madeOf, putHeight } from './composing/standing.ts'
import { type Together, together } from './composing/together.ts'
import { refuseTombstone, type Top, topOf } from './composing/top.ts'
import { unionPages } from './composing/union-pages.ts'
import { refuse } from './guarding/refuse.ts'
import { refusing } from './guarding/refusing.ts'

/**
 * A store over others that stay as they are: what is not in `top` is read from the first of `bases` that has it. Writes
 * stay in `top`; so do deletions, which leave a mark of 16 bytes there in place of a value. The top may be an overlay, too:
 * its marks are others.
 *
 * Listings merge without duplicates, in key order where all stores list so; else keys of all but the last base are
 * remembered, and each key of the top costs a `stat`, to tell marks. The top has to hold bytes, or anything, below its
 * value codecs. Etags are those of the stores, so conditions need etags in all of them; they are exact as long as nobody
 * writes to a base meanwhile. Closing it closes all of them, but those given by `shared`.
 *
 * Rejects `InvalidValue` for a value that is the mark itself. Throws `TypeError` unless the top can be written, and where it
 * is one of the bases.
 *
 * @example
 * ```ts
 * const settings = overlay([files('my-settings'), readOnly(files('/usr/share/app'))])
 * await settings.delete('theme.json') // the file in /usr/share/app stays
 * ```
 */
export function overlay<S extends AnyStore>(
  stores: readonly [top: S, ...bases: Reader<KeyOf<S>, WrittenOf<S>>[]],
): Like<S> {
  if (!Array.isArray(stores) || stores.length === 0)
    throw new TypeError(`overlay takes a list of stores, the one on top first, not ${printValue(stores)}`)
  const views = stores.map(store => viewBehind(store as AnyReader))
  const top = topOf(stores[0])
  if (!top.view.mapping.writable)
    throw new TypeError('overlay: the store on top has to be writable; writes stay in it')
  if (stores.slice(1).some(base => isSameStore(base as AnyReader, stores[0])))
    throw new TypeError('overlay: the store on top is a base, too, which would not stay as it is')
  const facts: Together = together(views)
  const reading = readingFrom(top, views, facts.guarantees.order === 'utf8-bytes')
  const { driver } = top.view.source
  const store = createStore<unknown, unknown>(
    {
      ...facts,
      name: 'overlay',
      listsOnce: true,
      sharedRoot: driver.sharedRoot === true && !top.view.mapping.prefix(),
      writeOptions: driver.writeOptions ?? [],
      guarantees: {
        ...facts.guarantees,
        durability: top.view.guarantees.durability,
        maxKeyBytes: top.view.guarantees.maxKeyBytes,
        maxValueBytes: top.view.guarantees.maxValueBytes,
        rejects: top.view.guarantees.rejects,
        conditions: conditionsOf(views),
        batchAtomic: top.view.mapping.plain && top.view.guarantees.batchAtomic,
      },
      get: reading.get,
      has: (key, options) => whenReady(reading.shown(key, options), found => found !== undefined),
      stat: (key, options) => whenReady(reading.shown(key, options), found => found && tagged(found)),
      keyPages: reading.keyPages,
      ...writingTo(top, reading, stores[0]),
      ...(facts.valueType === 'bytes' && streams(stores as readonly AnyReader[], top, reading)),
      close: () => closeAll(stores as readonly AnyReader[]),
    },
    // Whoever opened the stores has agreed to torn reads, if they have them.
    { allowTornReads: true },
  )
  putHeight(store, top.height)
  const known = refusing(madeOf(store, views), (key, value, options) => refuse(top.view, key, value, options))
  return known as unknown as Like<S>
}

/** What a key shows: the first value from the top, by the store in which it lies. */
interface Shown {
  readonly store: number
  readonly stat: Stat
}

type Reading = ReturnType<typeof readingFrom>

function readingFrom(top: Top, views: readonly AnyView[], ordered: boolean) {
  return {
    get: (key: unknown, options: ReadOptions): MaybePromise<unknown> =>
      whenReady(top.read(key, options), ({ value, deleted }) =>
        value !== undefined || deleted ? value : getBelow(key, options, 1),
      ),
    shown: (key: unknown, options: ReadOptions): MaybePromise<Shown | undefined> =>
      whenReady(top.look(key, options), there => {
        if (there === undefined) return shownBelow(key, options)
        return there.deleted ? undefined : { store: 0, stat: there.stat }
      }),
    shownBelow: (key: unknown, options: ReadOptions) => shownBelow(key, options),
    async *keyPages(options: object) {
      for await (const page of unionPages(views, options, ordered, contentOf)) {
        const alive: unknown[] = []
        for await (const keys of mapBounded(page, CONCURRENCY, ([key, store]) =>
          unlessDeleted(key, store, options),
        ))
          alive.push(...keys)
        yield alive
      }
    },
  }

  function getBelow(key: unknown, options: ReadOptions, store: number): MaybePromise<unknown> {
    const view = views[store]
    if (view === undefined) return undefined
    return whenReady(atOnce(view, 'get', key, undefined, options, read), value =>
      value === undefined ? getBelow(key, options, store + 1) : value,
    )
  }

  function shownBelow(key: unknown, options: ReadOptions, store = 1): MaybePromise<Shown | undefined> {
    const view = views[store]
    if (view === undefined) return undefined
    return whenReady(atOnce<Stat | undefined>(view, 'stat', key, undefined, options, stat), found =>
      found === undefined ? shownBelow(key, options, store + 1) : { store, stat: found },
    )
  }

  async function unlessDeleted(key: unknown, store: number, { signal }: ReadOptions): Promise<unknown[]> {
    const deleted = store === 0 && (await top.look(key, { signal }))?.deleted
    return deleted ? [] : [key]
  }
}

function writingTo(top: Top, reading: Reading, store: AnyStore) {
  const { setMany } = belowMethods(store)
  return {
    set: (key: unknown, value: unknown, options: DriverWriteOptions) =>
      guarded(top, reading, 'set', key, options, how => top.write(key, value, how)),
    delete: (key: unknown, options: DriverDeleteOptions) =>
      guarded(top, reading, 'delete', key, options, how => removed(key, how)),
    // Below value codecs nobody sees the value before it is stored, so that each is stored by itself there.
    ...(top.view.mapping.plain && {
      setMany(entries: readonly (readonly [unknown, unknown])[], options: ReadOptions) {
        for (const [, value] of entries) refuseTombstone(top.mark, value)
        return setMany(entries, options)
      },
    }),
  }

  async function removed(key: unknown, how: DriverWriteOptions): Promise<void> {
    // Nothing is left to hide where no base has the key.
    if ((await reading.shownBelow(key, { signal: how.signal })) !== undefined) await top.markDeleted(key, how)
    else if (how.ifAbsent !== true) await atOnce(top.view, 'delete', key, undefined, how, remove)
  }
}

function streams(stores: readonly AnyReader[], top: Top, reading: Reading) {
  return {
    readStream: (key: unknown, range: Range | undefined, options: ReadOptions) =>
      notOvertaken(top.view, 'readStream', key, options, async () => {
        const found = await reading.shown(key, options)
        if (found === undefined) return undefined
        const chunks = await readStream(stores[found.store] as AnyReader, key, { ...range, ...options })
        if (chunks === undefined) return overtaken
        if (found.store > 0) return chunks
        if (range === undefined) return (await unlessMarked(chunks, top.mark)) ?? overtaken
        // A part does not tell whether it is one of the mark.
        const { deleted, stat } = (await top.look(key, options)) ?? {}
        if (deleted === false && stat?.etag === found.stat.etag) return chunks
        await chunks.cancel()
        return overtaken
      }),
    writeStream: (key: unknown, chunks: AsyncIterable<Uint8Array>, options: DriverStreamOptions) =>
      onTop(top, reading, key, options).then(how =>
        writeStream(stores[0] as AnyStore, key, withoutMark(chunks, top.mark), how),
      ),
  }
}

/** Writes under a condition on what is shown, as one on what is on top. */
function guarded(
  top: Top,
  reading: Reading,
  op: string,
  key: unknown,
  options: DriverWriteOptions,
  write: (how: DriverWriteOptions) => MaybePromise<void>,
): MaybePromise<void> {
  if (options.ifAbsent !== true && options.ifMatch === undefined) return write(options)
  if (options.ifMatch !== undefined) return onTop(top, reading, key, options).then(write)
  return notOvertaken(top.view, op, key, options, async () => {
    const how = await onTop(top, reading, key, options)
    try {
      return await write(how)
    } catch (error) {
      // Perhaps a deletion, so that there is still no value: look again.
      if (isStoreError(error, 'Conflict')) return overtaken
      throw error
    }
  })
}

/** The condition that has to hold on top for the given one to hold on what is shown. */
async function onTop<O extends DriverWriteOptions>(
  top: Top,
  reading: Reading,
  key: unknown,
  options: O,
): Promise<O> {
  const { ifAbsent, ifMatch, ...others } = options
  if (ifAbsent !== true && ifMatch === undefined) return options
  const [, store, tag = ''] = /^(\d+):(.*)$/s.exec(ifMatch ?? '') ?? []
  if (store === '0') return { ...others, ifMatch: tag } as O
  const { signal } = options
  const there = await top.look(key, { signal })
  if (there?.deleted && ifAbsent === true) return { ...others, ifMatch: there.stat.etag } as O
  const below = there === undefined ? await reading.shownBelow(key, { signal }) : undefined
  const holds =
    ifAbsent === true ? below === undefined : below !== undefined && tagged(below).etag === ifMatch
  if (there === undefined && holds) return { ...others, ifAbsent: true } as O
  throw new StoreError(
    'Conflict',
    ifAbsent === true ? 'there is a value already' : 'the value has changed since, or is gone',
  )
}

/** Etags of different stores may be alike, and are told apart by the number of the store. */
function tagged({ store, stat }: Shown): Stat {
  return stat.etag === undefined ? stat : { ...stat, etag: `${store}:${stat.etag}` }
}

function conditionsOf(views: readonly AnyView[]): Condition[] {
  const [top, ...bases] = views.map(({ source }) => source.guarantees.conditions)
  if (!top?.includes('ifAbsent') || !top.includes('ifMatch')) return []
  // A base that can only be read has etags nevertheless.
  if (!bases.every(conditions => conditions.includes('ifMatch'))) return ['ifAbsent']
  return top.includes('deleteIfMatch') ? ['ifAbsent', 'ifMatch', 'deleteIfMatch'] : ['ifAbsent', 'ifMatch']
}
