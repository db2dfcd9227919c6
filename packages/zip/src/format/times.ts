import { EXTRA } from './constants.ts'
import { encodeField, extraField } from './extra-fields.ts'

/** The earliest time that the format has, of 1980; what deterministic archives give every entry. */
export const FIRST_TIME = 0x0021_0000

/** A time as MS-DOS has it: local, in steps of two seconds, from 1980 to 2107. Date in the upper 16 bits. */
export function toDosTime(date: Date): number {
  const year = Math.min(Math.max(date.getFullYear(), 1980), 2107)
  const day = ((year - 1980) << 9) | ((date.getMonth() + 1) << 5) | date.getDate()
  const time = (date.getHours() << 11) | (date.getMinutes() << 5) | (date.getSeconds() >> 1)
  return ((day << 16) | time) >>> 0
}

export function fromDosTime(time: number): Date {
  const day = time >>> 16
  return new Date(
    1980 + (day >>> 9),
    ((day >>> 5) & 15) - 1,
    day & 31,
    (time >>> 11) & 31,
    (time >>> 5) & 63,
    (time & 31) * 2,
  )
}

/** Between 1601 and 1970, in milliseconds. */
const NTFS_EPOCH = 11_644_473_600_000

/** The time of the last change that the extra fields tell more exactly. */
export function exactTime(bytes: Buffer, start: number, end: number): Date | undefined {
  const timestamp = extraField(bytes, start, end, EXTRA.timestamp)
  if (timestamp !== undefined && timestamp.length >= 5 && ((timestamp[0] as number) & 1) === 1)
    return new Date(timestamp.readInt32LE(1) * 1000)
  const ntfs = extraField(bytes, start, end, EXTRA.ntfs)
  if (ntfs !== undefined && ntfs.length >= 16 && ntfs.readUInt16LE(4) === 1)
    return new Date(Math.round(Number(ntfs.readBigUInt64LE(8)) / 10_000) - NTFS_EPOCH)
  return undefined
}

/** The extra field that tells the time of the last change in seconds since 1970, in UTC. */
export function timestampField(date: Date): Buffer {
  const data = Buffer.alloc(5)
  data[0] = 1
  const seconds = Math.floor(date.getTime() / 1000)
  data.writeInt32LE(Math.min(Math.max(seconds, -(2 ** 31)), 2 ** 31 - 1), 1)
  return encodeField(EXTRA.timestamp, data)
}
