import type { Guarantees, MaybePromise } from '../driver.ts'
import type { StoreError } from '../error.ts'
import type { AnyStore, ReadOptions } from '../store.ts'
import type { AnyMapping } from './mapping.ts'
import type { Source } from './source.ts'
import type { Step } from './step.ts'

/**
 * Where the functions of this package find a store's view, also across two copies of the package. The number changes
 * with the shape of the view: a store of another shape is taken for one that was made by other means.
 */
export const viewOf: unique symbol = Symbol.for('@kvdol/core/view/1')

/** What closing a view means beyond its own loops and streams. Views made of it inherit it. */
export interface Lifetime {
  /** Others stand on the same store, so it stays open. */
  readonly shared: boolean
  /** What is released with it, each once. */
  readonly releases: readonly (() => MaybePromise<void>)[]
}

/** Every store as the functions of this package see it: a driver, the stack of transforms over it, and how to call. */
export interface AnyView extends AnyStore {
  readonly source: Source<unknown, unknown>
  readonly steps: readonly Step[]
  readonly mapping: AnyMapping
  readonly lifetime: Lifetime
  readonly open: boolean
  /** What is promised after the transforms, which may only take promises away. */
  readonly guarantees: Guarantees
  /** The view with one more transform on top; the driver and its state are shared. */
  with(step: Step): AnyView
  /** The same view with a lifetime of its own. */
  living(lifetime: Partial<Lifetime>): AnyView
  /** Refuses when this view or the store under it is closed, and when the call's signal has fired. */
  assertOpen(signal?: AbortSignal): void
  /** Refuses options that the operation does not know or that make no sense. */
  check(op: string, options: unknown): void
  /** What makes two of this view's keys the same: what it encodes them to. */
  identity(key: unknown): unknown
  /**
   * Turns what was thrown into a `StoreError` with this store's name, the operation and the outer key. Its stack begins
   * with who called `entry`, a function on the stack.
   */
  wrap(op: string, key: unknown, thrown: unknown, entry?: unknown): StoreError
  /** One call: closed state, abort, options, then `work`, and every failure as a `StoreError`. */
  run<T>(
    op: string,
    key: unknown,
    value: unknown,
    options: ReadOptions | undefined,
    work: Work<T>,
  ): Promise<T>
}

export type Work<T> = (view: AnyView, key: unknown, value: unknown, options: ReadOptions) => MaybePromise<T>
