import { milliseconds, type OptionsOf, option } from '@kvdol/core/adapter'

/** What a write waits for. */
export interface WriteConcern {
  readonly w: number | 'majority'
  readonly journal?: boolean
}

/** Options of every store: how long calls take, and how safe writes are. */
export const COMMON = {
  /**
   * Longest time of one operation, in milliseconds; of each step where a value or a listing comes in parts.
   * @default 30_000
   */
  timeout: milliseconds.or(30_000),
  /**
   * What a write waits for. `'majority'` with the journal survives the loss of power and of a server; less than that is
   * for caches.
   * @default { w: 'majority', journal: true }
   */
  writeConcern: option<WriteConcern>(
    "{ w: 'majority' or a whole number from 1, journal: true or false }",
    isWriteConcern,
  ).or({ w: 'majority', journal: true }),
}

/** Options that every store of this package has. */
export type CommonOptions = OptionsOf<typeof COMMON>

/** Writes that nobody acknowledges would hide every error. */
function isWriteConcern(value: unknown): boolean {
  const { w, journal = false, ...others } = Object(value) as { w?: unknown; journal?: unknown }
  const acknowledged = w === 'majority' || (Number.isSafeInteger(w) && (w as number) >= 1)
  return acknowledged && typeof journal === 'boolean' && Object.keys(others).length === 0
}
