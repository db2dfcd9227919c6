import type { Child, DriverListOptions } from '../driver.ts'
import { StoreError } from '../error.ts'
import { printValue } from '../print-key.ts'
import type { Reader, ReadOptions } from '../store.ts'
import type { AnyView } from '../view/any-view.ts'
import { CONCURRENCY, mapBounded } from '../view/bounded.ts'
import { iterable, Listing } from '../view/listing.ts'
import { invalid } from '../view/options.ts'
import { viewBehind } from '../view/over.ts'
import { CALL, callSettings } from './call-options.ts'
import { asChild, childOf } from './child-of.ts'

/**
 * One level of the keys, lazily: `{ key }` for each key with the prefix in which no further slash follows, and
 * `{ prefix }` for what the others begin with, up to and with the next slash, each once. Give such a prefix to `children`
 * for the next level.
 *
 * The backend lists one level where it can, also through transforms that put text before or after the keys, and through
 * filters, which ask for one key of each prefix. A store in key order skips what lies under a prefix; any other lists every
 * key that has it. Rejects `Unsupported` for keys that are not strings.
 *
 * @example
 * ```ts
 * for await (const child of children(photos, '2026/'))
 *   console.log('prefix' in child ? `${child.prefix} …` : child.key)
 * ```
 */
export function children(
  store: Reader<string, unknown>,
  prefix = '',
  options?: ReadOptions,
): AsyncIterable<Child> {
  const view = viewBehind(store)
  return iterable(() => {
    try {
      return level(view, prefix, options)
    } catch (error) {
      return told(view, failing(error))
    }
  })
}

function level(view: AnyView, prefix: string, options: ReadOptions | undefined): AsyncIterator<Child> {
  const { signal } = callSettings(view, 'children', CALL, options)
  if (typeof prefix !== 'string' || !prefix.isWellFormed())
    throw invalid(`the prefix is a well-formed string, not ${printValue(prefix)}`)
  const affixes = affixesOf(view)
  if (affixes === undefined || view.source.driver.children === undefined)
    return told(view, derived(view, prefix, signal, affixes))
  const listing = () => native(view, prefix, signal, affixes.before)
  return affixes.hides ? told(view, shown(view, iterable(listing), signal)) : listing()
}

/** The children, whose failure is told as one of `children`. */
async function* told(view: AnyView, found: AsyncIterable<Child>): AsyncGenerator<Child, void, undefined> {
  try {
    yield* found
  } catch (error) {
    throw view.wrap('children', undefined, error, told)
  }
}

// biome-ignore lint/correctness/useYield: it fails before it gives anything.
async function* failing(error: unknown): AsyncGenerator<never, void, undefined> {
  throw error
}

/** What a stack of transforms puts around the driver's keys, if it does nothing else to them. */
interface Affixes {
  readonly before: string
  /** Something may hide keys of the driver, and so whole prefixes. */
  readonly hides: boolean
}

function affixesOf({ steps }: AnyView): Affixes | undefined {
  let before = ''
  let hides = false
  for (const step of steps) {
    if (step.kind === 'filterKeys') hides = true
    if (step.kind !== 'mapKeys') continue
    const { affix } = step.codec
    // A slash after the keys would make another level.
    if (affix === undefined || affix.after.includes('/')) return undefined
    before += affix.before
    hides ||= affix.after !== ''
  }
  return { before, hides }
}

/** The children as the backend lists them; without a generator around each step, which would cost more than the rest. */
function native(
  view: AnyView,
  prefix: string,
  signal: AbortSignal | undefined,
  before: string,
): AsyncIterator<Child> {
  const start = (options: DriverListOptions<unknown>) =>
    view.source.driver.children?.(options) as AsyncIterable<readonly Child[]>
  const show = (child: Child, keyOf: (inner: unknown) => unknown): Child | undefined => {
    if ('prefix' in child) {
      const shorter = child.prefix.slice(before.length)
      const isBelow = child.prefix.startsWith(before + prefix) && shorter.length > prefix.length
      return isBelow ? { prefix: shorter } : undefined
    }
    const key = keyOf(child.key)
    if (key === child.key) return child
    return key === undefined ? undefined : { key: key as string }
  }
  return new Listing<Child>(view, 'children', { prefix, signal } as object, start, show)
}

/** Those of the children that the transforms do not hide. */
async function* shown(
  view: AnyView,
  listed: AsyncIterable<Child>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Child, void, undefined> {
  const seen = mapBounded(listed, CONCURRENCY, async child =>
    'key' in child || (await hasAny(view, child.prefix, signal)) ? child : undefined,
  )
  for await (const child of seen) if (child !== undefined) yield child
}

async function hasAny(view: AnyView, prefix: string, signal: AbortSignal | undefined): Promise<boolean> {
  for await (const _ of view.keys({ prefix, signal })) return true
  return false
}

/** From so many keys under one prefix on, it pays to list again from the end of the prefix. */
const SKIP = 100
/** The last of all characters: few keys begin with it. */
const LAST = '\u{10ffff}'
/** A longer prefix leaves no room in a key. */
const LONGEST = 200

async function* derived(
  view: AnyView,
  prefix: string,
  signal: AbortSignal | undefined,
  affixes: Affixes | undefined,
): AsyncGenerator<Child, void, undefined> {
  const skips = affixes?.hides === false && view.guarantees.order !== 'none'
  const seen = new Set<string>()
  let after: string | undefined
  do {
    let under = 0
    const skipped = after
    after = undefined
    for await (const key of view.keys({
      prefix: prefix === '' ? undefined : prefix,
      signal,
      after: skipped,
    })) {
      if (typeof key !== 'string') throw new StoreError('Unsupported', 'children needs keys that are strings')
      const child = childOf(key, prefix)
      if (!seen.has(child)) {
        under = 0
        // In key order, what lies under a prefix comes in one piece.
        if (skips) seen.clear()
        seen.add(child)
        yield asChild(child, prefix)
      } else if (skips && ++under >= SKIP && child.length < LONGEST && skipped !== child + LAST) {
        after = child + LAST
        break
      }
    }
  } while (after !== undefined)
}
