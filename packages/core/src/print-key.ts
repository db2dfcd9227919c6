const LONGEST = 200
// Control characters and those that reorder or hide text, which could forge a log line.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\u2028\u2029]/gu

/** A key for a message: quoted, on one line, without control or direction characters, of bounded length. */
export function printKey(key: unknown): string {
  const text = describe(key).replace(UNPRINTABLE, char => `\\u{${char.codePointAt(0)?.toString(16)}}`)
  return text.length > LONGEST ? `${text.slice(0, LONGEST).toWellFormed()}…` : text
}

function describe(key: unknown): string {
  try {
    return (
      JSON.stringify(key, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value)) ??
      String(key)
    )
  } catch {
    return 'an object'
  }
}
