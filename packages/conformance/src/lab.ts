import { type Guarantees, guarantees, isStoreError, type MaybePromise } from '@kvdol/core'
import { outcome, printError, settles, Violation } from './assert.ts'
import { utf8 } from './bytes.ts'
import { Skip } from './case.ts'
import type { Monitor } from './monitor.ts'
import { observe } from './observed.ts'
import { oddKeys } from './odd-keys.ts'
import { removed } from './opening.ts'
import { type Random, randomOf } from './random.ts'
import { type Amounts, amounts } from './scale.ts'
import { Settling } from './settling.ts'
import type { ByteStore, Canaries, Subject } from './subject.ts'

/** How a case is run. */
export interface How {
  readonly monitor: Monitor
  /** How long reads wait for what was written, as a part of `settlesWithinMs`. */
  readonly patience: number
}

/** What one case works with: the subject, places that are cleaned up afterwards, and the subject's guarantees. */
export class Lab {
  readonly subject: Subject
  readonly seed: number
  readonly random: Random
  /** A store of the case says that its writes are seen later. */
  eventual = false
  readonly #how: How
  readonly #settling = new Settling()
  readonly #opened: { store: ByteStore; place: boolean }[] = []
  readonly #canaries: Canaries[] = []
  readonly #outer: Lab | undefined
  #finished = false

  constructor(subject: Subject, seed: number, how: How, outer?: Lab) {
    this.subject = subject
    this.seed = seed
    this.random = randomOf(seed)
    this.#how = how
    this.#outer = outer
  }

  get amounts(): Amounts {
    return amounts[this.subject.scale ?? 'quick']
  }

  /** The odd keys that are tried one by one: all of them, or in a small scale some of each kind. */
  get oddKeys(): readonly string[] {
    return oddKeys.filter((_, index) => index % this.amounts.oddKeys === 0)
  }

  /** A lab for one of many runs inside a case, to be finished by itself. */
  nested(): Lab {
    return new Lab(this.subject, this.seed, this.#how, this)
  }

  /** A store on a new place. */
  async open(): Promise<ByteStore> {
    return this.#noted(await this.#asked('open of the subject', () => this.subject.open()), true)
  }

  /** The store, watched, and closed when the case ends. */
  #noted(store: ByteStore, place: boolean): ByteStore {
    this.#opened.push({ store, place })
    const { readConsistency, listConsistency, settlesWithinMs } = guarantees(store)
    this.eventual ||= readConsistency === 'eventual' || listConsistency === 'eventual'
    if (this.#outer !== undefined) this.#outer.eventual ||= this.eventual
    if (this.eventual) this.#settling.within(settlesWithinMs * this.#how.patience)
    observe(store, { monitor: this.#how.monitor, settling: this.#settling })
    return store
  }

  /** What a hook gives, of which the monitor knows meanwhile; a case that is over asks for nothing more. */
  async #asked<T>(hook: string, ask: () => MaybePromise<T>): Promise<T> {
    if (this.#finished) this.skip('the case is over')
    const end = this.#how.monitor.begin(hook)
    try {
      return await ask()
    } finally {
      end()
    }
  }

  /** A store on a new place with canaries around it, where the subject has any, checked when the case ends. */
  async openGuarded(): Promise<ByteStore> {
    const store = await this.open()
    const canaries = await this.subject.canaries?.(store)
    if (canaries !== undefined) this.#canaries.push(canaries)
    return store
  }

  /** A second store on the place of `store`. */
  async reopen(store: ByteStore): Promise<ByteStore> {
    if (this.subject.reopen === undefined) return this.skip('the subject has no reopen')
    const { reopen } = this.subject
    return this.#noted(
      await this.#asked('reopen of the subject', () => reopen.call(this.subject, store)),
      false,
    )
  }

  /**
   * The store through which a case looks at what `store` writes: another one on its place, where the subject can open one
   * and it has to see every write; else the same.
   */
  async observer(store: ByteStore): Promise<ByteStore> {
    const { readConsistency, listConsistency } = guarantees(store)
    const own = readConsistency === 'session' || listConsistency === 'session'
    return own || this.subject.reopen === undefined ? store : await this.reopen(store)
  }

  guarantees(store: ByteStore): Guarantees {
    return guarantees(store)
  }

  /** Ends the case: there is nothing to prove. */
  skip(reason: string): never {
    throw new Skip(reason)
  }

  /** Sets a key, to its own name unless a value is given; false when it is refused for a declared reason (K7). */
  async put(store: ByteStore, key: string, value: Uint8Array = utf8(`value of ${key}`)): Promise<boolean> {
    const result = await outcome(() => store.set(key, value))
    if (result.ok) return true
    this.#assertDeclared(store, key, result.error)
    return false
  }

  /** Sets many keys, each to a value of its own; gives those that were not refused. */
  async fill(store: ByteStore, keys: Iterable<string>): Promise<Map<string, Uint8Array>> {
    const stored = new Map<string, Uint8Array>()
    for (const key of keys) {
      const value = utf8(`value of ${key}`)
      if (await this.put(store, key, value)) stored.set(key, value)
    }
    return stored
  }

  /** Whether a refusal of a key is one that the store declares. */
  isDeclared(store: ByteStore, key: string, error: unknown): boolean {
    if (!isStoreError(error, 'InvalidKey') || error.reason === undefined) return false
    const { rejects, maxKeyBytes } = this.guarantees(store)
    const room = maxKeyBytes - (this.subject.keyOverhead ?? 0)
    return rejects.includes(error.reason) || (error.reason === 'too-long' && utf8(key).byteLength > room)
  }

  #assertDeclared(store: ByteStore, key: string, error: unknown): void {
    if (this.isDeclared(store, key, error)) return
    const reasons = this.guarantees(store).rejects.join(', ') || 'none'
    const unexplained = isStoreError(error, 'InvalidKey') && error.reason === undefined
    const got = `${printError(error)}${unexplained ? ' (it gives no reason)' : ''}`
    throw new Violation(
      `a legal key works, or is refused with a declared reason (declared: ${reasons})`,
      got,
      key,
      error,
    )
  }

  /** Checks the canaries, closes the stores and removes the places. */
  async finish(): Promise<void> {
    this.#finished = true
    try {
      for (const canaries of this.#canaries) await canaries.check()
    } finally {
      await this.#release()
    }
  }

  async #release(): Promise<void> {
    for (const { store } of this.#opened.toReversed())
      await settles(store.close(), 'close settles when no call is under way')
    const places = this.#opened.splice(0).filter(({ place }) => place)
    for (const { store } of places)
      await settles(removed(this.subject, store, this.#how.monitor), 'remove of the subject settles', 60_000)
  }
}
