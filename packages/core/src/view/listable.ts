import { checkKey } from '../check.ts'
import type { StoreError } from '../error.ts'
import type { Source } from './source.ts'

/** How many keys a listing without order remembers, so that one which comes again is left out. */
const REMEMBERED = 100_000

/**
 * Whether the store may list a key that the driver gives: it is legal, and this listing has not shown it yet. The driver
 * is told of keys that are not legal. Costs one look per key, and memory for the keys where they come in no order.
 */
export function listable(source: Source<unknown, unknown>): (key: unknown) => boolean {
  const { driver, guarantees } = source
  if (driver.listsOnce) return key => isLegal(source, key)
  const seen = new Set<unknown>()
  let last: unknown = seen
  return key => isLegal(source, key) && isNew(source.identity(key))

  function isNew(identity: unknown): boolean {
    if (identity === last) return false
    last = identity
    // In key order, equal keys are neighbours.
    if (guarantees.order !== 'none') return true
    const { size } = seen
    if (seen.add(identity).size === size) return false
    if (size === REMEMBERED) seen.delete(seen.values().next().value)
    return true
  }
}

/** Whether a key that the driver gives is legal. The driver is told of one that is not. */
export function isLegal({ driver, guarantees }: Source<unknown, unknown>, key: unknown): boolean {
  if (driver.keyType === 'any') return true
  const reason = illegal(key, guarantees.maxKeyBytes)
  if (reason !== undefined) driver.onIllegalKey?.(key, reason)
  return reason === undefined
}

/** Why a listed key is not legal, in the words of `checkKey`. */
function illegal(key: unknown, maxBytes: number): string | undefined {
  try {
    checkKey(key, maxBytes)
    return undefined
  } catch (error) {
    return (error as StoreError).reason
  }
}
