import { createStore, type Guarantees, type Store, type WritableDriver } from '../../../src/index.ts'
import { viewBehind } from '../../../src/view/over.ts'

/**
 * The same layer as a store by itself, so that the kit compares the methods of the layer's driver with what they stand
 * for, and not those of the driver at the bottom.
 */
export function ownDriver(
  layer: Store<string, Uint8Array>,
  guarantees: Partial<Guarantees> = {},
): Store<string, Uint8Array> {
  const { over, ...driver } = viewBehind(layer).source.driver
  return createStore({
    ...(driver as unknown as WritableDriver),
    guarantees: { ...driver.guarantees, ...guarantees },
    async close() {
      await driver.close?.()
      await over?.close()
    },
  })
}
