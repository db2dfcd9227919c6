/** The UTF-8 bytes of a text. */
export function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}

/** The text of UTF-8 bytes; `undefined` of `undefined`, so that the result of `get` can be given as it is. */
export function text(value: Uint8Array): string
export function text(value: Uint8Array | undefined): string | undefined
export function text(value: Uint8Array | undefined): string | undefined {
  return value && new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value)
}
