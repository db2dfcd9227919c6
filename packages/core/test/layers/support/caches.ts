import { memory, pipe, type Store } from '../../../src/index.ts'
import { buffered, cached, cachedKeys, expiring, tiered } from '../../../src/layers.ts'

type Bytes = Store<string, Uint8Array>

const HOUR = 3_600_000

/** The layers that keep values, each over a store that is given. */
export const caches: Readonly<Record<string, (store: Bytes) => Bytes>> = {
  cached: store => cached(store, { keepWrites: true }),
  tiered: store => tiered([memory({ maxEntries: 3 }), store]),
  expiring: store => pipe(store, expiring({ ttl: HOUR })),
  buffered: store => buffered(store, { flushAt: 4 }),
  cachedKeys: store => pipe(store, cachedKeys()),
}
