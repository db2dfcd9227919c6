import { assertNotAborted } from '../adapter/call.ts'
import { StoreError } from '../error.ts'
import { CALL } from '../operations/call-options.ts'
import { callback, flag, oneOf, wholeNumber } from '../options/kinds.ts'
import { settingsOf } from '../options/settings-of.ts'
import { printValue } from '../print-key.ts'
import type { AnyReader, ReadOptions } from '../store.ts'
import { isPlain } from '../values/is-plain.ts'
import { userFailure } from '../view/user-failure.ts'

export interface WalkOptions extends ReadOptions {
  /**
   * Whether to go on inside a value; else it is given as it is. Lists are gone into by their indices.
   * @default stores, plain objects and maps, but not lists
   */
  into?: ((path: readonly unknown[], value: unknown) => boolean) | undefined
  /**
   * `'depth'` gives all that is inside a value before its neighbour, `'breadth'` what is nearer the top first.
   * @default 'depth'
   */
  order?: 'depth' | 'breadth' | undefined
  /**
   * Gives also the values that are gone into, each before what is inside.
   * @default false
   */
  branches?: boolean | undefined
  /**
   * How long paths may become: what lies deeper is given as part of the value at this depth.
   * @default Infinity
   */
  depth?: number | undefined
}

const OPTIONS = {
  ...CALL,
  into: callback<(path: readonly unknown[], value: unknown) => boolean>(),
  order: oneOf('depth', 'breadth').or('depth'),
  branches: flag.or(false),
  depth: wholeNumber(1).or(Number.POSITIVE_INFINITY),
}

/** Where a value lies, from the top. */
interface Found {
  readonly path: readonly unknown[]
  readonly value: unknown
  /** The values around it, the nearest first. */
  readonly around: Around | undefined
}

interface Around {
  readonly value: unknown
  readonly around: Around | undefined
}

/**
 * Every value that is nested in a store, a plain object or a map, with its path: the keys and names that lead to it. What
 * is gone into is not given itself, unless `branches`; so nothing is given for an empty one.
 *
 * Stores are listed lazily, and the values of each are read a bounded number ahead. Breadth first holds what is still to
 * be gone into. Rejects `InvalidArgument` for a value that contains itself.
 *
 * @example
 * ```ts
 * for await (const [path, value] of walk(pipe(files('settings'), jsonValues()))) console.log(path.join('.'), value)
 * ```
 */
export async function* walk(
  source: AnyReader | object,
  options?: WalkOptions,
): AsyncGenerator<readonly [path: readonly unknown[], value: unknown], void, undefined> {
  const { signal, into = isNested, order, branches, depth } = settingsOf('walk', OPTIONS, options)
  if (!isNested([], source) && !Array.isArray(source))
    throw new TypeError(`walk goes through a store, a plain object or a map, not ${printValue(source)}`)
  // Depth first it is the way down, breadth first a queue.
  const open: Inside[] = [inside({ path: [], value: source, around: undefined }, signal)]
  try {
    while (open.length > 0) {
      const current = (order === 'depth' ? open.at(-1) : open[0]) as Inside
      assertNotAborted(signal)
      const { done, value: found } = await current.next()
      if (done) {
        open.splice(open.indexOf(current), 1)
        continue
      }
      const goes = found.path.length < depth && asked(into, found)
      if (goes && branches) yield [found.path, found.value]
      if (!goes) yield [found.path, found.value]
      else open.push(inside(found, signal))
    }
  } finally {
    for (const each of open) await each.return()
  }
}

type Inside = AsyncGenerator<Found, void, undefined>

function isNested(_: readonly unknown[], value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return value instanceof Map || isReader(value) || isPlain(value)
}

function isReader(value: object): value is AnyReader {
  const { get, keys, entries } = value as Partial<AnyReader>
  return !(value instanceof Map) && [get, keys, entries].every(each => typeof each === 'function')
}

function asked(into: NonNullable<WalkOptions['into']>, { path, value }: Found): boolean {
  let answer: unknown
  try {
    answer = into(path, value)
  } catch (error) {
    throw userFailure('InvalidArgument', 'the function into of walk failed', error).with({
      op: 'walk',
      key: path,
    })
  }
  if (typeof answer === 'boolean') return answer && typeof value === 'object' && value !== null
  throw new StoreError('InvalidArgument', `into answers true or false, not ${printValue(answer)}`, {
    op: 'walk',
    key: path,
  })
}

/** What lies directly inside a value. */
async function* inside(found: Found, signal: AbortSignal | undefined): Inside {
  const { path, value } = found
  for (let { around } = found; around !== undefined; { around } = around)
    if (around.value === value)
      throw new StoreError('InvalidArgument', 'the value contains itself', { op: 'walk', key: path })
  for await (const [name, part] of entriesOf(value as object, signal))
    yield { path: [...path, name], value: part, around: found }
}

function entriesOf(
  value: object,
  signal: AbortSignal | undefined,
): Iterable<readonly [unknown, unknown]> | AsyncIterable<readonly [unknown, unknown]> {
  if (value instanceof Map) return value
  if (Array.isArray(value)) return value.entries()
  return isReader(value) ? value.entries(signal && { signal }) : Object.entries(value)
}
