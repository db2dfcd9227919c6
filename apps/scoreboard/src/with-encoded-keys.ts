import { encodedKeys } from '@kvdol/core/adapter'
import type { PeerDriver } from './peer.ts'

/** The same driver under keys that any path can hold: no two of them are taken for one, none leaves the place. */
export function withEncodedKeys(driver: PeerDriver): PeerDriver {
  const { has } = driver
  return {
    ...driver,
    get: (key, options) => driver.get(encodedKeys.encode(key), options),
    ...(has && { has: (key, options) => has(encodedKeys.encode(key), options) }),
    keys: async function* ({ signal }) {
      for await (const path of driver.keys({ signal })) {
        const key = encodedKeys.decode(path)
        if (key !== undefined) yield key
      }
    },
    set: (key, value, options) => driver.set(encodedKeys.encode(key), value, options),
    delete: (key, options) => driver.delete(encodedKeys.encode(key), options),
  }
}
