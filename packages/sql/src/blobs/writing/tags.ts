import { randomBytes } from 'node:crypto'

/**
 * Makes the etags of one store's writes: no two writes anywhere share one. They are made here rather than by the
 * database, so that a write whose answer was lost could be told from another's.
 */
export function tagMaker(): () => string {
  const origin = randomBytes(9).toString('base64url')
  let count = 0
  // Always of one length: SQLite then writes over a row where it is.
  return () => origin + (count++).toString(36).padStart(8, '0')
}
