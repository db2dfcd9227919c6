import { checkText } from '../check.ts'
import type { DriverListOptions } from '../driver.ts'
import { StoreError } from '../error.ts'
import type { ListOptions } from '../store.ts'
import { abortable } from './abort.ts'
import { hidden } from './mapping.ts'
import { compareUtf8, matches } from './match.ts'
import { invalid } from './options.ts'
import type { AnyView } from './view.ts'

/** Opens the driver's listing. */
type Start = (options: DriverListOptions<unknown>) => AsyncIterable<readonly unknown[]>

/** A driver's listing as the view shows it: the items of its pages for which `show` gives the user's item. */
export async function* list<T>(
  view: AnyView,
  op: string,
  options: ListOptions<unknown>,
  start: Start,
  show: (item: never, keyOf: (inner: unknown) => unknown) => T | undefined,
): AsyncGenerator<T, void, undefined> {
  const { opened } = view.source
  const { signal, limit = Number.POSITIVE_INFINITY } = options
  let pages: AsyncIterator<readonly unknown[]> | undefined
  const entry = { owner: view, cancel: async () => void (await pages?.return?.()) }
  let left = limit
  try {
    view.check(op, options)
    view.assertOpen(signal)
    const keyOf = shower(view, options)
    if (left > 0) pages = start(driverOptions(view, options))[Symbol.asyncIterator]()
    opened.add(entry)
    while (left > 0) {
      view.assertOpen(signal)
      const page = await abortable((pages as AsyncIterator<readonly unknown[]>).next(), signal)
      if (page.done) {
        pages = undefined
        return
      }
      for (const item of page.value) {
        const shown = show(item as never, keyOf)
        if (shown === undefined) continue
        view.assertOpen(signal)
        yield shown
        if (--left === 0) break
      }
    }
  } catch (error) {
    throw view.wrap(op, undefined, error)
  } finally {
    opened.delete(entry)
    const ended = entry.cancel()
    // After an abort nobody waits: the driver may hang.
    if (signal?.aborted) ended.catch(() => {})
    else await ended
  }
}

/** The driver's keys in pages, however it lists them. */
export function keyPages({ source: { driver } }: AnyView): Start {
  return options => driver.keyPages?.(options) ?? single(driver.keys(options))
}

async function* single(
  keys: Iterable<unknown> | AsyncIterable<unknown>,
): AsyncGenerator<[unknown], void, undefined> {
  for await (const key of keys) yield [key]
}

/** Checks the options of a listing and turns them into the driver's. */
function driverOptions(
  { mapping, source }: AnyView,
  options: ListOptions<unknown>,
): DriverListOptions<unknown> {
  const { prefix, after, limit, signal } = options as ListOptions<never>
  const text = typeof prefix === 'string'
  if (
    prefix !== undefined &&
    (text ? !(prefix as string).isWellFormed() : mapping.stringKeys || typeof prefix !== 'object')
  )
    throw invalid(
      'prefix is a well-formed string for string keys, else leading elements or some fields of a key',
    )
  const pushed: DriverListOptions<unknown> = { signal }
  const inner = mapping.prefix(prefix)
  if (inner !== undefined && inner !== '') pushed.prefix = inner
  if (mapping.total) pushed.limit = limit
  if (after !== undefined) {
    if (!mapping.ordered || source.guarantees.order === 'none')
      throw new StoreError(
        'Unsupported',
        'after needs a store that lists in key order, and this one does not',
      )
    checkText(after)
    const cursor = mapping.encode(after)
    if (cursor !== hidden) pushed.after = cursor
  }
  return pushed
}

/** What a listing makes of the driver's keys: the user's key, or `undefined` for one that it leaves out. */
function shower({ mapping }: AnyView, { prefix, after }: ListOptions<unknown>): (inner: unknown) => unknown {
  return inner => {
    const key = mapping.decode(inner)
    if (key === undefined || (prefix !== undefined && !matches(key, prefix))) return undefined
    return after !== undefined && compareUtf8(key as string, after as string) <= 0 ? undefined : key
  }
}
