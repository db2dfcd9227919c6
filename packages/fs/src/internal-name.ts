import { randomFillSync } from 'node:crypto'
import { type Identity, parseIdentity, printIdentity, self } from './identity.ts'
import { INTERNAL } from './naming.ts'

/** The name of the file that tells how an encoded root is written. */
export const MARKER = INTERNAL

const TEMPORARY = `${INTERNAL}-t-`
const LOCK = `${INTERNAL}-l-`

const RANDOM_BYTES = 9
/** Random bytes in stock, as asking for a few takes as long as asking for many. */
const stock = Buffer.alloc(RANDOM_BYTES * 256)
let used = stock.length

/** A name for a temporary file that nobody can guess, with the process that made it. */
export function temporaryName(): string {
  if (used === stock.length) {
    randomFillSync(stock)
    used = 0
  }
  const random = stock.toString('hex', used, used + RANDOM_BYTES)
  used += RANDOM_BYTES
  return `${TEMPORARY}${random}.${printIdentity(self)}`
}

/** The process that made a temporary file, or `undefined` if this is no name of one. */
export function makerOf(name: string): Identity | undefined {
  if (!name.startsWith(TEMPORARY)) return undefined
  const rest = name.slice(TEMPORARY.length)
  return parseIdentity(rest.slice(rest.indexOf('.') + 1))
}

export function lockName(of: string): string {
  return LOCK + of
}

export function isLockName(name: string): boolean {
  return name.startsWith(LOCK)
}

export function isInternal(name: string): boolean {
  return name.startsWith(INTERNAL)
}
