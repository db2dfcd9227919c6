import type {
  Condition,
  DriverDeleteOptions,
  DriverListOptions,
  DriverWriteOptions,
  MaybePromise,
} from '../driver.ts'
import { StoreError } from '../error.ts'
import { maker } from '../makers.ts'
import { notOvertaken, overtaken } from '../operations/not-overtaken.ts'
import { oneOf } from '../options/kinds.ts'
import { settingsOf } from '../options/settings-of.ts'
import { printValue } from '../print-key.ts'
import type { AnyReader, AnyStore, KeyOf, Like, ReadOptions, Stat, ValueOf } from '../store.ts'
import { CONCURRENCY, mapBounded } from '../view/bounded.ts'
import type { DryRun } from '../view/dry-run.ts'
import { viewBehind } from '../view/over.ts'
import { whenReady } from '../when-ready.ts'
import { belowMethods } from './below.ts'
import { askedWhether } from './guarding/asked.ts'
import { refusing } from './guarding/refusing.ts'
import { overSeen, type Seen, see } from './guarding/seen.ts'
import { type LayerMethods, layer } from './layer.ts'

export interface FilterEntriesOptions {
  /**
   * What is read of an entry for the predicate; the other argument is `undefined`. By `'stat'` no value is read to list
   * or to count.
   * @default 'both'
   */
  reads?: 'both' | 'value' | 'stat' | undefined
}

const OPTIONS = { reads: oneOf('both', 'value', 'stat').or('both') }

/**
 * Keeps the entries that `keep` accepts, on every path: what it leaves out reads as absent and is neither listed nor
 * counted, and writing to its key, deleting it, and writing a value that would be left out reject `ReadOnly`. `keep` may
 * answer later; for a value that is being written, `stat` has its size in bytes and nothing else.
 *
 * Costs one read for each `get`, `has` and `stat`, two before each write, and a listing or `size` reads every entry
 * with the prefix. Whatever hides nothing by the value belongs into `filterKeys`, which costs nothing.
 *
 * @example
 * ```ts
 * const active = pipe(files('users'), jsonValues<User>(), filterEntries(user => user.active, { reads: 'value' }))
 * ```
 */
export function filterEntries<S extends AnyReader>(
  keep: (value: ValueOf<S>, stat: undefined, key: KeyOf<S>) => MaybePromise<boolean>,
  options: { reads: 'value' },
): (store: S) => Like<S>
export function filterEntries<S extends AnyReader>(
  keep: (value: undefined, stat: Stat, key: KeyOf<S>) => MaybePromise<boolean>,
  options: { reads: 'stat' },
): (store: S) => Like<S>
export function filterEntries<S extends AnyReader>(
  keep: (value: ValueOf<S>, stat: Stat, key: KeyOf<S>) => MaybePromise<boolean>,
  options?: FilterEntriesOptions,
): (store: S) => Like<S>
export function filterEntries<S extends AnyReader>(
  keep: (value: never, stat: never, key: never) => MaybePromise<boolean>,
  options?: FilterEntriesOptions,
): (store: S) => Like<S> {
  if (typeof keep !== 'function')
    throw new TypeError(`filterEntries takes a function of value, stat and key, not ${printValue(keep)}`)
  const { reads } = settingsOf('filterEntries', OPTIONS, options)
  return store => {
    const { dryRun, ...methods } = filtering(store, keep as unknown as Keep, reads)
    const made = layer<S>(store, 'filterEntries', methods as LayerMethods<KeyOf<S>, ValueOf<S>>)
    return refusing(made, dryRun)
  }
}

maker(filterEntries)

type Keep = (value: unknown, stat: Stat | undefined, key: unknown) => MaybePromise<boolean>

function filtering(
  store: AnyReader,
  keep: Keep,
  reads: 'both' | 'value' | 'stat',
): LayerMethods<unknown, unknown> & { readonly dryRun: DryRun } {
  const view = viewBehind(store)
  const below = belowMethods(store as AnyStore)
  const { conditions } = view.guarantees
  // `delete` has one condition, under the name that `set` gives it.
  const deleting: readonly Condition[] = conditions.includes('deleteIfMatch') ? ['ifMatch'] : []
  const byStat = reads !== 'value'
  const byValue = reads !== 'stat'
  const kept = (key: unknown, value: unknown, stat: Stat | undefined): MaybePromise<boolean> =>
    askedWhether('the predicate of filterEntries', () =>
      keep(byValue ? value : undefined, byStat ? stat : undefined, key),
    )
  const statOf = (key: unknown, options: ReadOptions): MaybePromise<Stat | undefined> =>
    byStat ? below.stat(key, options) : NO_STAT

  return {
    get: visible,
    stat: (key, options) =>
      byValue
        ? whenReady(visible(key, options), value =>
            value === undefined ? undefined : below.stat(key, options),
          )
        : keptStat(key, options),
    has: (key, options) =>
      byValue
        ? whenReady(visible(key, options), value => value !== undefined)
        : whenReady(keptStat(key, options), stat => stat !== undefined),
    async *keys(options) {
      for await (const keys of byValue ? keysOf(pairs(options)) : keysByStat(options)) yield* keys
    },
    entryPages: byValue ? pairs : 'derived',
    readStream: byValue
      ? 'derived'
      : async (key, range, options) =>
          (await keptStat(key, options)) && (await below.readStream(key, range, options)),
    set: (key, value, options) =>
      guarded('set', key, options, async seen => {
        await assertKept(key, value)
        return await overSeen(seen, conditions, options, how => below.set(key, value, how))
      }),
    delete: (key, options) =>
      guarded('delete', key, options, async seen => {
        // An entry that comes meanwhile is somebody else's.
        if (seen.value === undefined && options.ifMatch === undefined) return undefined
        return await overSeen(seen, deleting, options, how => below.delete(key, how as DriverDeleteOptions))
      }),
    async dryRun(key, value, options) {
      await guarded('set', key, options, async () => undefined)
      if (value !== undefined) await assertKept(key, value)
    },
    watch: 'below',
    writeOptions: view.source.driver.writeOptions ?? [],
  }

  function visible(key: unknown, options: ReadOptions): MaybePromise<unknown> {
    if (!byValue)
      return whenReady(keptStat(key, options), stat =>
        stat === undefined ? undefined : below.get(key, options),
      )
    return whenReady(statOf(key, options), stat =>
      whenReady(stat && below.get(key, options), value =>
        value === undefined ? undefined : whenReady(kept(key, value, stat), is => (is ? value : undefined)),
      ),
    )
  }

  function keptStat(key: unknown, options: ReadOptions): MaybePromise<Stat | undefined> {
    return whenReady(below.stat(key, options), stat =>
      stat === undefined ? undefined : whenReady(kept(key, undefined, stat), is => (is ? stat : undefined)),
    )
  }

  /** The entries that are kept; `limit` counts only those, so the listing below does not get it. */
  function pairs({
    limit: _,
    ...options
  }: DriverListOptions<unknown>): AsyncGenerator<Pairs, void, undefined> {
    return mapBounded(flat(below.entryPages(options)), CONCURRENCY, keptPair(options))
  }

  function keptPair({ signal }: ReadOptions): (pair: readonly [unknown, unknown]) => Promise<Pairs> {
    return async pair => {
      const [key, value] = pair
      const stat = await statOf(key, signal === undefined ? {} : { signal })
      // One that vanished meanwhile has none.
      return stat !== undefined && (await kept(key, value, stat)) ? [pair] : []
    }
  }

  function keysByStat({
    limit: _,
    ...options
  }: DriverListOptions<unknown>): AsyncIterable<readonly unknown[]> {
    const { signal } = options
    const look = async (key: unknown) =>
      (await keptStat(key, signal === undefined ? {} : { signal })) === undefined ? [] : [key]
    return mapBounded(flat(below.keyPages(options)), CONCURRENCY, look)
  }

  /** Does `write` over what is at the key, which is refused when it is left out. */
  function guarded(
    op: 'set' | 'delete',
    key: unknown,
    options: DriverWriteOptions,
    write: (seen: Seen) => Promise<typeof overtaken | undefined>,
  ): Promise<undefined> {
    const read = options.signal === undefined ? {} : { signal: options.signal }
    return notOvertaken(view, op, key, options, async () => {
      const seen = byValue ? await see(below, key, read) : await seeStat(key, read)
      if (seen === overtaken) return overtaken
      if (seen.value !== undefined && !(await kept(key, seen.value, seen.stat)))
        throw leftOut('the entry is left out by filterEntries')
      return await write(seen)
    })
  }

  async function assertKept(key: unknown, value: unknown): Promise<void> {
    const stat = value instanceof Uint8Array ? { size: value.byteLength } : NO_STAT
    if (!(await kept(key, value, stat))) throw leftOut('the value would be left out by filterEntries')
  }

  async function seeStat(key: unknown, options: ReadOptions): Promise<Seen> {
    const stat = await below.stat(key, options)
    return { value: stat, stat }
  }
}

const NO_STAT: Stat = Object.freeze({})

type Pairs = readonly (readonly [unknown, unknown])[]

async function* keysOf(pages: AsyncIterable<Pairs>): AsyncGenerator<readonly unknown[], void, undefined> {
  for await (const page of pages) yield page.map(([key]) => key)
}

async function* flat<T>(pages: AsyncIterable<readonly T[]>): AsyncGenerator<T, void, undefined> {
  for await (const page of pages) yield* page
}

function leftOut(why: string): StoreError {
  return new StoreError('ReadOnly', `${why}; write it to the store under the filter`)
}
