const LONGEST = 200

/** A key for a message: quoted, on one line, without control or direction characters, of bounded length. */
export function printKey(key: unknown): string {
  // Control characters and those that reorder or hide text, which could forge a log line. Here, as they take long to compile.
  const unprintable = /[\p{Cc}\p{Cf}\u2028\u2029]/gu
  const text = describe(key).replace(unprintable, char => `\\u{${char.codePointAt(0)?.toString(16)}}`)
  return text.length > LONGEST ? `${text.slice(0, LONGEST).toWellFormed()}…` : text
}

/** What kind of thing `value` is, for a message; never its content. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  const name = typeof value === 'object' ? Object.getPrototypeOf(value)?.constructor?.name : undefined
  return `a value of type ${name ?? typeof value}`
}

/** The value of an option for a message: short texts, numbers and flags as they are, anything else by its type. */
export function printValue(value: unknown): string {
  const plain = typeof value === 'string' ? value.length <= 40 : Object(value) !== value
  if (!plain || typeof value === 'symbol') return typeName(value)
  if (typeof value === 'bigint') return `${value}n`
  return typeof value === 'string' ? printKey(value) : String(value)
}

function describe(key: unknown): string {
  try {
    return JSON.stringify(key, spelled) ?? String(key)
  } catch {
    return 'an object'
  }
}

/** What JSON drops, refuses, or writes as null. */
function spelled(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  return value === undefined || (typeof value === 'number' && !Number.isFinite(value)) ? String(value) : value
}
