import { conformance, variants } from '@kvdol/conformance'
import { describe, it } from 'vitest'
import { memory, pipe, type Store } from '../../src/index.ts'
import { buffered, cached, expiring, tiered } from '../../src/layers.ts'
import { batching } from './support/batching.ts'
import { caches } from './support/caches.ts'
import { ownDriver } from './support/own-driver.ts'
import { slow } from './support/slow.ts'

type Bytes = Store<string, Uint8Array>

const everything = process.env.KVDOL_TEST_VARIANTS === 'all'

/** What holds for the one who writes through the buffer. */
const STRONG = { readConsistency: 'strong', listConsistency: 'strong' } as const
const HOUR = 3_600_000

const forms: Record<string, () => Bytes> = {
  cached: () => cached(memory()),
  'cached, ordered, with everything': () =>
    cached(memory({ order: 'utf8-bytes' }), {
      near: memory(),
      ttl: 1000,
      max: 50,
      negative: true,
      staleWhileRevalidate: 1000,
      revalidate: 'etag',
      keepWrites: true,
    }),
  'cached, asking': () => cached(memory(), { revalidate: 'etag' }),
  'cached, with keys': () => cached(memory(), { keys: { sort: true } }),
  'cached, as a driver': () => ownDriver(cached(memory(), { keepWrites: true, negative: true })),
  'cached, slow above slow': () => cached(slow(memory(), 1), { near: slow(memory(), 2), negative: true }),
  'cached, slow, keeping writes': () =>
    cached(slow(memory(), 3), { near: slow(memory(), 4), keepWrites: true }),
  'cached over batches, as a driver': () => ownDriver(cached(batching(memory()), { negative: true })),
  'cached over slow batches': () => cached(batching(slow(memory(), 7)), { near: slow(memory(), 8) }),
  tiered: () => tiered([memory({ maxEntries: 5 }), slow(memory(), 5), memory()]),
  expiring: () => pipe(memory(), expiring({ ttl: HOUR })),
  'expiring, ordered, as a driver': () =>
    ownDriver(pipe(memory({ order: 'utf8-bytes' }), expiring({ ttl: HOUR }))),
  'expiring by modified, as a driver': () =>
    ownDriver(pipe(memory(), expiring({ ttl: HOUR, by: 'modified' }))),
  buffered: () => ownDriver(buffered(memory()), STRONG),
  'buffered, ordered, in threes, slow': () =>
    ownDriver(buffered(slow(memory({ order: 'utf8-bytes' }), 6), { flushAt: 3 }), STRONG),
  'buffered without end': () =>
    ownDriver(buffered(memory(), { flushAt: 100_000, flushAfter: Number.POSITIVE_INFINITY }), STRONG),
}

describe.each(
  Object.entries(forms).flatMap(([name, open]) => variants({ name, open }).slice(0, everything ? 4 : 1)),
)('$name', variant => {
  for (const { name, run } of conformance(variant)) it(name, run)
})

/** Each layer over each; over the next one alone in the short run. */
const pairs = Object.entries(caches).flatMap(([name, over], index, all) =>
  all
    .filter((_, other) => everything || other === (index + 1) % all.length)
    .map(([below, inner]) => ({
      name: `${name} over ${below}`,
      view: true,
      open: () => over(inner(memory())),
    })),
)

describe.each(pairs)('$name', pair => {
  for (const { name, run } of conformance(pair)) it(name, run)
})
