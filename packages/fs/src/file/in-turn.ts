const tails = new Map<string, Promise<unknown>>()

/** Runs `work` when no other work of the same name is under way in this process; in the order of the calls. */
export async function inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
  const before = tails.get(name)
  const run = before === undefined ? work() : before.then(work, work)
  tails.set(name, run)
  try {
    return await run
  } finally {
    if (tails.get(name) === run) tails.delete(name)
  }
}
