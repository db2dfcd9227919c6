/** Writes under way, by what they write to. */
export interface Overlaps {
  begin(ids: readonly unknown[]): void
  /** Whether no other write to it has overlapped with one that is under way, so that its value is the last. */
  isAlone(id: unknown): boolean
  end(ids: readonly unknown[]): void
}

/** Tells which of several writes certainly was the last. */
export function overlaps(): Overlaps {
  const writes = new Map<unknown, { count: number; alone: boolean }>()
  return {
    begin(ids) {
      for (const id of ids) {
        const known = writes.get(id)
        if (known === undefined) writes.set(id, { count: 1, alone: true })
        else {
          known.count++
          known.alone = false
        }
      }
    },
    isAlone: id => writes.get(id)?.alone === true,
    end(ids) {
      for (const id of ids) {
        const known = writes.get(id)
        if (known !== undefined && --known.count === 0) writes.delete(id)
      }
    },
  }
}
