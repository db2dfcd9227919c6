const encoder = new TextEncoder()

/** Compares strings by their UTF-8 bytes. */
export function compareUtf8Bytes(a: string, b: string): number {
  const [x, y] = [encoder.encode(a), encoder.encode(b)]
  for (const [index, byte] of x.entries()) {
    const other = y[index]
    if (other === undefined) return 1
    if (byte !== other) return byte - other
  }
  return x.byteLength - y.byteLength
}
