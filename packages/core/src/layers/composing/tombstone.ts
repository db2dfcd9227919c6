/** What stands in place of a value that is deleted: a few bytes, or a record where values are no bytes. */
const TEXT = '\u0000kvdol: deleted\u0000'
const BYTES = new TextEncoder().encode(TEXT)
/** Its length in bytes. */
export const TOMBSTONE_BYTES: number = BYTES.length
const RECORD = Object.freeze({ [TEXT]: true })

/** The mark of a deleted value for a driver with values of this type; each call gives bytes of their own. */
export function tombstone(valueType: 'bytes' | 'any' | undefined): unknown {
  return valueType === 'any' ? RECORD : BYTES.slice()
}

export function isTombstone(value: unknown): boolean {
  if (value instanceof Uint8Array)
    return value.byteLength === BYTES.length && BYTES.every((byte, index) => value[index] === byte)
  return typeof value === 'object' && value !== null && Object.hasOwn(value, TEXT)
}

/** Whether a value of this length, if it is known, may be the mark. */
export function maybeTombstone(size: number | undefined): boolean {
  return size === undefined || size === BYTES.length
}
