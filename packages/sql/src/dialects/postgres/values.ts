const INTEGERS = new Set([20, 21, 23, 26])
const FLOATS = new Set([700, 701])
const BOOL = 16
const BYTEA = 17

/** How values of a type are read from what the server sends. What is not here stays the server's text. */
export const types = {
  getTypeParser(oid: number): (value: never) => unknown {
    if (INTEGERS.has(oid)) return toInteger
    if (FLOATS.has(oid)) return Number
    if (oid === BOOL) return (value: string) => value === 't'
    return oid === BYTEA ? toBytes : itself
  },
}

function toInteger(value: string): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : BigInt(value)
}

function toBytes(value: string): Uint8Array {
  return Buffer.from(value.slice(2), 'hex')
}

function itself(value: unknown): unknown {
  return value
}
