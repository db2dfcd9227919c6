import type { DriverStreamOptions, DriverWriteOptions, MaybePromise } from '../driver.ts'
import { isStoreError, StoreError } from '../error.ts'
import { maker } from '../makers.ts'
import { notOvertaken, overtaken } from '../operations/not-overtaken.ts'
import { option } from '../options/option.ts'
import { settingsOf } from '../options/settings-of.ts'
import type { AnyReader, AnyStore, KeyOf, Like, ValueOf, WriteOptions } from '../store.ts'
import type { DryRun } from '../view/dry-run.ts'
import { viewBehind } from '../view/over.ts'
import { belowMethods } from './below.ts'
import { asked, askedWhether } from './guarding/asked.ts'
import { refusing } from './guarding/refusing.ts'
import { sameValue } from './guarding/same-value.ts'
import { assertCondition, overSeen, type Seen, see } from './guarding/seen.ts'
import { type LayerMethods, layer } from './layer.ts'

/** A value that would be replaced, and the one that would replace it. */
export interface Overwriting<K, V> {
  readonly key: K
  readonly old: V
  readonly value: V
}

export interface OnOverwriteOptions<K, V> {
  /**
   * `'refuse'` rejects `Conflict` where there is a value. A function is asked, at once or later: `true` replaces, `false`
   * rejects `Conflict`, and a value is stored in place of the new one; the old one leaves all as it is.
   * @default 'refuse'
   */
  policy?: 'refuse' | ((overwriting: Overwriting<K, V>) => MaybePromise<boolean | V>) | undefined
  /**
   * When two values are the same, so that there is nothing to write unless the media type changes: a function, or `true`
   * for equal bytes and for the same primitive.
   * @default true for a function as policy, else false
   */
  same?: boolean | ((old: V, value: V) => MaybePromise<boolean>) | undefined
}

const OPTIONS = {
  policy: option<unknown>(
    "'refuse' or a function",
    value => value === 'refuse' || typeof value === 'function',
  ),
  same: option<unknown>('true, false or a function', value => ['boolean', 'function'].includes(typeof value)),
}

/**
 * Decides what becomes of a write to a key that has a value already: `set`, `setMany`, `writeStream`, `rename`, `copy`.
 *
 * Without a race where the store has `ifAbsent`, and `ifMatch` for a function: what it was asked about is what is
 * replaced, so it may be asked again when somebody writes meanwhile. Elsewhere somebody's write between the look and
 * the write is replaced unseen. Batches are written key by key, and a function needs whole values of streams.
 *
 * A store that refuses has no `ifMatch`, so `update` rejects `Unsupported`; a function keeps it.
 *
 * @example
 * ```ts
 * const once = pipe(files('reports'), onOverwrite())
 * const careful = pipe(notes, onOverwrite({ policy: ({ key }) => confirm(`Replace ${key}?`) }))
 * ```
 */
export function onOverwrite<S extends AnyReader>(
  options?: OnOverwriteOptions<KeyOf<S>, ValueOf<S>>,
): (store: S) => Like<S> {
  const { policy = 'refuse', same = policy !== 'refuse' } = settingsOf(
    'onOverwrite',
    OPTIONS,
    options as object,
  ) as { policy?: Policy | 'refuse'; same?: boolean | Same }
  const isSame: Same | undefined =
    typeof same === 'function'
      ? (old, value) => askedWhether('same of onOverwrite', () => same(old, value))
      : same
        ? sameValue
        : undefined
  return store => {
    const methods = policy === 'refuse' ? keeping(store, isSame) : asking(store, policy, isSame)
    const { source, guarantees } = viewBehind(store)
    const writeOptions = source.driver.writeOptions ?? []
    const conditions = guarantees.conditions.filter(
      condition => policy !== 'refuse' || condition !== 'ifMatch',
    )
    const made = layer<S>(
      store,
      'onOverwrite',
      { ...methods, writeOptions } as LayerMethods<KeyOf<S>, ValueOf<S>>,
      { conditions },
    )
    return policy === 'refuse' ? refusing(made, dryRun(store, isSame)) : made
  }
}

maker(onOverwrite)

type Policy = (overwriting: Overwriting<unknown, unknown>) => MaybePromise<unknown>
type Same = (old: unknown, value: unknown) => MaybePromise<boolean>

function keeping(store: AnyReader, isSame: Same | undefined): LayerMethods<unknown, unknown> {
  const view = viewBehind(store)
  const below = belowMethods(store as AnyStore)
  const guarded = view.guarantees.conditions.includes('ifAbsent')
  const guard = <O extends DriverWriteOptions>(options: O): O =>
    guarded ? { ...options, ifAbsent: true } : options
  const assertAbsent = async (key: unknown, { signal }: DriverWriteOptions) => {
    if (!guarded && (await below.has(key, { signal }))) throw taken()
  }

  return {
    set: (key, value, options) =>
      notOvertaken(view, 'set', key, options, async () => {
        try {
          await assertAbsent(key, options)
          return await below.set(key, value, guard(options))
        } catch (error) {
          if (!isStoreError(error, 'Conflict')) throw error
          // Whoever asked for `ifAbsent` wants to know that the value is another's.
          if (isSame === undefined || options.ifAbsent === true) throw taken()
          const seen = await see(below, key, { signal: options.signal })
          if (seen === overtaken || seen.value === undefined) return overtaken
          if (!(isKeptAs(seen, options) && (await isSame(seen.value, value)))) throw taken()
        }
      }),
    writeStream:
      isSame !== undefined
        ? 'derived'
        : async (key, chunks, options: DriverStreamOptions) => {
            await assertAbsent(key, options)
            try {
              await below.writeStream(key, chunks, guard(options))
            } catch (error) {
              throw refused(error)
            }
          },
    rename: async (from, to, options) => {
      // Onto itself nothing is overwritten.
      if (view.identity(from) === view.identity(to)) return await below.rename(from, to, options)
      if (!guarded && !(await below.has(from, { signal: options.signal }))) return false
      await assertAbsent(to, options)
      try {
        return await below.rename(from, to, guard(options))
      } catch (error) {
        throw refused(error)
      }
    },
    watch: 'below',
    pathOf: 'below',
  }
}

function dryRun(store: AnyReader, isSame: Same | undefined): DryRun {
  const below = belowMethods(store as AnyStore)
  return async (key, value, options) => {
    const old = await below.get(key, options)
    if (old === undefined) return
    if (isSame === undefined || value === undefined || !(await isSame(old, value))) throw taken()
  }
}

function asking(store: AnyReader, policy: Policy, isSame: Same | undefined): LayerMethods<unknown, unknown> {
  const view = viewBehind(store)
  const below = belowMethods(store as AnyStore)
  return {
    set: (key, value, options) =>
      notOvertaken(view, 'set', key, options, async () => {
        const seen = await see(below, key, { signal: options.signal })
        if (seen === overtaken) return overtaken
        assertCondition(seen, options)
        const chosen = seen.value === undefined ? value : await choice(key, seen, value, options)
        if (chosen === undefined) return undefined
        return await overSeen(seen, view.guarantees.conditions, options, how => below.set(key, chosen, how))
      }),
    watch: 'below',
    pathOf: 'below',
  }

  /** The value to store; `undefined` to leave the old one. */
  async function choice(
    key: unknown,
    seen: Seen,
    value: unknown,
    options: DriverWriteOptions,
  ): Promise<unknown> {
    const { value: old } = seen
    // Only what is kept with the value changes, which needs no question.
    if (await isSame?.(old, value)) return isKeptAs(seen, options) ? undefined : value
    const answer = await asked('the policy of onOverwrite', () => policy({ key, old, value }))
    if (answer === true) return value
    if (answer === false) throw new StoreError('Conflict', 'the policy of onOverwrite keeps the old value')
    if (answer === undefined)
      throw new StoreError(
        'InvalidArgument',
        'the policy of onOverwrite answers true, false or a value, not undefined',
      )
    return Object.is(answer, old) ? undefined : answer
  }
}

/** Whether what is kept with a value, such as its media type, would stay as it is. */
function isKeptAs({ stat }: Seen, options: DriverWriteOptions): boolean {
  const { signal: _, transfer, ifAbsent, ifMatch, contentType, ...others } = options as WriteOptions
  return stat?.contentType === contentType && Object.keys(others).length === 0
}

function refused(error: unknown): unknown {
  return isStoreError(error, 'Conflict') ? taken() : error
}

function taken(): StoreError {
  return new StoreError(
    'Conflict',
    'there is a value already, which onOverwrite keeps; delete it first, or give onOverwrite a policy',
  )
}
