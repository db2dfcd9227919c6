import { retry } from '../../async/retry.ts'
import { StoreError } from '../../error.ts'
import {
  CLAIMED,
  ENCODED,
  type Format,
  incompatibleWith,
  type MarkerPort,
  markFor,
  markOf,
  PLAIN,
} from './marker.ts'

/** A place that may be written now. */
export interface Claim {
  /** To be called when the first value is there, or has failed. */
  settled(): Promise<void>
}

const NOTHING: Claim = { async settled() {} }

/** Attempts that take about two seconds together. */
const ATTEMPTS = 25

/**
 * Before the first write: makes sure that no store of the other format writes here. Rejects `Incompatible` where one
 * does.
 *
 * An encoded store makes its mark by an exclusive claim, looks whether the place is empty, and then lets the mark stay
 * or withdraws it. A plain store marks an empty place only, until its first value is there. A store that finds the place
 * claimed waits up to two seconds, and then takes the claim for one whose store has ended: one of its own format is
 * taken over. A store that stood still for longer in the middle of its claim may be overlooked.
 */
export async function claimPlace(port: MarkerPort, format: Format): Promise<Claim> {
  const busy = new StoreError('Unavailable', `another store is being opened in ${port.place}; try again`)
  const claim = format === PLAIN ? claimPlain : claimEncoded
  const work = async (attempt: number) => {
    const claimed = await claim(port, attempt === ATTEMPTS)
    if (claimed === undefined) throw busy
    return claimed
  }
  return await retry(work, { attempts: ATTEMPTS, longest: 200, when: error => error === busy })
}

/** Gives nothing while another store claims the place, unless this is the `last` attempt. */
async function claimEncoded(port: MarkerPort, last: boolean): Promise<Claim | undefined> {
  const mark = await markOf(port)
  if (mark === ENCODED) return NOTHING
  if (mark === PLAIN && last) throw incompatibleWith(ENCODED, port, true)
  if (mark !== undefined && !last) return undefined
  if (mark === undefined && !(await port.create(markFor(CLAIMED)))) return undefined
  if (await port.isUsed()) {
    // Another store may have taken the claim over, and have written since.
    if ((await markOf(port)) === ENCODED) return NOTHING
    await port.remove()
    throw incompatibleWith(ENCODED, port, false)
  }
  await port.replace(markFor(ENCODED))
  return NOTHING
}

async function claimPlain(port: MarkerPort, last: boolean): Promise<Claim | undefined> {
  const ours: Claim = { settled: async () => void (await port.remove()) }
  const mark = await unlessEncoded(port, last)
  if (mark === CLAIMED) return undefined
  if (await port.isUsed()) {
    if (mark === PLAIN) return ours
    // What is there may be the values of an encoded store that has begun since.
    return (await unlessEncoded(port, last)) === CLAIMED ? undefined : NOTHING
  }
  const made = mark === undefined && (await port.create(markFor(PLAIN)))
  return made || (mark === PLAIN && last) ? ours : undefined
}

async function unlessEncoded(port: MarkerPort, last: boolean): Promise<Format | undefined> {
  const mark = await markOf(port)
  if (mark === ENCODED) throw incompatibleWith(PLAIN, port, false)
  if (mark === CLAIMED && last) throw incompatibleWith(PLAIN, port, true)
  return mark
}
