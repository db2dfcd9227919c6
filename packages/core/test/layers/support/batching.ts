import { createStore, type ReadOptions, type Store, type WritableDriver } from '../../../src/index.ts'
import { viewBehind } from '../../../src/view/over.ts'

/** The same store with a batch of its own for reads; `batches` gets the keys of each. */
export function batching(
  store: Store<string, Uint8Array>,
  batches: string[][] = [],
): Store<string, Uint8Array> {
  const { driver } = viewBehind(store).source
  const { get } = driver as unknown as WritableDriver
  return createStore({
    ...(driver as unknown as WritableDriver),
    async getMany(keys: readonly string[], options: ReadOptions) {
      batches.push([...keys])
      return await Promise.all(keys.map(async key => await get(key, options)))
    },
  })
}
