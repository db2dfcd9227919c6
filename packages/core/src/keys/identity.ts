import { spelled } from '../print-key.ts'

/**
 * What makes two keys the same where a key is no string: its content, as a primitive value. Fields count in any order,
 * elements of lists in theirs; dates, bytes and bigints count as what they are.
 */
export function contentOf(key: unknown): unknown {
  return Object(key) === key ? JSON.stringify(key, sorted) : key
}

function sorted(this: unknown, name: string, value: unknown): unknown {
  // What `toJSON` made of it may look like another key's text.
  const original = (this as Record<string, unknown>)[name]
  if (original !== value) return [original?.constructor?.name, value]
  if (Object(value) !== value || Array.isArray(value)) return spelled(name, value)
  return Object.fromEntries(Object.entries(value as object).sort(([a], [b]) => (a < b ? -1 : 1)))
}
