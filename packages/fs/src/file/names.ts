import { hash, randomFillSync } from 'node:crypto'
import { INTERNAL } from '@kvdol/core/adapter'
import { type Maker, parseMaker } from './maker.ts'

const TEMPORARY = `${INTERNAL}-t-`
const LOCK = `${INTERNAL}-k-`
/** Locks and temporary files of versions before the first release; never taken any more. */
const OLD_LOCK = new RegExp(`^\\${INTERNAL}-(?:l|zip-l|zip-b)-`)
const OLD_TEMPORARY = `${INTERNAL}-zip-t-`

const RANDOM_BYTES = 9
/** Random bytes in stock, as asking for a few takes as long as asking for many. */
const stock = Buffer.alloc(RANDOM_BYTES * 256)
let used = stock.length

/** 18 hexadecimal digits that nobody can guess. */
export function randomName(): string {
  if (used === stock.length) {
    randomFillSync(stock)
    used = 0
  }
  used += RANDOM_BYTES
  return stock.toString('hex', used - RANDOM_BYTES, used)
}

/** A new name for a temporary file of the process with this printed name. */
export function temporaryNameBy(maker: string): string {
  return `${TEMPORARY}${randomName()}.${maker}`
}

export function isTemporaryName(name: string): boolean {
  return name.startsWith(TEMPORARY) || name.startsWith(OLD_TEMPORARY)
}

/** The process that made a temporary file, as far as its name tells. */
export function makerOf(name: string): Maker | undefined {
  return name.startsWith(TEMPORARY)
    ? parseMaker(name.slice(name.indexOf('.', TEMPORARY.length) + 1))
    : undefined
}

/**
 * The name that the file `name` with this inode gets before it is removed, in the same folder: whoever knows the file can
 * tell that it was taken away, and did not end in another way.
 */
export function asideNameOf(name: string, inode: number | bigint): string {
  return TEMPORARY + hash('sha256', `${name}\n${Number(inode)}`).slice(0, 2 * RANDOM_BYTES)
}

/** The name of the lock of the file `name`, which lies in the same folder. */
export function lockNameOf(name: string): string {
  return LOCK + hash('sha256', name).slice(0, 32)
}

/** The name of the lock that is held while another lock is removed. */
export function breakerNameOf(random: string): string {
  return LOCK + random
}

export function isLockName(name: string): boolean {
  return name.startsWith(LOCK) || OLD_LOCK.test(name)
}

export function isInternal(name: string): boolean {
  return name.startsWith(INTERNAL)
}
