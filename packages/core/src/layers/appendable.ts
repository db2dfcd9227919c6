import type { MaybePromise } from '../driver.ts'
import { isStoreError, type StoreError } from '../error.ts'
import { assertCalled } from '../makers.ts'
import { notOvertaken, overtaken } from '../operations/not-overtaken.ts'
import { printValue } from '../print-key.ts'
import type { AnyStore, KeyOf, Like, ReadOptions, Store, ValueOf } from '../store.ts'
import type { AnyView } from '../view/any-view.ts'
import { combined } from '../view/batch.ts'
import { blamedLater } from '../view/blamed.ts'
import { assertWritable, own } from '../view/calls.ts'
import { assertSupported, invalid } from '../view/options.ts'
import { viewBehind } from '../view/over.ts'
import { userFailure } from '../view/user-failure.ts'
import { asked } from './guarding/asked.ts'
import type { Keyer } from './keyers/keyer.ts'

/** What {@link appendable} adds to a store. */
export interface Appendable<K, V> {
  /** Stores a value under a new key, and gives the key. Never replaces a value. */
  append(value: V, options?: ReadOptions): Promise<K>
  /**
   * Stores values, each under a new key, and gives the keys in their order. Every value is tried, and one rejection at the
   * end carries `failures` by the place of the value; keys that never collide make one batch, which is all or nothing
   * where the store guarantees `batchAtomic`.
   */
  appendMany(values: Iterable<V> | AsyncIterable<V>, options?: ReadOptions): Promise<K[]>
}

/**
 * The same store, to which values can be added without a key: a keyer makes it (`ulid()`, `counter()`, `timestamp()`,
 * `fromField(name)`, `fromTemplate(template)`), or a function of the value. What the keyer throws rejects
 * `InvalidArgument`, a key that the store does not hold `InvalidKey`, both before anything is stored.
 *
 * Rejects `Unsupported` for a store without `ifAbsent`, unless the keys never collide, as those of `ulid()`.
 *
 * @example
 * ```ts
 * const events = appendable(pipe(files('events'), jsonValues<Event>()), ulid())
 * const key = await events.append({ type: 'login' })
 * ```
 */
export function appendable<S extends AnyStore>(
  store: S,
  keyer: Keyer<KeyOf<S>, ValueOf<S>> | ((value: ValueOf<S>) => MaybePromise<KeyOf<S>>),
): Like<S> & Appendable<KeyOf<S>, ValueOf<S>> {
  type K = KeyOf<S>
  type V = ValueOf<S>
  const { name, taken: whenTaken, keysFor } = keyerOf<K, V>(keyer)
  const same = viewBehind(store).living({}) as AnyView & Store<K, V>
  const nextKey = keysFor(same)
  return Object.assign(same, { append, appendMany }) as unknown as Like<S> & Appendable<K, V>

  function append(value: V, options?: ReadOptions): Promise<K> {
    return same.run('append', undefined, value, options, async (view, _, given, how) => {
      assertAppendable(view)
      return await appended(view, own(view, given, {}, false) as V, how)
    })
  }

  function appendMany(values: Iterable<V> | AsyncIterable<V>, options?: ReadOptions): Promise<K[]> {
    return same.run('appendMany', undefined, values, options, async (view, _, __, how) => {
      assertAppendable(view)
      if (!isIterable(values))
        throw invalid(`appendMany takes an array or another iterable, not ${printValue(values)}`)
      return whenTaken === 'never' ? await inOneGo(values, how) : await oneByOne(view, values, how)
    })
  }

  function assertAppendable(view: AnyView): void {
    assertWritable(view)
    if (whenTaken !== 'never') assertSupported(view.guarantees, 'set', { ifAbsent: true })
  }

  async function keyOf(value: V, taken: K | undefined, options: ReadOptions): Promise<K> {
    const key = await asked(`the keyer ${name}`, async () => {
      try {
        return await nextKey(value, taken, options)
      } catch (error) {
        // What it says of the key that it would make is what it means.
        throw isStoreError(error, 'InvalidKey', 'InvalidValue') ? userFailure(error.code, '', error) : error
      }
    })
    if (key === undefined) throw invalid(`the keyer ${name} gave no key`)
    return key
  }

  async function appended(view: AnyView, value: V, options: ReadOptions): Promise<K> {
    const guarded = view.guarantees.conditions.includes('ifAbsent')
    let taken: K | undefined
    return await notOvertaken(view, 'append', undefined, options, async () => {
      const key = await keyOf(value, taken, options)
      try {
        await same.set(key, value, { ...options, transfer: true, ...(guarded && { ifAbsent: true }) })
        return key
      } catch (error) {
        if (whenTaken === 'Conflict' || !isStoreError(error, 'Conflict')) throw error
        taken = key
        return overtaken
      }
    })
  }

  async function inOneGo(values: Iterable<V> | AsyncIterable<V>, options: ReadOptions): Promise<K[]> {
    const keys: K[] = []
    const keyed = async function* () {
      for await (const value of blamedLater(values)) {
        const key = await keyOf(value, undefined, options)
        keys.push(key)
        yield [key, value] as const
      }
    }
    try {
      await same.setMany(keyed(), options)
    } catch (error) {
      throw isStoreError(error) && error.failures !== undefined ? byPlace(error.failures, keys) : error
    }
    return keys
  }

  async function oneByOne(
    view: AnyView,
    values: Iterable<V> | AsyncIterable<V>,
    options: ReadOptions,
  ): Promise<K[]> {
    const keys: K[] = []
    const failures = new Map<number, StoreError>()
    let place = 0
    for await (const value of blamedLater(values)) {
      try {
        keys.push(await appended(view, own(view, value, {}, false) as V, options))
      } catch (error) {
        if (!isStoreError(error) || isStoreError(error, 'Aborted', 'Closed')) throw error
        failures.set(place, error)
      }
      place++
    }
    if (failures.size > 0) throw combined(failures)
    return keys
  }
}

function keyerOf<K, V>(keyer: Keyer<K, V> | ((value: V) => MaybePromise<K>)): Keyer<K, V> {
  assertCalled(keyer, 'appendable')
  if (typeof keyer === 'function')
    return { name: keyer.name || 'function', taken: 'Conflict', keysFor: () => value => keyer(value) }
  if (typeof (Object(keyer) as Partial<Keyer<K, V>>).keysFor === 'function') return keyer
  throw new TypeError(
    `appendable takes a keyer, such as ulid(), or a function from value to key, not ${printValue(keyer)}`,
  )
}

function byPlace(failures: ReadonlyMap<unknown, StoreError>, keys: readonly unknown[]): StoreError {
  const places = [...failures].map(([key, error]) => [keys.indexOf(key), error] as const)
  return combined(new Map(places.sort(([a], [b]) => a - b)))
}

function isIterable(values: unknown): boolean {
  const { [Symbol.iterator]: now, [Symbol.asyncIterator]: later } = Object(values)
  return typeof (later ?? now) === 'function' && typeof values !== 'string'
}
