import { type AnyReader, watch } from '../../../src/index.ts'

/** The key of the change that a watcher of the store is told of, once it watches and `write` is done. */
export async function changeAfter(store: AnyReader, write: () => Promise<void>): Promise<unknown> {
  for await (const change of watch(store)) {
    // The first says that what came before is not told.
    if (change.key !== undefined) return change.key
    await write()
  }
  return undefined
}
