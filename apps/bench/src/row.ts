import type { Scratch } from './scratch.ts'
import type { Summary } from './statistics.ts'

/** Whose way of doing a row's work it is: the platform's own, this project's, or another library's. */
export type Role = 'raw' | 'ours' | 'peer'

/** One way of doing the work of a row. */
export interface Contestant {
  readonly name: string
  readonly role: Role
  /** In what it is not like the others: `'JSON text'`, `'not atomic'`. */
  readonly note?: string
  /** Does the work once. `turn` counts the calls, to take another key each time. */
  readonly run: (turn: number) => unknown
}

/** What a row may cost: a multiple of raw, or at most so much. */
export type Budget =
  | { readonly times: number }
  | { readonly bytes: number }
  | { readonly nanoseconds: number }

/** What was measured of one contestant. */
export interface Measured {
  readonly name: string
  readonly role: Role
  readonly note?: string
  /** Nanoseconds for each time the work is done, or bytes. */
  readonly value: Summary
  /** Multiple of the raw contestant, for the others. */
  readonly ratio?: Summary
}

/** A contestant that could not take part, and why. */
export interface Absent {
  readonly name: string
  readonly reason: string
}

export interface Result {
  readonly row: string
  readonly unit: 'nanoseconds' | 'bytes'
  readonly budget?: Budget
  readonly measured: readonly Measured[]
  readonly absent: readonly Absent[]
  /** Whether this project's contestant keeps the budget. */
  readonly met?: boolean
}

export interface Settings {
  readonly rounds: number
  readonly quick: boolean
}

/** Something to measure, which gives one line of the table or a few. */
export interface Row {
  readonly name: string
  /** Takes long, so `--quick` leaves it out. */
  readonly large?: boolean
  readonly measure: (scratch: Scratch, settings: Settings) => Promise<readonly Result[]>
}
