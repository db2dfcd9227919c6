/** Whether two values are certainly the same: equal bytes, or the same primitive or object. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (!(a instanceof Uint8Array && b instanceof Uint8Array)) return Object.is(a, b)
  return a.byteLength === b.byteLength && a.every((byte, index) => byte === b[index])
}
