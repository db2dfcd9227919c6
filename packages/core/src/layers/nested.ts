import { invalidKey } from '../check.ts'
import { createStore } from '../create-store.ts'
import type { DriverListOptions, Failures, MaybePromise, WritableDriver } from '../driver.ts'
import { StoreError } from '../error.ts'
import { flag, text, wholeNumber } from '../options/kinds.ts'
import { option } from '../options/option.ts'
import { settingsOf } from '../options/settings-of.ts'
import { printKey, printValue } from '../print-key.ts'
import type { AnyReader, AnyStore, Reader, ReadOptions, WithValues } from '../store.ts'
import { atOnce } from '../view/at-once.ts'
import { has, read, remove, set, stat } from '../view/calls.ts'
import { viewBehind } from '../view/over.ts'
import { userFailure } from '../view/user-failure.ts'
import { whenReady } from '../when-ready.ts'
import { assertCondition, statOf } from './composing/content-tag.ts'
import { editing, isGuarded } from './composing/editing.ts'
import { copied, type Edit, hasFields, valueAt } from './composing/paths.ts'
import { madeOf } from './composing/standing.ts'
import { refuse } from './guarding/refuse.ts'
import { refusing } from './guarding/refusing.ts'

/** Whether an object that is missing on the way to a value may be made; told the path to it. */
export type MayCreate = (path: readonly string[]) => boolean

export interface NestedOptions {
  /**
   * What stands between the key of the store and the names inside its value.
   * @default ':'
   */
  separator?: string | undefined
  /**
   * Makes what is missing on the way to a value that is set: always, or where a function says so.
   * @default false
   */
  create?: boolean | MayCreate | undefined
  /**
   * How many parts a key may have.
   * @default 100
   */
  depth?: number | undefined
  /**
   * Writes also to a store without conditions; what others write to the value meanwhile may be lost.
   * @default false
   */
  unguarded?: boolean | undefined
}

const OPTIONS = {
  separator: text.or(':'),
  create: option<boolean | MayCreate>('true, false or a function', value =>
    ['boolean', 'function'].includes(typeof value),
  ).or(false),
  depth: wholeNumber(1).or(100),
  unguarded: flag.or(false),
}

/**
 * A store whose keys lead into its values: `app.json:server:port` is the field `port` of the field `server` of the value
 * at `app.json`. Everything between can be read, set and deleted too; listings give the ends of the paths, objects without
 * fields and lists included. An index leads into a list; to set the one behind its end makes the list longer.
 *
 * What is set is always written back: one `update` of the value, under `ifMatch`; sets into one value that are asked for
 * at the same time are one write. A listing reads all values.
 *
 * Setting rejects `NotFound` where something on the way is missing and `create` does not allow it, and `InvalidKey`
 * (`prefix-of-other`) on a way through a value without fields. Paths whose names hold the separator are not in the view.
 * Closing it closes the store.
 *
 * @example
 * ```ts
 * const config = nested(pipe(files('config'), jsonValues()), { create: true })
 * await config.set('app.json:server:port', 8080)
 * ```
 */
export function nested<S extends Reader<string, unknown>>(
  store: S,
  options?: NestedOptions,
): WithValues<S, unknown, string> {
  const view = viewBehind(store as AnyReader)
  const { separator, create, depth, unguarded } = settingsOf('nested', OPTIONS, options)
  const { submit, rehearse } = editing({ store: store as unknown as AnyStore, unguarded })

  const driver: WritableDriver<string, unknown> = {
    name: 'nested',
    valueType: 'any',
    guarantees: {
      ...view.guarantees,
      order: 'none',
      reverse: false,
      conditions: isGuarded(store as AnyReader) ? view.guarantees.conditions : [],
      batchAtomic: false,
      maxValueBytes: null,
      maxKeyBytes: 1024,
      rejects: [...view.guarantees.rejects, 'prefix-of-other', 'not-an-index', 'too-deep', 'no-name'],
    },
    get: (key, options) => readAt(key, options),
    has: (key, options) => {
      const { head, rest } = split(key)
      if (rest.length === 0) return atOnce(view, 'has', head, undefined, options, has)
      return whenReady(readAt(key, options), value => value !== undefined)
    },
    stat: (key, options) => {
      const { head, rest } = split(key)
      if (rest.length === 0) return atOnce(view, 'stat', head, undefined, options, stat)
      return whenReady(readAt(key, options), statOf)
    },
    async *keyPages(options) {
      for await (const page of leafPages(options)) yield page.map(([key]) => key)
    },
    entryPages: options => leafPages(options),
    set: (key, value, options) => {
      const { head, rest } = split(key)
      if (rest.length === 0)
        return atOnce(view, 'set', head, value, { ...options, transfer: true } as ReadOptions, set)
      const edit: Edit = { path: rest, value: copied(value) }
      return submit(head, {
        signal: options.signal,
        plan: current => {
          assertCondition(valueAt(current, rest), options)
          assertWay(head, current, rest)
          return [edit]
        },
      })
    },
    delete: (key, options) => {
      const { head, rest } = split(key)
      if (rest.length === 0) return atOnce(view, 'delete', head, undefined, options, remove)
      return submit(head, {
        signal: options.signal,
        plan: current => {
          const value = valueAt(current, rest)
          assertCondition(value, options)
          return value === undefined ? [] : [{ path: rest, value: undefined }]
        },
      })
    },
    // All at once, so that those into one value are one write.
    setMany: (entries, options) =>
      failuresOf(
        entries,
        ([key]) => key,
        ([key, value]) => driver.set(key, value, options),
      ),
    deleteMany: (keys, options) =>
      failuresOf(
        keys,
        key => key,
        key => driver.delete(key, options),
      ),
    close: () => store.close(),
  }
  const { set: _, delete: __, setMany: ___, deleteMany: ____, ...reading } = driver
  const shown = view.mapping.writable ? driver : reading
  const made = madeOf(createStore(shown as WritableDriver<string, unknown>, { allowTornReads: true }), [view])
  const known = refusing(made, async (key, value, options) => {
    const { head, rest } = split(key as string)
    if (rest.length === 0) return await refuse(view, head, value, options)
    const plan = (current: unknown) => {
      assertWay(head, current, rest)
      return value === undefined ? [] : [{ path: rest, value: copied(value) }]
    }
    await rehearse(head, { plan, signal: options.signal })
  })
  return known as unknown as WithValues<S, unknown, string>

  function split(key: string): { head: string; rest: string[] } {
    const [head = '', ...rest] = key.split(separator)
    if (head === '') throw invalidKey('no-name', `the key begins with the separator ${printKey(separator)}`)
    if (rest.length >= depth)
      throw invalidKey('too-deep', `the key has ${rest.length + 1} parts; there may be ${depth}`)
    return { head, rest }
  }

  function readAt(key: string, options: ReadOptions): MaybePromise<unknown> {
    const { head, rest } = split(key)
    return whenReady(atOnce(view, 'get', head, undefined, options, read), value => valueAt(value, rest))
  }

  /** Refuses a way on which something is missing that may not be made. */
  function assertWay(head: string, current: unknown, rest: readonly string[]): void {
    for (let level = 0; level < rest.length; level++) {
      const way = rest.slice(0, level)
      if (current !== undefined && valueAt(current, way) !== undefined) continue
      // A value without fields on the way is refused by itself.
      const path = [head, ...way]
      if (!allowed(path))
        throw new StoreError(
          'NotFound',
          `there is nothing at ${printKey(path.join(separator))}; set it, or allow create`,
        )
    }
  }

  function allowed(path: readonly string[]): boolean {
    if (typeof create === 'boolean') return create
    let answer: unknown
    try {
      answer = create(path)
    } catch (error) {
      throw userFailure('InvalidArgument', 'the function create failed', error)
    }
    if (typeof answer === 'boolean') return answer
    throw new StoreError('InvalidArgument', `create answers true or false, not ${printValue(answer)}`)
  }

  /** The ends of all paths, with their values, a page for each value of the store. */
  async function* leafPages({
    prefix = '',
    signal,
  }: DriverListOptions<string>): AsyncGenerator<readonly (readonly [string, unknown])[], void, undefined> {
    for await (const [head, value] of valuesUnder(prefix, signal)) {
      if (head.includes(separator)) continue
      yield [...leaves(value, [head], depth)]
        .map(([path, leaf]) => [path.join(separator), path, leaf] as const)
        // A name may hold the separator, or a part of it.
        .filter(([key, path]) => key.startsWith(prefix) && isWay(key, path))
        .map(([key, , leaf]) => [key, leaf] as const)
    }
  }

  async function* valuesUnder(prefix: string, signal: AbortSignal | undefined) {
    const [head = '', ...rest] = prefix.split(separator)
    if (rest.length === 0) return yield* store.entries({ prefix, signal })
    const value = head === '' ? undefined : await store.get(head, { signal })
    if (value !== undefined) yield [head, value] as [string, unknown]
  }

  function isWay(key: string, path: readonly string[]): boolean {
    const back = key.split(separator)
    return back.length === path.length && back.every((name, index) => name === path[index])
  }
}

/** What lies at the ends of the paths in a value. */
function* leaves(
  value: unknown,
  path: readonly string[],
  depth: number,
): Generator<readonly [path: readonly string[], value: unknown], void, undefined> {
  const names = hasFields(value) && path.length < depth ? Object.keys(value) : []
  if (names.length === 0) yield [path, value]
  for (const name of names) {
    const part = (value as Record<string, unknown>)[name]
    if (part !== undefined) yield* leaves(part, [...path, name], depth)
  }
}

async function failuresOf<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  write: (item: T) => MaybePromise<void>,
): Promise<Failures<string>> {
  const failures = new Map<string, unknown>()
  await Promise.all(
    items.map(async item => {
      try {
        await write(item)
      } catch (error) {
        failures.set(keyOf(item), error)
      }
    }),
  )
  return failures
}
