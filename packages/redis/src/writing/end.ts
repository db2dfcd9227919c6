import type { DriverWriteOptions } from '@kvdol/core'
import { option, writeSettingsOf } from '@kvdol/core/adapter'

/** What `set` takes besides. */
export const WRITE_OPTIONS = {
  expiresAt: option<number>('a number of milliseconds since 1970', value => Number.isFinite(value)),
}

/** The last moment that a date can tell, in milliseconds since 1970. */
const LAST = 8.64e15

/** The arguments of SET for when a value ends; a time that no date can tell is no end. Throws `InvalidArgument` for no time. */
export function endOf(options: DriverWriteOptions): readonly string[] {
  if (options.expiresAt === undefined) return []
  const { expiresAt = LAST } = writeSettingsOf(WRITE_OPTIONS, options)
  return expiresAt < LAST ? ['PXAT', String(Math.max(1, Math.floor(expiresAt)))] : []
}
