/**
 * Whether all keys with this prefix are in one slot of a cluster: it has a hash tag, such as `{app}:`
 * (https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#hash-tags).
 */
export function inOneSlot(prefix: string): boolean {
  const start = prefix.indexOf('{')
  return start >= 0 && prefix.indexOf('}', start) > start + 1
}
