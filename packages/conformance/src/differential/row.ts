import type { DriverMethod } from '@kvdol/core/adapter'
import type { ByteStore } from '../subject.ts'

/** A method that a driver may leave out, because it follows from the others. Of what cannot follow, clauses speak. */
export type FastPath = Exclude<DriverMethod, 'get' | 'keys' | 'set' | 'delete' | 'watch' | 'pathOf' | 'urlOf'>

/** One call of a store, whose answer must not depend on the methods that its driver has. */
export type Probe = readonly [name: string, call: (store: ByteStore) => Promise<unknown>]

/** What a row knows of the place that it tries. */
export interface Seeded {
  /** What is stored, by key. */
  readonly entries: ReadonlyMap<string, Uint8Array>
  /** Keys that are not there, some of them next to those that are. */
  readonly missing: readonly string[]
  /** A listing is in the order of the keys. */
  readonly ordered: boolean
  /** A batch is all or nothing, which no batch is that is derived. */
  readonly batchAtomic: boolean
  /** A listing can run backwards. */
  readonly reverse: boolean
  /** The driver honours `ifAbsent`. */
  readonly ifAbsent: boolean
  /** The driver honours `deleteIfMatch`, so that `remove` can be derived. */
  readonly deleteIfMatch: boolean
}

/** How a fast path is held against the derived way. */
export interface Row {
  /** Whether the calls change the place: then each way has a place of its own, and what it leaves is compared too. */
  readonly writes: boolean
  /** The calls, in their order. Bytes, keys and errors of their answers are compared. */
  readonly probes: (seeded: Seeded) => Iterable<Probe>
}
