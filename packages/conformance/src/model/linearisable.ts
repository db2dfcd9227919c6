/** One finished call on one key: when it began and ended, and what it did. `value` is undefined for absence. */
export interface HistoryEvent {
  readonly client: number
  readonly kind: 'read' | 'write'
  readonly value: string | undefined
  readonly began: number
  readonly ended: number
}

/**
 * Whether the calls could have happened one after the other, each at a moment between its beginning and its end, and
 * every read found the last write (Wing and Gong, Testing and verifying concurrent objects, 1993).
 */
export function isLinearisable(events: readonly HistoryEvent[], initial?: string): boolean {
  const failed = new Set<string>()

  function search(left: readonly HistoryEvent[], state: string | undefined): boolean {
    if (left.length === 0) return true
    const visited = `${state ?? '\0'}|${left.map(event => events.indexOf(event)).join()}`
    if (failed.has(visited)) return false
    const horizon = Math.min(...left.map(({ ended }) => ended))
    for (const event of left) {
      if (event.began > horizon || (event.kind === 'read' && event.value !== state)) continue
      const next = event.kind === 'write' ? event.value : state
      if (
        search(
          left.filter(other => other !== event),
          next,
        )
      )
        return true
    }
    failed.add(visited)
    return false
  }

  return search(events, initial)
}
