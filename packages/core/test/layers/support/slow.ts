import { createStore, type Store, type WritableDriver } from '../../../src/index.ts'
import { viewBehind } from '../../../src/view/over.ts'

/** The same store, each call of which takes from none to three turns, by a seed. */
export function slow(store: Store<string, Uint8Array>, seed: number): Store<string, Uint8Array> {
  const { getWithStat: _, ...driver } = viewBehind(store).source.driver
  let state = seed
  const turns = async () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7f_ff_ff_ff
    for (let left = (state >> 16) % 4; left > 0; left--) await new Promise(resolve => setImmediate(resolve))
  }
  const later = Object.fromEntries(
    ['get', 'has', 'stat', 'set', 'delete', 'setMany', 'rename'].map(name => {
      const method = (driver as unknown as Record<string, (...args: unknown[]) => unknown>)[name]
      return [
        name,
        async (...args: unknown[]) => {
          await turns()
          const result = await method?.(...args)
          await turns()
          return result
        },
      ]
    }),
  )
  return createStore({ ...(driver as unknown as WritableDriver), ...later })
}
