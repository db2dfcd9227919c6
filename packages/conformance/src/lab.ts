import { type Guarantees, guarantees, isStoreError } from '@kvdol/core'
import { outcome, printError, settles, Violation } from './assert.ts'
import { utf8 } from './bytes.ts'
import { Skip } from './case.ts'
import { type Random, randomOf } from './random.ts'
import { type Amounts, amounts } from './scale.ts'
import type { ByteStore, Canaries, Subject } from './subject.ts'

/** What one case works with: the subject, places that are cleaned up afterwards, and the subject's guarantees. */
export class Lab {
  readonly subject: Subject
  readonly seed: number
  readonly random: Random
  readonly #opened: { store: ByteStore; place: boolean }[] = []
  readonly #canaries: Canaries[] = []

  constructor(subject: Subject, seed: number) {
    this.subject = subject
    this.seed = seed
    this.random = randomOf(seed)
  }

  get amounts(): Amounts {
    return amounts[this.subject.scale ?? 'quick']
  }

  /** A lab for one of many runs inside a case, to be finished by itself. */
  nested(): Lab {
    return new Lab(this.subject, this.seed)
  }

  /** A store on a new place. */
  async open(): Promise<ByteStore> {
    const store = await this.subject.open()
    this.#opened.push({ store, place: true })
    return store
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
    const again = await this.subject.reopen(store)
    this.#opened.push({ store: again, place: false })
    return again
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
    try {
      for (const canaries of this.#canaries) await canaries.check()
    } finally {
      await this.#release()
    }
  }

  async #release(): Promise<void> {
    for (const { store } of this.#opened.toReversed())
      await settles(store.close(), 'close settles when no call is under way')
    for (const { store, place } of this.#opened) if (place) await this.subject.remove?.(store)
    this.#opened.length = 0
  }
}
