import { checkBytes } from '../check.ts'
import type { Driver, DriverWriteOptions, Guarantees } from '../driver.ts'
import { StoreError } from '../error.ts'
import type { ReadOptions } from '../store.ts'
import type { Fetch, Put } from './mapping.ts'

/** Something open on a source that has to end with it: a listing or a stream under way. */
export interface Opened {
  readonly owner: object
  cancel(): Promise<void>
}

/** A driver and the state that all views of it share: what is under way, what is open, whether it is closed. */
export class Source<K, V> {
  readonly driver: Driver<K, V>
  readonly guarantees: Guarantees
  readonly fetch: Fetch<K, V, ReadOptions>
  readonly put: Put<K, V, DriverWriteOptions, void>
  readonly opened = new Set<Opened>()
  closed = false
  active = 0
  #idle: (() => void) | undefined
  #closing: Promise<void> | undefined

  constructor(driver: Driver<K, V>) {
    this.driver = driver
    this.guarantees = Object.freeze({ ...DEFAULTS, ...driver.guarantees })
    this.fetch = (key, options) => driver.get(key, options)
    this.put = (key, value, options) => driver.set?.(key, this.accept(value), options)
  }

  /** What the driver can store, after all codecs; refuses anything else. */
  accept(value: V): V {
    if (this.driver.valueType !== 'any')
      checkSize(checkBytes(value).byteLength, this.guarantees.maxValueBytes)
    return value
  }

  leave(): void {
    if (--this.active === 0) this.#idle?.()
  }

  /** Waits for the calls under way, then lets the driver release what it holds. */
  close(): Promise<void> {
    this.closed = true
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await this.end()
    if (this.active > 0)
      await new Promise<void>(resolve => {
        this.#idle = resolve
      })
    await this.driver.close?.()
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
  listConsistency: 'strong',
  readConsistency: 'strong',
  atomicOverwrite: true,
  durability: 'none',
  batchAtomic: false,
  conditions: [],
  maxKeyBytes: 1024,
  maxValueBytes: null,
  rejects: [],
  multiProcess: false,
}
