import { checkBytes } from '../check.ts'
import type { Driver, DriverWriteOptions, Guarantees } from '../driver.ts'
import { isStoreError, StoreError } from '../error.ts'
import { contentOf } from '../keys/identity.ts'
import type { ReadOptions } from '../store.ts'
import { whenReady } from '../when-ready.ts'
import { withoutSecrets } from '../without-secrets.ts'
import type { Fetch, Put } from './mapping.ts'
import { plainValue } from './plain-value.ts'
import { isUserFailure } from './user-failure.ts'

/** Something open on a source that has to end with it: a listing or a stream under way. */
export interface Opened {
  readonly owner: object
  cancel(): Promise<void>
}

/** Errors that were given to a caller already, by a call within this one: nothing is left to explain or to hide. */
const given = new WeakMap<StoreError, object>()

export function asTold(error: StoreError, by: object): StoreError {
  given.set(error, by)
  return error
}

/** The view that gave an error to a caller. */
export function tellerOf(error: unknown): object | undefined {
  return given.get(error as StoreError)
}

/** Calls that change nothing; whatever else fails may have written. */
const READING =
  /^(get(OrThrow|Many|WithStat)?|has|stat|size|keys|values|entries|children|read\w+|explain|innerKey|\w+Of|watch)$/

/** A driver and the state that all views of it share: what is under way, what is open, whether it is closed. */
export class Source<K, V> {
  readonly driver: Driver<K, V>
  readonly guarantees: Guarantees
  readonly fetch: Fetch<K, V, ReadOptions>
  /** The driver's value as the store gives it: bytes as plain arrays, anything else as it is. */
  readonly plain: <T>(value: T) => T
  readonly put: Put<K, V, DriverWriteOptions, void>
  readonly opened = new Set<Opened>()
  /** What closed it, for the message of a later call. */
  closedBy: string | undefined
  active = 0
  #idle: (() => void) | undefined
  #closing: Promise<void> | undefined

  constructor(driver: Driver<K, V>) {
    this.driver = driver
    this.guarantees = Object.freeze({ ...DEFAULTS, ...driver.guarantees })
    this.plain = driver.valueType === 'any' ? value => value : plainValue
    this.fetch =
      driver.valueType === 'any'
        ? (key, options) => driver.get(key, options)
        : (key, options) => whenReady(driver.get(key, options), plainValue)
    this.put = (key, value, options) => driver.set?.(key, this.accept(value), options)
  }

  /** What the driver can store, after all codecs; refuses anything else. */
  accept(value: V): V {
    if (this.driver.valueType !== 'any')
      checkSize(checkBytes(value).byteLength, this.guarantees.maxValueBytes)
    return value
  }

  /** What makes two of the driver's keys the same. */
  identity(key: K): unknown {
    return typeof key === 'string' ? key : (this.driver.identityOf ?? contentOf)(key)
  }

  /** What was thrown during a call, as the store tells it: the one place where errors of the backend get their meaning. */
  told(op: string, thrown: unknown, writes = !READING.test(op)): StoreError {
    if (isUserFailure(thrown) || tellerOf(thrown)) return thrown as StoreError
    const secrets = [...(this.driver.secrets?.() ?? [])].filter(Boolean)
    const known = isStoreError(thrown) ? thrown : this.driver.errorOf?.(thrown, { op, writes })
    const error =
      known ??
      new StoreError('Unknown', 'the driver failed unexpectedly', { cause: thrown, outcome: 'unknown' })
    return error.with({
      // A read changes nothing, whatever the backend did.
      outcome: writes ? error.outcome : 'not-applied',
      cause:
        secrets.length > 0 && error.cause !== undefined && error.code !== 'Aborted'
          ? withoutSecrets(error.cause, secrets, known === undefined)
          : // Also the reason of the caller's own signal.
            error.cause,
    })
  }

  leave(): void {
    if (--this.active === 0) this.#idle?.()
  }

  /**
   * Waits for the calls under way, then lets the driver release what it holds, then closes the store below a layer. One
   * that fails leaves all open, so that writes which a driver could not finish can still be read, and closed again.
   */
  close(by: string): Promise<void> {
    this.closedBy ??= by
    this.#closing ??= this.#close().catch(error => {
      this.closedBy = undefined
      this.#closing = undefined
      throw error
    })
    return this.#closing
  }

  async #close(): Promise<void> {
    await this.end()
    if (this.active > 0)
      await new Promise<void>(resolve => {
        this.#idle = resolve
      })
    await this.driver.close?.()
    await this.driver.over?.close()
  }

  /** Ends what is open, of one view or of all. */
  async end(owner?: object): Promise<void> {
    const open = [...this.opened].filter(each => owner === undefined || each.owner === owner)
    await Promise.all(open.map(each => each.cancel()))
  }
}

export function checkSize(bytes: number, max: number | null): void {
  if (max !== null && bytes > max)
    throw new StoreError('TooLarge', `a value has at most ${max} bytes here, not ${bytes}`)
}

const DEFAULTS: Guarantees = {
  order: 'none',
  reverse: false,
  listConsistency: 'strong',
  readConsistency: 'strong',
  settlesWithinMs: 0,
  atomicOverwrite: true,
  durability: 'none',
  batchAtomic: false,
  conditions: [],
  maxKeyBytes: 1024,
  maxValueBytes: null,
  rejects: [],
  multiProcess: false,
}
