import {
  type Child,
  children,
  type DriverChildrenOptions,
  type DriverListOptions,
  type DriverWatchOptions,
  type ReadOptions,
  type Stat,
  type Store,
  type WriteOptions,
  watch,
} from '@kvdol/core'
import { asChild, childOf, mapBounded } from '@kvdol/core/adapter'
import { type About, decodeAbout, encodeAbout, sealOf } from './about.ts'
import type { Entry, EntryNaming } from './naming.ts'

type Bytes = Store<string, Uint8Array>

/** What a cache holds of an entry: its stat, and what is known about exactly this content. */
export interface Found {
  readonly stat: Stat
  readonly about: About | undefined
}

/** Contents in a cache, with a record beside each of what is known about it. */
export interface Kept {
  /** Without reading the content. */
  find(entry: Entry, options: ReadOptions): Promise<Found | undefined>
  /**
   * Does `write`, which puts a content into the cache, and writes down what is known about it; afterwards where `later` is
   * true, as reading the content does not need that.
   */
  put(entry: Entry, about: About, write: () => Promise<void>, later?: boolean): Promise<void>
  /** Replaces what is known about the content that is there. */
  confirm(entry: Entry, about: About): Promise<void>
  delete(entry: Entry, options: WriteOptions): Promise<void>
  /** The entries whose URL begins so, lazily. */
  list(options: DriverListOptions<string>): AsyncIterable<Entry>
  /** One level of the URLs, which the cache lists by itself as far as its keys tell them. */
  children(options: DriverChildrenOptions<string>): AsyncIterable<Child[]>
  /** The URLs that change, as the cache tells; `undefined` where it cannot be known which. */
  watch(options: DriverWatchOptions<string>): AsyncIterable<(string | undefined)[]>
  /** Waits until everything is written down. */
  settled(): Promise<void>
}

/** Told of a failure that a read survives; throws any other. */
export type OnFault = (error: unknown, url: string) => undefined

/** How many records are read at once for a listing. */
const AHEAD = 16

/**
 * A content and its record are two values of the cache. The record holds a seal of the content that it is about, and is
 * written after it: a record of another content, from an interrupted write or another process, is known as such.
 */
export function keptIn(cache: Bytes, naming: EntryNaming, onFault: OnFault): Kept {
  const inTurn = turns()
  const recordOf = async (key: string, options: ReadOptions = {}) =>
    decodeAbout(await cache.get(key, options))
  const write = (entry: Entry, about: About) => cache.set(entry.about, encodeAbout(about), { transfer: true })

  return {
    async find({ content, about }, options) {
      await inTurn.idle(about)
      const [stat, record] = await Promise.all([cache.stat(content, options), recordOf(about, options)])
      return stat && { stat, about: record?.seal === sealOf(stat) ? record : undefined }
    },
    async put(entry, about, store, later = false) {
      // What is still to be written down is about the content that is replaced now.
      await inTurn.idle(entry.about)
      // Which URL a hashed name stands for is known before anything has that name.
      if (entry.described)
        await inTurn(entry.about, async () => {
          if ((await recordOf(entry.about)) === undefined) await write(entry, { ...about, seal: '' })
        })
      try {
        await store()
      } catch (error) {
        if (entry.described) await inTurn(entry.about, () => tidy(entry)).catch(() => {})
        throw error
      }
      // The content is in place; without its record nothing is known about it, which is no harm.
      const noted = confirm(entry, about).catch(error => onFault(error, entry.url))
      if (!later) return void (await noted)
      // What is thrown here, such as that the cache was closed, has no caller to be told; the content is kept.
      noted.catch(() => {})
    },
    settled: () => inTurn.end(),
    confirm,
    async delete(entry, options) {
      await cache.delete(entry.content, options)
      await inTurn(entry.about, () => tidy(entry))
    },
    async *list({ prefix = '', signal }) {
      const how = signal ? { signal } : {}
      if (naming.told !== undefined)
        for await (const key of cache.keys({ prefix: naming.told + prefix, ...how })) {
          const entry = naming.entryAt(key, key.slice(naming.told.length))
          if (entry !== undefined) yield entry
        }
      yield* listDescribed(prefix, how)
    },
    async *children({ prefix = '', signal }) {
      const how = signal ? { signal } : {}
      const seen = new Set<string>()
      const first = (text: string) => !seen.has(text) && seen.add(text)
      const { told } = naming
      if (told !== undefined)
        for await (const child of children(cache, told + prefix, how)) {
          const text = ('key' in child ? child.key : child.prefix).slice(told.length)
          const isUrl = 'prefix' in child || naming.entryAt(child.key, text) !== undefined
          if (isUrl && first(text)) yield [asChild(text, prefix)]
        }
      for await (const { url } of listDescribed(prefix, how)) {
        const text = childOf(url, prefix)
        if (first(text)) yield [asChild(text, prefix)]
      }
    },
    async *watch({ signal }) {
      for await (const { missed, key } of watch(cache, signal ? { signal } : {})) {
        if (missed) yield [undefined]
        else if (naming.told !== undefined && key.startsWith(naming.told))
          yield urlsOf(naming.entryAt(key, key.slice(naming.told.length)))
        else if (naming.described.some(base => key.startsWith(base))) yield [(await described(key))?.url]
      }
    },
  }

  async function* listDescribed(prefix: string, how: ReadOptions): AsyncGenerator<Entry, void, undefined> {
    for (const base of naming.described)
      for await (const entry of mapBounded(cache.keys({ prefix: base, ...how }), AHEAD, described))
        if (entry?.url.startsWith(prefix)) yield entry
  }

  async function described(key: string): Promise<Entry | undefined> {
    return naming.entryAt(key, (await recordOf(naming.aboutOf(key)))?.url)
  }

  function confirm(entry: Entry, about: About): Promise<void> {
    return inTurn(entry.about, async () => {
      const stat = await cache.stat(entry.content)
      if (stat !== undefined) await write(entry, { ...about, seal: sealOf(stat) })
    })
  }

  /** Removes the record of what is not there. */
  async function tidy(entry: Entry): Promise<void> {
    if (!(await cache.has(entry.content))) await cache.delete(entry.about)
  }
}

function urlsOf(entry: Entry | undefined): string[] {
  return entry === undefined ? [] : [entry.url]
}

/** Does one piece of work after the other for each key, however many are asked for at once. */
interface Turns {
  <T>(key: string, work: () => Promise<T>): Promise<T>
  /** Waits for all work on a key. */
  idle(key: string): Promise<unknown> | undefined
  /** Waits for all work. */
  end(): Promise<void>
}

function turns(): Turns {
  const last = new Map<string, Promise<unknown>>()
  const take = <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const turn = (last.get(key) ?? Promise.resolve()).then(work, work)
    const done = () => void (last.get(key) === turn && last.delete(key))
    last.set(key, turn)
    turn.then(done, done)
    return turn
  }
  return Object.assign(take, {
    idle: (key: string) => last.get(key)?.catch(() => {}),
    end: async () => void (await Promise.allSettled(last.values())),
  })
}
