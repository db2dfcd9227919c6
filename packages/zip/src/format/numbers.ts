import { corrupt } from './failures.ts'

/** A Buffer over the same bytes. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** A 64-bit number; throws `Corrupt` for one that no file can have. */
export function readUInt64(bytes: Buffer, at: number): number {
  const value = bytes.readUInt32LE(at + 4) * 2 ** 32 + bytes.readUInt32LE(at)
  if (value > Number.MAX_SAFE_INTEGER) throw corrupt('the archive tells of an impossible number of bytes')
  return value
}

export function writeUInt64(bytes: Buffer, value: number, at: number): void {
  bytes.writeBigUInt64LE(BigInt(value), at)
}
