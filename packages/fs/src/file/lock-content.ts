import { hash } from 'node:crypto'
import { type Maker, parseMaker, printMaker } from './maker.ts'

/** What a lock says: `<random>.<place>.<process>.<started>.<lease>.<count>`. */
export interface LockContent {
  /** Names this holding of the lock. */
  readonly random: string
  readonly maker: Maker
  /** After how many milliseconds without a new count the lock is over, if nothing else is known of its holder. */
  readonly lease: number
  readonly count: number
}

/** The count of a lock whose holder has finished but could not remove it. */
export const RELEASED = 0xffffffff

const FORM = /^([0-9a-f]{18})\.([0-9a-f]+\.[0-9]+\.[0-9]+)\.([0-9]{1,12})\.([0-9a-f]{8})$/

/** The text of a lock; as long for every count. */
export function printLock({ random, maker, lease, count }: LockContent): string {
  return `${random}.${printMaker(maker)}.${lease}.${count.toString(16).padStart(8, '0')}`
}

/** `undefined` for what is not, or not yet, the text of a lock. */
export function parseLock(text: string): LockContent | undefined {
  const [, random = '', by = '', lease, count = ''] = FORM.exec(text) ?? []
  const maker = parseMaker(by)
  if (maker === undefined) return undefined
  return { random, maker, lease: Number(lease), count: Number.parseInt(count, 16) }
}

/** What names the holding of a lock, whatever its text is. */
export function randomOf(path: string, text: string): string {
  return parseLock(text)?.random ?? hash('sha256', `${path}\n${text}`).slice(0, 18)
}
