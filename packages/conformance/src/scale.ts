import type { Scale } from './subject.ts'

/** How much of everything a case tries. */
export interface Amounts {
  /** Numbers of keys for listings. */
  readonly counts: readonly number[]
  /** Length in bytes of a long value. */
  readonly longValue: number
  /** Length of the values of the torn-read test, and how often they are replaced. */
  readonly torn: { readonly bytes: number; readonly rounds: number }
  /** Random command sequences, and the commands in each. */
  readonly model: { readonly runs: number; readonly commands: number }
  /** Recorded histories of concurrent clients. */
  readonly histories: number
  /** Listings that are left early. */
  readonly exits: number
  /** Writers and folders of the race for shared folders. */
  readonly crowd: number
}

/** The amounts of each scale. */
export const amounts: Readonly<Record<Scale, Amounts>> = {
  quick: {
    counts: [0, 1, 2, 129, 1001],
    longValue: 300_001,
    torn: { bytes: 64 * 1024, rounds: 10 },
    model: { runs: 30, commands: 25 },
    histories: 5,
    exits: 200,
    crowd: 10,
  },
  normal: {
    counts: [0, 1, 2, 127, 128, 129, 999, 1000, 1001, 2501],
    longValue: 4 * 1024 * 1024 + 1,
    torn: { bytes: 1024 * 1024, rounds: 40 },
    model: { runs: 100, commands: 40 },
    histories: 20,
    exits: 1000,
    crowd: 50,
  },
  long: {
    counts: [0, 1, 2, 127, 128, 129, 999, 1000, 1001, 2501, 10_001],
    longValue: 16 * 1024 * 1024 + 1,
    torn: { bytes: 4 * 1024 * 1024, rounds: 200 },
    model: { runs: 1000, commands: 60 },
    histories: 200,
    exits: 1000,
    crowd: 50,
  },
}
