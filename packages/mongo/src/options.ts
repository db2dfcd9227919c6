import { StoreError } from '@kvdol/core'
import {
  type AnyOptions,
  milliseconds,
  type OptionsOf,
  option,
  type SettingsOf,
  settingsOf,
} from '@kvdol/core/adapter'

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

/** The one option of functions that only wait. */
export const SIGNAL = {
  /** Ends the call when it fires. */
  signal: option<AbortSignal>(
    'an AbortSignal',
    value => typeof (Object(value) as AbortSignal).addEventListener === 'function',
  ),
}

/** The settings of a function on a store. Throws `InvalidArgument` where {@link settingsOf} throws `TypeError`. */
export function callSettings<T extends AnyOptions>(op: string, table: T, given: OptionsOf<T>): SettingsOf<T> {
  try {
    return settingsOf(op, table, given)
  } catch (error) {
    throw new StoreError('InvalidArgument', (error as Error).message)
  }
}

/** Writes that nobody acknowledges would hide every error. */
function isWriteConcern(value: unknown): boolean {
  const { w, journal = false, ...others } = Object(value) as { w?: unknown; journal?: unknown }
  const acknowledged = w === 'majority' || (Number.isSafeInteger(w) && (w as number) >= 1)
  return acknowledged && typeof journal === 'boolean' && Object.keys(others).length === 0
}
