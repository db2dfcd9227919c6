import { fromUtf8, utf8 } from '../bytes.ts'

/** A value that tells whether it is whole: its stamp over and over, after its length. */
export function stamped(stamp: string, length: number): Uint8Array {
  const header = `${length}:${stamp}:`
  return utf8(header + stamp.repeat(Math.ceil(length / stamp.length)).slice(0, length))
}

/** Whether bytes are one whole stamped value. */
export function isStamped(bytes: Uint8Array): boolean {
  const text = fromUtf8(bytes)
  const [length, stamp] = text.split(':', 2)
  if (length === undefined || stamp === undefined || stamp === '') return false
  const expected = stamped(stamp, Number(length))
  return expected.byteLength === bytes.byteLength && fromUtf8(expected) === text
}
