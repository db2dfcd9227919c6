import type { DriverDeleteOptions, DriverListOptions, DriverWriteOptions, ListingDriver } from '../driver.ts'
import type { AnyStore, ListOptions, ReadOptions } from '../store.ts'

/** A store that does not come from `createStore`, as a driver: its own methods, nothing faster. */
export function asDriver(store: AnyStore): ListingDriver<unknown, unknown> {
  const reading = {
    name: 'store',
    keyType: 'any' as const,
    valueType: 'any' as const,
    get: (key: unknown, options: ReadOptions) => store.get(key, options),
    has: (key: unknown, options: ReadOptions) => store.has(key, options),
    stat: (key: unknown, options: ReadOptions) => store.stat(key, options),
    size: (options: ReadOptions) => store.size(options),
    keys: (options: DriverListOptions<unknown>) => store.keys(options as ListOptions<unknown>),
    close: () => store.close?.(),
  }
  if (typeof store.set !== 'function') return reading
  return {
    ...reading,
    set: (key: unknown, value: unknown, options: DriverWriteOptions) => store.set(key, value, options),
    delete: (key: unknown, options: DriverDeleteOptions) => store.delete(key, options),
  }
}
