import { StoreError } from '@kvdol/core/adapter'
import { type Clock, elapsed, type Moment, now } from './clock.ts'
import { type LockContent, parseLock, printLock, RELEASED } from './lock-content.ts'
import type { OwnLock } from './lock-port.ts'

/** What the holder of a lock is given. */
export interface Lock {
  /**
   * Throws `Unavailable`, retryable and not applied, when this process has stood still for so long that another one may
   * have the lock by now. To be called just before what the lock protects.
   */
  assertHeld(): void
}

/** A lock of this process. It is renewed every third of its lease until it ends. */
export class HeldLock implements Lock {
  readonly #own: OwnLock
  readonly #clock: Clock
  readonly #stop: () => void
  #content: LockContent
  #renewed: Moment
  #renewing: Promise<void> | undefined
  #lost = false

  /** `taken` is a moment before the lock was made. */
  constructor(own: OwnLock, content: LockContent, clock: Clock, taken: Moment) {
    this.#own = own
    this.#content = content
    this.#clock = clock
    this.#renewed = taken
    this.#stop = clock.every(content.lease / 3, () => {
      this.#renewing ??= this.#renew().finally(() => {
        this.#renewing = undefined
      })
    })
  }

  assertHeld(): void {
    if (!this.isHeld())
      throw new StoreError(
        'Unavailable',
        `this process stood still for longer than the lease of its lock (${this.#content.lease} ms), so another one may have taken the lock; try again`,
      )
  }

  /** Whether nobody else can have the lock. Once lost, it stays lost. */
  isHeld(): boolean {
    this.#lost ||= elapsed(this.#clock, this.#renewed) > this.#content.lease
    return !this.#lost
  }

  /** Whether this is the content of a lock that this object made. */
  isOwn(content: string): boolean {
    return parseLock(content)?.random === this.#content.random
  }

  /** What the lock says. */
  get text(): string {
    return printLock(this.#content)
  }

  /** Renews it no more. */
  async stop(): Promise<void> {
    this.#stop()
    await this.#renewing
  }

  /** Says in the lock that it is free, for a lock that cannot be removed. */
  async giveUp(): Promise<void> {
    await this.#own.rewrite(printLock({ ...this.#content, count: RELEASED }))
  }

  close(): Promise<void> {
    return this.#own.close()
  }

  async #renew(): Promise<void> {
    if (!this.isHeld()) return
    const before = now(this.#clock)
    this.#content = { ...this.#content, count: this.#content.count + 1 }
    // What fails is tried again at the next third of the lease, and the lease goes on.
    const renewed = await this.#own.rewrite(printLock(this.#content)).then(
      () => true,
      () => false,
    )
    // If the lease ran out meanwhile, the lock may have been removed before it was renewed.
    if (renewed && this.isHeld()) this.#renewed = before
  }
}
