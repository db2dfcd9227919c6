import { StoreError } from '@kvdol/core'
import {
  type AnyOptions,
  type Option,
  type OptionsOf,
  option,
  type SettingsOf,
  settingsOf,
} from '@kvdol/core/adapter'

/** Ends the call: it rejects `Aborted`, with the signal's reason as cause. */
export const signal: Option<AbortSignal> = option('an AbortSignal', value => value instanceof AbortSignal)

/** The settings of a function over a store. Throws `InvalidArgument` for options that do not exist or make no sense. */
export function argumentsOf<T extends AnyOptions>(op: string, table: T, given: OptionsOf<T>): SettingsOf<T> {
  try {
    return settingsOf(op, table, given)
  } catch (error) {
    throw new StoreError('InvalidArgument', (error as Error).message, { op })
  }
}
