/**
 * What makes two keys the same where a key is no string: its content, as a primitive value. Fields count in any order,
 * elements of lists in theirs; dates, bytes and bigints count as what they are.
 */
export function contentOf(key: unknown): unknown {
  return Object(key) === key ? JSON.stringify(key, told) : key
}

/** Texts begin with a quote, so that none looks like what stands for a value of another type. */
function told(this: unknown, name: string, value: unknown): unknown {
  const original = (this as Record<string, unknown>)[name]
  if (!Object.is(original, value)) return `${original?.constructor?.name} ${String(contentOf(value))}`
  if (typeof value === 'string') return `'${value}`
  if (typeof value === 'bigint') return `${value}n`
  if (Object(value) !== value) return String(value)
  if (Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value as object).sort(([a], [b]) => (a < b ? -1 : 1)))
}
