import { StoreError } from '../error.ts'
import type { PrefixOf, Reader, ReadOptions } from '../store.ts'
import { abortable, closed, onAbort } from '../view/abort.ts'
import type { AnyView } from '../view/any-view.ts'
import { isLegal } from '../view/listable.ts'
import { iterable } from '../view/listing.ts'
import { matches } from '../view/match.ts'
import { invalid } from '../view/options.ts'
import { viewBehind } from '../view/over.ts'
import type { Opened } from '../view/source.ts'
import { CALL, callSettings, PREFIX } from './call-options.ts'

export interface WatchOptions<K> extends ReadOptions {
  /** Only keys that start with this, as in listings. */
  prefix?: PrefixOf<K> | undefined
}

/** A key that was set or deleted, or the note that keys may have changed of which nothing is told. */
export type Watched<K> =
  | { readonly key: K; readonly missed?: undefined }
  | { readonly missed: true; readonly key?: undefined }

/**
 * Keys that were set or deleted, by whomever, each at least once; several changes of one key may be told as one. It begins
 * with `{ missed: true }` once every later change will be told: read then what you need to know. The same note comes
 * again when something was missed. The loop ends when it is left, and rejects when the signal fires, the store is closed or
 * the backend fails.
 *
 * Rejects `Unsupported` where nothing tells of changes.
 *
 * @example
 * ```ts
 * for await (const { missed, key } of watch(settings, { prefix: 'theme/' })) {
 *   if (missed) await reloadAll()
 *   else await reload(key)
 * }
 * ```
 */
export function watch<K>(store: Reader<K, unknown>, options?: WatchOptions<K>): AsyncIterable<Watched<K>> {
  const view = viewBehind(store)
  return iterable(() => new Watching<K>(view, options as WatchOptions<never>))
}

const OPTIONS = { ...CALL, prefix: PREFIX }

/** One loop over the changes of a store. */
class Watching<K> implements AsyncIterator<Watched<K>, undefined>, Opened {
  readonly owner: AnyView
  readonly #options: WatchOptions<never> | undefined
  readonly #end = new AbortController()
  #pages: AsyncIterator<readonly unknown[]> | undefined
  #waiting: Watched<K>[] = []
  #begun = false
  /** Whether the loop was left, or has failed. Its end without that comes from a `close`, which may have failed since. */
  #left = false
  #last: Promise<unknown> = Promise.resolve()

  constructor(owner: AnyView, options: WatchOptions<never> | undefined) {
    this.owner = owner
    this.#options = options
  }

  /** The next change. Calls that do not wait for each other take turns. */
  next(): Promise<IteratorResult<Watched<K>, undefined>> {
    const next = this.#last.then(() => this.#next())
    this.#last = next.catch(() => {})
    return next
  }

  async return(): Promise<IteratorResult<Watched<K>, undefined>> {
    this.#left = true
    await this.cancel()
    return { done: true, value: undefined }
  }

  async cancel(): Promise<void> {
    this.owner.source.opened.delete(this)
    this.#end.abort()
    await this.#pages?.return?.()
  }

  async #next(): Promise<IteratorResult<Watched<K>, undefined>> {
    const { owner } = this
    const signal = this.#options?.signal
    let ignore: (() => void) | undefined
    try {
      const { prefix } = callSettings(owner, 'watch', OPTIONS, this.#options)
      if (this.#left) return { done: true, value: undefined }
      if (this.#end.signal.aborted) throw closed()
      ignore = signal && onAbort(signal, () => this.#end.abort())
      this.#pages ??= this.#open(prefix)
      while (this.#waiting.length === 0) {
        const { done, value } = await abortable(this.#pages.next(), this.#end.signal)
        if (done) throw new StoreError('Unavailable', 'the backend has stopped telling of changes')
        this.#take(value, prefix)
      }
      owner.assertOpen(signal)
      return { done: false, value: this.#waiting.shift() as Watched<K> }
    } catch (thrown) {
      const left = this.#left
      const isCut = !left && this.#end.signal.aborted
      this.return().catch(() => {})
      try {
        owner.assertOpen(signal)
        if (isCut) throw closed()
      } catch (error) {
        throw owner.wrap('watch', undefined, error)
      }
      if (left) return { done: true, value: undefined }
      throw owner.wrap('watch', undefined, thrown)
    } finally {
      ignore?.()
    }
  }

  #open(prefix: unknown): AsyncIterator<readonly unknown[]> {
    const { mapping, source } = this.owner
    if (mapping.stringKeys && prefix !== undefined && typeof prefix !== 'string')
      throw invalid('prefix is a string here, as the keys are')
    const { driver } = source
    if (driver.watch === undefined)
      throw new StoreError(
        'Unsupported',
        'nothing tells of changes in this store; list its keys and compare what stat says of them',
      )
    const inner = mapping.prefix(prefix)
    const narrowed = inner === undefined || inner === '' ? {} : { prefix: inner }
    source.opened.add(this)
    return driver.watch({ ...narrowed, signal: this.#end.signal })[Symbol.asyncIterator]()
  }

  #take(page: readonly unknown[], prefix: unknown): void {
    if (!this.#begun || page.includes(undefined)) this.#waiting.push({ missed: true })
    this.#begun = true
    const { mapping, source } = this.owner
    for (const inner of page) {
      if (inner === undefined || !isLegal(source, inner)) continue
      const key = mapping.decode(inner)
      if (key !== undefined && (prefix === undefined || matches(key, prefix)))
        this.#waiting.push({ key: key as K })
    }
  }
}
