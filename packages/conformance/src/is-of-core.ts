import { driverOf } from '@kvdol/core/adapter'
import type { ByteStore } from './subject.ts'

/** Whether core has made the store: it makes a driver anew each time it is asked for that of a store by another maker. */
export function isOfCore(store: ByteStore): boolean {
  const driver = driverOf(store)
  return driverOf(store) === driver
}
