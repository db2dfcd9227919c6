import { driverOf } from '../../../src/adapter.ts'
import {
  type ByteStore,
  createStore,
  type Guarantees,
  memory,
  type WritableDriver,
} from '../../../src/index.ts'

/** A memory that says other things of itself. */
export function promising(guarantees: Partial<Guarantees>, facts: Partial<WritableDriver> = {}): ByteStore {
  const driver = driverOf(memory()) as unknown as WritableDriver
  return createStore(
    { ...driver, name: 'promising', ...facts, guarantees: { ...driver.guarantees, ...guarantees } },
    { allowTornReads: true },
  )
}
