import { checkText } from '../check.ts'
import type { DriverListOptions } from '../driver.ts'
import { StoreError } from '../error.ts'
import { printValue } from '../print-key.ts'
import type { ListOptions } from '../store.ts'
import { abortable, closed } from './abort.ts'
import type { AnyView } from './any-view.ts'
import { listable } from './listable.ts'
import { hidden } from './mapping.ts'
import { compareUtf8, matches } from './match.ts'
import { invalid } from './options.ts'
import type { Opened } from './source.ts'

/** Opens the driver's listing. */
type Start = (options: DriverListOptions<unknown>) => AsyncIterable<readonly unknown[]>

/**
 * A driver's listing as the view shows it: the items of its pages for which `show` gives the user's item. Written out
 * rather than as a generator, because a listing can have millions of keys and a generator's step costs several times as
 * much.
 */
export class Listing<T> implements AsyncIterator<T, undefined>, Opened {
  readonly owner: AnyView
  readonly #op: string
  readonly #options: ListOptions<unknown>
  readonly #start: Start
  readonly #show: Show<T>
  #keyOf: (inner: unknown) => unknown = keyItself
  #pages: AsyncIterator<readonly unknown[]> | undefined
  #page: T[] = []
  #next = 0
  #left = Number.POSITIVE_INFINITY
  #busy = false
  /** Whether it was ended before its end by a `close`, which may have failed since. */
  #isCut = false
  readonly #waiting: (() => void)[] = []

  constructor(view: AnyView, op: string, options: ListOptions<unknown>, start: Start, show: Show<T>) {
    this.owner = view
    this.#op = op
    this.#options = options
    this.#start = start
    this.#show = show
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#next < this.#page.length && this.owner.open && !this.#options.signal?.aborted)
      return Promise.resolve({ done: false, value: this.#page[this.#next++] as T })
    return this.#advance()
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.#left = 0
    this.#page = []
    await this.cancel()
    return { done: true, value: undefined }
  }

  /** The rest of the page under way, or the next one; `undefined` at the end. */
  async page(): Promise<readonly T[] | undefined> {
    const { done } = await this.next()
    if (done) return undefined
    const begun = this.#next - 1
    this.#next = this.#page.length
    return begun === 0 ? this.#page : this.#page.slice(begun)
  }

  /** Lets the driver release what it holds for this listing. */
  async cancel(): Promise<void> {
    this.owner.source.opened.delete(this)
    const pages = this.#pages
    this.#pages = undefined
    this.#isCut = this.#left > 0
    await pages?.return?.()
  }

  /** The next item, of the next page if need be. Calls that do not wait for each other take turns. */
  async #advance(): Promise<IteratorResult<T, undefined>> {
    const signal = this.#options?.signal
    if (this.#busy) await new Promise<void>(resolve => this.#waiting.push(resolve))
    this.#busy = true
    try {
      while (this.#next >= this.#page.length) {
        if (!(await this.#turnPage(signal))) return await this.return()
      }
      this.owner.assertOpen(signal)
      return { done: false, value: this.#page[this.#next++] as T }
    } catch (error) {
      // Not awaited: the driver may hang, which may be why the signal fired.
      this.return().catch(() => {})
      throw this.owner.wrap(this.#op, undefined, error, this.#advance)
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#busy = false
      else next()
    }
  }

  /** Gets the driver's next page; false at the end. */
  async #turnPage(signal: AbortSignal | undefined): Promise<boolean> {
    // Also after the last page, so that a listing never looks complete because it was cut off.
    this.owner.assertOpen(signal)
    if (this.#isCut) throw closed()
    if (this.#left > 0) this.#pages ??= this.#open()
    if (this.#pages === undefined || this.#left === 0) return false
    const { done, value } = await abortable(this.#pages.next(), signal)
    this.owner.assertOpen(signal)
    if (this.#isCut) throw closed()
    if (done) return false
    this.#page = []
    this.#next = 0
    for (const item of value) {
      const shown = this.#show(item as never, this.#keyOf)
      if (shown !== undefined && this.#page.push(shown) === this.#left) break
    }
    this.#left -= this.#page.length
    return true
  }

  #open(): AsyncIterator<readonly unknown[]> {
    const { owner } = this
    owner.check(this.#op, this.#options)
    this.#keyOf = shower(owner, this.#options, () => {
      // What is on this page, and no more.
      this.#left = this.#page.length
    })
    this.#left = this.#options.limit ?? this.#left
    const pages = this.#start(driverOptions(owner, this.#options))[Symbol.asyncIterator]()
    owner.source.opened.add(this)
    return pages
  }
}

function keyItself(inner: unknown): unknown {
  return inner
}

/** The user's item for an item of a page, or `undefined` to leave it out. */
type Show<T> = (item: never, keyOf: (inner: unknown) => unknown) => T | undefined

/** The driver's keys in pages, however it lists them. */
export function keyPages({ source: { driver } }: AnyView): Start {
  return options => driver.keyPages?.(options) ?? single(driver.keys?.(options) ?? [])
}

async function* single(
  keys: Iterable<unknown> | AsyncIterable<unknown>,
): AsyncGenerator<[unknown], void, undefined> {
  for await (const key of keys) yield [key]
}

/** All pages of the user's keys, without taking them apart. */
export async function* pagesOf(
  view: AnyView,
  op: string,
  options: ListOptions<unknown>,
): AsyncGenerator<readonly unknown[], void, undefined> {
  const listing = new Listing(view, op, options, keyPages(view), (key, keyOf) => keyOf(key))
  try {
    for (let page = await listing.page(); page !== undefined; page = await listing.page()) yield page
  } finally {
    await listing.return()
  }
}

/** Options of a listing that need an order. */
const BOUNDS = ['from', 'after', 'before', 'reverse'] as const

/** Checks the options of a listing and turns them into the driver's. */
function driverOptions(
  { mapping, source }: AnyView,
  options: ListOptions<unknown>,
): DriverListOptions<unknown> {
  const { prefix, limit, signal } = options
  const { order, reverse } = source.guarantees
  const text = typeof prefix === 'string'
  if (
    prefix !== undefined &&
    (text ? !(prefix as string).isWellFormed() : mapping.stringKeys || !isDivisible(prefix))
  )
    throw invalid(
      `prefix is a well-formed string for string keys, else leading elements or some fields of a key, not ${printValue(prefix)}`,
    )
  const pushed: DriverListOptions<unknown> = { signal }
  const inner = mapping.prefix(prefix)
  if (inner !== undefined && inner !== '') pushed.prefix = inner
  for (const bound of BOUNDS) {
    const given = options[bound]
    if (given === undefined || given === false) continue
    const backwards = bound === 'reverse'
    if (!mapping.ordered || (backwards ? !reverse : order === 'none'))
      throw new StoreError(
        'Unsupported',
        `${bound} needs a store that lists ${backwards ? 'backwards' : 'in key order'}, and this one does not`,
      )
    if (!backwards) checkText(given)
    const inner = backwards || mapping.encode(given)
    if (inner !== hidden) pushed[bound] = inner
  }
  const exact = reverse || (pushed.from ?? pushed.before) === undefined
  if (mapping.total && exact && limit !== Number.POSITIVE_INFINITY) pushed.limit = limit
  return pushed
}

/**
 * What a listing makes of the driver's keys: the user's key, or `undefined` for one that it leaves out; `end` is called
 * when no more of them can come.
 */
function shower(
  { mapping, source }: AnyView,
  { prefix, from, after, before, reverse }: ListOptions<unknown>,
  end: () => void,
): (inner: unknown) => unknown {
  const isListable = listable(source)
  return inner => {
    if (!isListable(inner)) return undefined
    const key = mapping.decode(inner)
    if (key === undefined || (prefix !== undefined && !matches(key, prefix))) return undefined
    if (!reaches(key, from, 0) || !reaches(key, after, 1)) return undefined
    if (before === undefined || !reaches(key, before, 0)) return key
    if (!reverse) end()
    return undefined
  }
}

function reaches(key: unknown, bound: unknown, least: number): boolean {
  return bound === undefined || compareUtf8(key as string, bound as string) >= least
}

/** Something to loop over, from the start each time. */
export function iterable<T>(start: () => AsyncIterator<T>): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: start }
}

/** Whether a prefix has parts: elements of a tuple, or fields of a record. A date has none, though it is an object. */
function isDivisible(prefix: unknown): boolean {
  return Array.isArray(prefix) || Object.prototype.toString.call(prefix) === '[object Object]'
}
