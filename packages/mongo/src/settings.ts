import { type OptionCheck, option } from '@kvdol/core'

/** Options of every store: how long calls take, and how safe writes are. */
export interface CommonOptions {
  /**
   * Longest time of one operation, in milliseconds; of each step where a value or a listing comes in parts.
   * @default 30_000
   */
  timeout?: number | undefined
  /**
   * What a write waits for. `'majority'` with the journal survives the loss of power and of a server; less than that is
   * for caches.
   * @default { w: 'majority', journal: true }
   */
  writeConcern?: { readonly w: number | 'majority'; readonly journal?: boolean } | undefined
}

/** {@link CommonOptions} with every choice made. */
export interface CommonSettings {
  readonly timeout: number
  readonly writeConcern: NonNullable<CommonOptions['writeConcern']>
}

export const common: Readonly<Record<keyof CommonOptions, OptionCheck>> = {
  timeout: option.milliseconds,
  writeConcern: ["{ w: 'majority' or a whole number from 1, journal: true or false }", isWriteConcern],
}

export const COMMON_DEFAULTS: CommonSettings = {
  timeout: 30_000,
  writeConcern: { w: 'majority', journal: true },
}

/** Whether a write that has been acknowledged so survives a loss of power, or only the end of a process. */
export function durabilityOf({ w, journal }: CommonSettings['writeConcern']): 'power-loss' | 'crash' {
  return w === 'majority' && journal === true ? 'power-loss' : 'crash'
}

/** The options that every read and every write of a store gets, made once. */
export function callOptions({ writeConcern }: CommonSettings) {
  return {
    // The primary alone shows every write that has resolved.
    read: { readPreference: 'primary', promoteBuffers: true },
    write: { writeConcern },
  }
}

/** Writes that nobody acknowledges would hide every error. */
function isWriteConcern(value: unknown): boolean {
  const { w, journal = false, ...others } = (value ?? {}) as { w?: unknown; journal?: unknown }
  const acknowledged = w === 'majority' || (Number.isSafeInteger(w) && (w as number) >= 1)
  return acknowledged && typeof journal === 'boolean' && Object.keys(others).length === 0
}
