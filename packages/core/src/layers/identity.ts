/** What makes two keys the same in a `Map` or `Set`: strings and numbers themselves, tuples and records by content. */
export function identity(key: unknown): unknown {
  return typeof key === 'object' && key !== null ? JSON.stringify(key) : key
}
