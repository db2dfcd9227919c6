export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

export function textOf(value: Uint8Array | undefined): string | undefined {
  return value && new TextDecoder().decode(value)
}
