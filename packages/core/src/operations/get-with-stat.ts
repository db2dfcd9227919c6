import type { Found, MaybePromise } from '../driver.ts'
import type { Reader, ReadOptions, Stat } from '../store.ts'
import type { AnyView } from '../view/any-view.ts'
import { stat as statOf } from '../view/calls.ts'
import { viewBehind } from '../view/over.ts'
import { whenReady } from '../when-ready.ts'
import { notOvertaken, overtaken } from './not-overtaken.ts'

/**
 * The value at `key` and what `stat` says of it, both of one moment; `undefined` when there is none. The stat speaks of the
 * bytes as stored, the value is decoded.
 *
 * One request where the backend can; elsewhere three, again while somebody writes in between. Rejects `Conflict`,
 * retryable, when the value changed during each try.
 *
 * @example
 * ```ts
 * const page = await getWithStat(pages, 'index.html')
 * if (page !== undefined) send(page.value, { etag: page.stat.etag })
 * ```
 */
export async function getWithStat<K, V>(
  store: Reader<K, V>,
  key: K,
  options?: ReadOptions,
): Promise<Found<V> | undefined> {
  return await viewBehind(store).run('getWithStat', key, undefined, options, found<V>)
}

/**
 * A value with a tag that it had then or before: a write with this tag as its condition fails when the value has changed
 * since. One request where the backend gives both in one, else two.
 */
export async function getWithTag<K, V>(
  store: Reader<K, V>,
  key: K,
  options: ReadOptions,
): Promise<{ readonly value?: V | undefined; readonly etag?: string | undefined }> {
  if (viewBehind(store).source.driver.getWithStat !== undefined) {
    const { value, stat } = (await getWithStat(store, key, options)) ?? {}
    return { value, etag: stat?.etag }
  }
  const etag = (await store.stat(key, options))?.etag
  return etag === undefined ? {} : { value: await store.get(key, options), etag }
}

function found<V>(
  view: AnyView,
  key: unknown,
  _: unknown,
  options: ReadOptions,
): MaybePromise<Found<V> | undefined> {
  const { mapping, source } = view
  const { driver } = source
  if (driver.getWithStat === undefined && driver.stat !== undefined) return matched(view, key, options)
  let stat: Stat = {}
  const fetch = (inner: unknown, how: ReadOptions) =>
    driver.getWithStat === undefined
      ? whenReady(source.fetch(inner, how), noted)
      : whenReady(driver.getWithStat(inner, how), got => {
          stat = got?.stat ?? stat
          return source.plain(got?.value)
        })
  return whenReady(mapping.read(key, fetch, options), value =>
    value === undefined ? undefined : { value, stat },
  )

  /** All that is known without the backend. */
  function noted(value: unknown): unknown {
    if (value instanceof Uint8Array) stat = { size: value.byteLength }
    return value
  }
}

/** The value between two stats that agree. */
function matched<V>(view: AnyView, key: unknown, options: ReadOptions): Promise<Found<V> | undefined> {
  const { mapping, source } = view
  return notOvertaken<Found<V> | undefined>(
    view,
    'getWithStat',
    key,
    { ...options, retries: TRIES },
    async () => {
      const before = await statOf(view, key, undefined, options)
      const value: V | undefined = await mapping.read(key, source.fetch, options)
      const after = await statOf(view, key, undefined, options)
      if (value === undefined && after === undefined) return undefined
      if (value === undefined || after === undefined || before === undefined || !same(before, after))
        return overtaken
      return { value, stat: after }
    },
  )
}

/** How often value and stat are asked for again: each try is three requests. */
const TRIES = 20

function same(one: Stat, other: Stat): boolean {
  return (
    one.etag === other.etag &&
    one.size === other.size &&
    one.contentType === other.contentType &&
    one.expiresAt === other.expiresAt &&
    one.modified?.getTime() === other.modified?.getTime()
  )
}
