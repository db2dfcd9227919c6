import type { FsCalls } from './calls.ts'
import type { ReadPart, ReadSmall, SmallFile } from './port.ts'

/** Bytes that are read and written at once, on a quick medium. */
export const SMALL = 64 * 1024

/** What is read at once goes here first. One byte more tells that a small file has grown. */
let scratch: Uint8Array | undefined

/** A small file, if it lies where it should. Whatever fails here fails in the other way as well, which tells it. */
export function readSmall(
  calls: FsCalls,
  ...[path, flags, lies, exact]: Parameters<ReadSmall>
): SmallFile | undefined {
  let descriptor: number | undefined
  try {
    descriptor = calls.openSync(path, flags)
    const stats = exact ? calls.fstatSync(descriptor, EXACT) : calls.fstatSync(descriptor)
    const size = Number(stats.size)
    if (size > SMALL || !stats.isFile() || !lies(descriptor, calls)) return undefined
    scratch ??= new Uint8Array(SMALL + 1)
    const length = calls.readSync(descriptor, scratch, 0, size + 1, null)
    return length === size ? { bytes: scratch.slice(0, length), stats } : undefined
  } catch {
    return undefined
  } finally {
    if (descriptor !== undefined) calls.closeSync(descriptor)
  }
}

/** A part of a regular file, and what is known of it afterwards. */
export function readPart(
  calls: FsCalls,
  ...[path, flags, start, length]: Parameters<ReadPart>
): ReturnType<ReadPart> {
  if (length > SMALL) return undefined
  let descriptor: number | undefined
  try {
    descriptor = calls.openSync(path, flags)
    scratch ??= new Uint8Array(SMALL + 1)
    const whole = length === 0 || calls.readSync(descriptor, scratch, 0, length, start) === length
    const stats = calls.fstatSync(descriptor, EXACT)
    return whole && stats.isFile() ? { bytes: scratch.subarray(0, length), stats } : undefined
  } catch {
    return undefined
  } finally {
    if (descriptor !== undefined) calls.closeSync(descriptor)
  }
}

const EXACT = { bigint: true } as const
