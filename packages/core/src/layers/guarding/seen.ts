import type { Condition, DriverWriteOptions } from '../../driver.ts'
import { isStoreError, StoreError } from '../../error.ts'
import { overtaken } from '../../operations/not-overtaken.ts'
import type { ReadOptions, Stat } from '../../store.ts'
import type { belowMethods } from '../below.ts'

/** What a layer saw at a key before it writes there. */
export interface Seen {
  /** `undefined` where there was none. */
  readonly value: unknown
  readonly stat: Stat | undefined
}

/** What is at a key now; `overtaken` when it came or went in between. */
export async function see(
  below: ReturnType<typeof belowMethods>,
  key: unknown,
  options: ReadOptions,
): Promise<Seen | typeof overtaken> {
  // The tag first: if the value changes before it is read, the old tag makes the write fail.
  const stat = await below.stat(key, options)
  const value = await below.get(key, options)
  return (stat === undefined) === (value === undefined) ? { value, stat } : overtaken
}

/**
 * A write that replaces what was seen and nothing else, where the store can keep the condition: gives `overtaken` when
 * something else is there by now. The caller's own conditions stand: what they refuse rejects `Conflict`.
 */
export async function overSeen<O extends DriverWriteOptions>(
  seen: Seen,
  conditions: readonly Condition[],
  options: O,
  write: (options: O) => unknown,
): Promise<typeof overtaken | undefined> {
  assertCondition(seen, options)
  const own = options.ifAbsent === true || options.ifMatch !== undefined
  try {
    await write(own ? options : { ...options, ...guardOf(seen, conditions) })
    return undefined
  } catch (error) {
    if (own || !isStoreError(error, 'Conflict')) throw error
    return overtaken
  }
}

/** Refuses what the caller's conditions refuse, before anybody is asked. */
export function assertCondition({ value, stat }: Seen, { ifAbsent, ifMatch }: DriverWriteOptions): void {
  if (ifAbsent === true && value !== undefined) throw new StoreError('Conflict', 'there is a value already')
  if (ifMatch !== undefined && ifMatch !== stat?.etag)
    throw new StoreError(
      'Conflict',
      value === undefined ? 'there is no value any more' : 'the value has changed since',
    )
}

function guardOf({ value, stat }: Seen, conditions: readonly Condition[]): DriverWriteOptions {
  if (value === undefined) return conditions.includes('ifAbsent') ? { ifAbsent: true } : {}
  const etag = stat?.etag
  return etag !== undefined && conditions.includes('ifMatch') ? { ifMatch: etag } : {}
}
