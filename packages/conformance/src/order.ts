/** Compares well-formed strings by their UTF-8 bytes, which is the order of their code points. */
export function compareUtf8Bytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    if (a.charCodeAt(index) === b.charCodeAt(index)) continue
    // In the second half of a pair both have had the same first half, so that halves compare as pairs do.
    return (a.codePointAt(index) ?? 0) - (b.codePointAt(index) ?? 0)
  }
  return a.length - b.length
}
