/** Which things wait for which at the moment, to find those that would wait for themselves. */
export interface Waits<T> {
  /** The things on a way of waiting from `from` to `to`, both included; `undefined` when there is none. */
  path(from: T, to: T): T[] | undefined
  /** Notes that `waiter` waits for `other` as long as `work` lasts. */
  during<R>(waiter: T, other: T, work: () => Promise<R>): Promise<R>
}

export function waits<T>(): Waits<T> {
  const edges = new Map<T, T[]>()
  return {
    path: (from, to) => search(from, to, new Set()),
    async during(waiter, other, work) {
      const awaited = edges.get(waiter) ?? []
      edges.set(waiter, awaited)
      awaited.push(other)
      try {
        return await work()
      } finally {
        awaited.splice(awaited.indexOf(other), 1)
        if (awaited.length === 0) edges.delete(waiter)
      }
    },
  }

  function search(from: T, to: T, seen: Set<T>): T[] | undefined {
    if (from === to) return [from]
    seen.add(from)
    for (const next of edges.get(from) ?? []) {
      const rest = seen.has(next) ? undefined : search(next, to, seen)
      if (rest !== undefined) return [from, ...rest]
    }
    return undefined
  }
}
