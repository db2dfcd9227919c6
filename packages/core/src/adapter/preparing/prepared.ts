import { copyBytes } from '../../check.ts'
import type {
  DriverFacts,
  DriverMethods,
  DriverWriteOptions,
  Failures,
  MaybePromise,
  WritableDriver,
} from '../../driver.ts'
import { StoreError } from '../../error.ts'
import { type DriverMethod, METHOD_NAMES } from '../../methods.ts'
import { refuses } from '../../view/dry-run.ts'
import { isPromise, whenReady } from '../../when-ready.ts'
import { committed } from '../errors/steps.ts'
import type { Preparation } from './preparation.ts'

/** Thrown by a method that finds its place gone, before it has changed anything: the place is made again for it. */
export class PlaceGone extends Error {}

/** Methods about keys, which get what `locate` made of them. */
type About =
  | 'get'
  | 'has'
  | 'stat'
  | 'getMany'
  | 'set'
  | 'setMany'
  | 'delete'
  | 'deleteMany'
  | 'readStream'
  | 'writeStream'
  | 'rename'
  | 'getWithStat'
  | 'batch'
  | 'remove'
  | 'pathOf'
  | 'urlOf'

type LocatedMethods<L, V> = Pick<DriverMethods<L, V>, About> & Omit<DriverMethods<string, V>, About>

/** A driver whose methods get places of their backend instead of keys; its listings give keys. */
export type LocatedDriver<L, V> = DriverFacts &
  Pick<LocatedMethods<L, V>, 'get' | 'set' | 'delete'> &
  (Pick<LocatedMethods<L, V>, 'keys'> | Pick<LocatedMethods<L, V>, 'keyPages'>) &
  Partial<LocatedMethods<L, V>>

export interface Preparing<L> {
  /** Where the value of a key lies. Throws `InvalidKey` for a key that the place cannot hold. */
  locate(key: string): L
  readonly preparation: Preparation
}

/** How often a write is begun again after its place was found gone. */
const ATTEMPTS = 3

/**
 * The driver, with the waiting for its place: each method first locates its keys, so that an illegal one is refused
 * before anything is touched, then waits for the preparation, then does its work. Where there is no place, reads are
 * absent and deletes do nothing. A write that throws {@link PlaceGone} is begun again after the place was made again,
 * three times at most, and never when part of a stream has been consumed.
 */
export function prepared<L, V>(driver: LocatedDriver<L, V>, how: Preparing<L>): WritableDriver<string, V> {
  const ways = waysOf(driver, how)
  const whole: Record<string, unknown> = { ...factsOf(driver) }
  for (const method of METHOD_NAMES) if (driver[method] !== undefined) whole[method] = ways[method]
  if (driver.close !== undefined) whole.close = driver.close.bind(driver)
  refuses(whole, key => void how.locate(key as string))
  return whole as unknown as WritableDriver<string, V>
}

/** Every fact, once: nothing else of the driver goes past `prepared`. */
const FACTS: { readonly [F in keyof DriverFacts]-?: true } = {
  name: true,
  guarantees: true,
  keyType: true,
  valueType: true,
  writeOptions: true,
  copies: true,
  sharedRoot: true,
  listsOnce: true,
  errorOf: true,
  secrets: true,
  identityOf: true,
  onIllegalKey: true,
  over: true,
}

function factsOf(driver: DriverFacts): DriverFacts {
  const given = Object.entries(driver).filter(([name]) => Object.hasOwn(FACTS, name))
  return Object.fromEntries(given) as unknown as DriverFacts
}

/** Each method with the waiting. Those that the driver lacks are made too, and left out by the caller. */
function waysOf<L, V>(
  driver: LocatedDriver<L, V>,
  { locate, preparation }: Preparing<L>,
): Pick<DriverMethods<string, V>, DriverMethod> {
  const { copies = false } = driver
  const d = driver as LocatedMethods<L, V>
  const all = (keys: readonly string[]) => keys.map(key => locate(key))
  const kept = (value: V): V => (copies && value instanceof Uint8Array ? (copyBytes(value) as V) : value)

  return {
    // Written out, as these two decide what a call costs when there is nothing to wait for.
    get(key, options) {
      const at = locate(key)
      const ready = preparation.reading()
      return ready === true
        ? d.get(at, options)
        : whenReady(ready, is => (is ? d.get(at, options) : undefined))
    },
    set(key, value, options) {
      const at = locate(key)
      const ready = preparation.writing()
      if (!isPromise(ready)) return writing(() => d.set(at, value, options))
      const copy = kept(value)
      return ready.then(() => writing(() => d.set(at, copy, options)))
    },
    has: (key, options) => reading(locate(key), at => d.has(at, options), false),
    stat: (key, options) => reading(locate(key), at => d.stat(at, options), undefined),
    size: options => reading(undefined, () => d.size(options), 0),
    getMany: (keys, options) =>
      reading<readonly L[], readonly (V | undefined)[]>(
        all(keys),
        places => d.getMany(places, options),
        keys.map(() => undefined),
      ),
    readStream: (key, range, options) =>
      reading(locate(key), at => d.readStream(at, range, options), undefined),
    getWithStat: (key, options) => reading(locate(key), at => d.getWithStat(at, options), undefined),
    // Neither needs a value there, nor a place.
    pathOf: (key, options) => d.pathOf(locate(key), options),
    urlOf: (key, options) => d.urlOf(locate(key), options),
    keys: options => listing(() => d.keys(options)),
    children: options => listing(() => d.children(options)),
    // Changes are told of a place that is not there yet.
    watch: options => listing(() => d.watch(options), true),
    keyPages: options => listing(() => d.keyPages(options)),
    entryPages: (options, wanted) => listing(() => d.entryPages(options, wanted)),
    delete(key, options) {
      const at = locate(key)
      return whenReady(preparation.reading(), is =>
        is ? writing(() => d.delete(at, options)) : nothing(options),
      )
    },
    remove: (key, options) => reading(locate(key), at => writing(() => d.remove(at, options)), false),
    batch: (changes, options) =>
      batch(
        changes,
        change => ('set' in change ? change.set : change.delete),
        located => {
          const ready = preparation.writing()
          const own = located.map(([at, change]) =>
            'set' in change
              ? { set: at, value: isPromise(ready) ? kept(change.value) : change.value }
              : { delete: at },
          )
          return whenReady(ready, () => writing(() => d.batch(own, options)))
        },
      ),
    deleteMany: (keys, options) =>
      batch(
        keys,
        key => key,
        located =>
          reading(
            located,
            () =>
              writing(() =>
                d.deleteMany(
                  located.map(([at]) => at),
                  options,
                ),
              ),
            undefined,
          ),
      ),
    setMany: (entries, options) =>
      batch(
        entries,
        ([key]) => key,
        located => {
          const ready = preparation.writing()
          const own = located.map(([at, [, value]]) => [at, isPromise(ready) ? kept(value) : value] as const)
          return whenReady(ready, () => writing(() => d.setMany(own, options)))
        },
      ),
    async writeStream(key, chunks, options) {
      const at = locate(key)
      await preparation.writing()
      const source = watched(chunks)
      await writing(
        () => d.writeStream(at, source, options),
        () => source.begun,
      )
    },
    async rename(from, to, options) {
      const places = [locate(from), locate(to)] as const
      if (!(await preparation.reading())) return false
      await preparation.writing()
      return await writing(() => d.rename(...places, options))
    },
  }

  function reading<A, R>(at: A, work: (at: A) => MaybePromise<R>, absent: R): MaybePromise<R> {
    return whenReady(preparation.reading(), is => (is ? work(at) : absent))
  }

  /** A place that is known is not waited for, and its listing is given as it is: a generator around it costs more. */
  function listing<L extends Iterable<unknown> | AsyncIterable<unknown>>(list: () => L, always = false): L {
    const ready = preparation.reading()
    if (ready === true) return list()
    // The listing tells of a failure, if it is begun.
    if (isPromise(ready)) ready.catch(() => {})
    return later(ready, list, always) as AsyncIterable<unknown> as L
  }

  async function* later<T>(
    ready: MaybePromise<boolean>,
    list: () => Iterable<T> | AsyncIterable<T>,
    always: boolean,
  ): AsyncGenerator<T, void, undefined> {
    if ((await ready) || always) yield* list()
  }

  /** A write in a place that is ready; again when it finds the place gone. */
  function writing<R>(work: () => MaybePromise<R>, isSpent = () => false, attempt = 1): MaybePromise<R> {
    const { generation } = preparation
    const end = preparation.begin()
    try {
      const result = work()
      return isPromise(result) ? result.then(succeeded, failed) : succeeded(result)
    } catch (error) {
      return failed(error)
    }

    function succeeded(result: R): MaybePromise<R> {
      return end === undefined ? result : whenReady(ended(end, true), () => result)
    }

    function failed(error: unknown): MaybePromise<R> {
      if (!(error instanceof PlaceGone)) {
        // The write's own error says more than one of tidying up after it.
        if (end === undefined) throw error
        return whenReady(ended(end, false), () => Promise.reject(error))
      }
      preparation.forget(generation)
      if (isSpent() || attempt === ATTEMPTS)
        throw new StoreError('Unavailable', 'the place of the store was removed during the call')
      return whenReady(preparation.writing(), () => writing(work, isSpent, attempt + 1))
    }
  }

  /** Tells the preparation how a write ended. After a success its failure leaves the outcome in doubt. */
  async function ended(end: (succeeded: boolean) => MaybePromise<void>, succeeded: boolean): Promise<void> {
    const told = committed(driver.errorOf ?? (() => undefined), async () => await end(succeeded))
    await (succeeded ? told : told.catch(() => {}))
  }

  /**
   * A batch with each key located. A key that cannot be is a failure of its own, or refuses the batch where that is all
   * or nothing.
   */
  function batch<T>(
    items: readonly T[],
    keyOf: (item: T) => string,
    work: (located: readonly (readonly [at: L, item: T])[]) => MaybePromise<Failures<L> | void>,
  ): MaybePromise<Failures<string> | void> {
    const keys = new Map<L, string>()
    const failures = new Map<string, unknown>()
    const located: [L, T][] = []
    for (const item of items) {
      const key = keyOf(item)
      try {
        const at = locate(key)
        keys.set(at, key)
        located.push([at, item])
      } catch (error) {
        if (driver.guarantees?.batchAtomic) throw error
        failures.set(key, error)
      }
    }
    // Nothing is prepared for keys none of which has a place.
    return whenReady(located.length > 0 ? work(located) : undefined, failed => {
      for (const [at, error] of failed ?? []) failures.set(keys.get(at) as string, error)
      return failures.size > 0 ? failures : undefined
    })
  }
}

/** Deleting in a place that is not there. */
function nothing({ ifMatch }: DriverWriteOptions): void {
  if (ifMatch !== undefined) throw new StoreError('Conflict', 'there is no value any more')
}

/** The chunks, telling whether anybody has begun to take them. */
function watched(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> & { readonly begun: boolean } {
  let begun = false
  return {
    get begun() {
      return begun
    },
    [Symbol.asyncIterator]() {
      begun = true
      return chunks[Symbol.asyncIterator]()
    },
  }
}
