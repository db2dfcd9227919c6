import type { MaybePromise } from '../../driver.ts'
import { StoreError } from '../../error.ts'
import { printKey } from '../../print-key.ts'
import { INTERNAL } from './naming.ts'

/** A place for the values of a store, with the mark that tells how its keys are written. Both formats use one name. */
export interface MarkerPort {
  /** The place, for messages: `'the folder'`, `'the bucket'`. */
  readonly place: string
  /** What the mark holds, or `undefined` where there is none. */
  read(): MaybePromise<Uint8Array | undefined>
  /** Makes the mark, complete as soon as it is there; false when there is one already. */
  create(bytes: Uint8Array): MaybePromise<boolean>
  /** Puts these bytes in the place of the mark. */
  replace(bytes: Uint8Array): MaybePromise<void>
  /** Removes the mark; none is fine. */
  remove(): MaybePromise<void>
  /** Whether anything but the mark is in the place. */
  isUsed(): MaybePromise<boolean>
}

/** How the keys of a place are written, as its mark says. */
export interface Format {
  readonly format: string
  readonly version: number
}

export const ENCODED: Format = { format: 'kvdol-encoded-keys', version: 1 }
/** Of plain keys there is a mark only while the first value is written. */
export const PLAIN: Format = { format: 'kvdol-plain-keys', version: 1 }
/** An encoded store looks whether the place is empty. */
export const CLAIMED: Format = { format: 'kvdol-encoded-keys-claimed', version: 1 }

/**
 * Before the first read: whether the place is marked as one of this format; plain ones usually are not. Rejects
 * `Incompatible` where keys are written in another way.
 */
export async function lookAtMarker(port: MarkerPort, format: Format): Promise<boolean> {
  const mark = await markOf(port)
  if (format === PLAIN) {
    if (mark === ENCODED) throw incompatibleWith(PLAIN, port, false)
    return mark === PLAIN
  }
  if (mark === ENCODED) return true
  if (mark === PLAIN) throw incompatibleWith(format, port, true)
  if (!(await port.isUsed())) return false
  // A mark comes before the first value, so one that another store has made meanwhile is there by now.
  if ((await markOf(port)) === ENCODED) return true
  throw incompatibleWith(format, port, false)
}

/** The mark, if there is one. Rejects `Incompatible` for one that this package has not made. */
export async function markOf(port: MarkerPort): Promise<Format | undefined> {
  const bytes = await port.read()
  if (bytes === undefined) return undefined
  const found = parsed(bytes)
  const known = [ENCODED, PLAIN, CLAIMED].find(
    ({ format, version }) => format === found?.format && version === found.version,
  )
  if (known !== undefined) return known
  throw incompatible(
    found === undefined
      ? `the mark ${INTERNAL} in ${port.place}, which tells how keys are written, is damaged; restore it, or remove it if the keys are plain`
      : `${port.place} was written by a newer version of this package, or by another one (${printKey(found)}); use that`,
  )
}

function parsed(mark: Uint8Array): Partial<Format> | undefined {
  try {
    return Object(JSON.parse(new TextDecoder().decode(mark)))
  } catch {
    return undefined
  }
}

/** The content of a mark. */
export function markFor({ format, version }: Format): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify({ format, version })}\n`)
}

/** The error for a place that holds keys of the other format than `wanted`, or that a store of it begins to use. */
export function incompatibleWith(wanted: Format, { place }: MarkerPort, begun: boolean): StoreError {
  const other = wanted === PLAIN ? 'encoded' : 'plain'
  const open = `open it with keys: '${other}'`
  const there =
    wanted === PLAIN
      ? `${place} holds encoded keys; ${open}`
      : `${place} holds what was not written with encoded keys; ${open}, or use an empty place`
  const beginning = `a store with ${other} keys begins to use ${place}, or ended while it did; ${open}, or remove the mark ${INTERNAL} if nothing else is there`
  return incompatible(begun ? beginning : there)
}

function incompatible(detail: string): StoreError {
  return new StoreError('Incompatible', detail)
}
