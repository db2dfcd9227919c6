import type { Scale } from './subject.ts'

/** How much of everything a case tries. */
export interface Amounts {
  /** Numbers of keys for listings. */
  readonly counts: readonly number[]
  /** Of how many odd keys one is tried, where all of them are tried one by one. */
  readonly oddKeys: number
  /** Length in bytes of a long value. */
  readonly longValue: number
  /** Length of the values of the torn-read test, and how often they are replaced. */
  readonly torn: { readonly bytes: number; readonly rounds: number }
  /** Random command sequences, and the commands in each. */
  readonly model: { readonly runs: number; readonly commands: number }
  /** Recorded histories of concurrent clients. */
  readonly histories: number
  /** Keys of a listing at each of whose steps something is written. */
  readonly steps: number
  /** Listings that are left early. */
  readonly exits: number
  /** Writers and folders of the race for shared folders, and the rounds of each. */
  readonly crowd: number
  /** Tries to meet a moment between two steps of a call. */
  readonly moments: number
  /** Longest time for a case, in milliseconds. */
  readonly timeout: number
}

/** The amounts of each scale. */
export const amounts: Readonly<Record<Scale, Amounts>> = {
  smoke: {
    counts: [0, 1, 101],
    oddKeys: 7,
    longValue: 70_001,
    torn: { bytes: 16 * 1024, rounds: 4 },
    model: { runs: 2, commands: 15 },
    histories: 1,
    steps: 60,
    exits: 10,
    crowd: 3,
    moments: 4,
    timeout: 30_000,
  },
  quick: {
    counts: [0, 1, 2, 129, 1001],
    oddKeys: 1,
    longValue: 1_048_577,
    torn: { bytes: 64 * 1024, rounds: 10 },
    model: { runs: 30, commands: 25 },
    histories: 5,
    steps: 200,
    exits: 200,
    crowd: 10,
    moments: 24,
    timeout: 120_000,
  },
  long: {
    counts: [0, 1, 2, 127, 128, 129, 999, 1000, 1001, 2501, 10_001],
    oddKeys: 1,
    longValue: 16 * 1024 * 1024 + 1,
    torn: { bytes: 4 * 1024 * 1024, rounds: 200 },
    model: { runs: 1000, commands: 60 },
    histories: 200,
    steps: 300,
    exits: 1000,
    crowd: 50,
    moments: 100,
    timeout: 1_800_000,
  },
}
