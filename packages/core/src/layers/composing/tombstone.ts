/** What stands in place of a value that is deleted: a few bytes, or a record where values are no bytes. */
export interface Tombstone {
  /** The mark for a driver with values of this type; each call gives bytes of their own. */
  of(valueType: 'bytes' | 'any' | undefined): unknown
  isIt(value: unknown): boolean
}

const TEXT = '\u0000kvdol: deleted'
/** The length in bytes of any of them. */
export const TOMBSTONE_BYTES: number = TEXT.length + 1

/**
 * The mark of an overlay over so many others, one on top of the other: each has one of its own, which is a value like any
 * other to those below.
 */
export function tombstoneAt(height: number): Tombstone {
  const text = TEXT + String.fromCharCode(height)
  const bytes = new TextEncoder().encode(text)
  const record = Object.freeze({ [text]: true })
  return {
    of: valueType => (valueType === 'any' ? record : bytes.slice()),
    isIt(value) {
      if (value instanceof Uint8Array)
        return value.byteLength === bytes.length && bytes.every((byte, index) => value[index] === byte)
      return typeof value === 'object' && value !== null && Object.hasOwn(value, text)
    },
  }
}

/** Whether a value of this length, if it is known, may be the mark. */
export function maybeTombstone(size: number | undefined): boolean {
  return size === undefined || size === TOMBSTONE_BYTES
}
