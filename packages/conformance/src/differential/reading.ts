import { children, getWithStat, readRange, readStream } from '@kvdol/core'
import { concat } from '../bytes.ts'
import { collect, keysOf } from '../collect.ts'
import type { ByteStore } from '../subject.ts'
import type { FastPath, Probe, Row, Seeded } from './row.ts'

const LONG = 'x'.repeat(2000)
/** More keys than one batched read asks for. */
const MANY = 130

type Reading = Extract<
  FastPath,
  'has' | 'stat' | 'size' | 'keyPages' | 'getMany' | 'entryPages' | 'readStream' | 'getWithStat' | 'children'
>

/** The rows of methods that read. */
export const reading: Readonly<Record<Reading, Row>> = {
  has: reads(function* (seeded) {
    for (const key of askedFor(seeded)) yield [`has ${key}`, store => store.has(key)]
  }),
  stat: reads(function* (seeded) {
    // More than the size only the driver knows.
    for (const key of askedFor(seeded)) yield [`stat ${key}`, async store => (await store.stat(key))?.size]
  }),
  size: reads(function* () {
    yield ['size', store => store.size()]
  }),
  keyPages: reads(function* (seeded) {
    for (const [name, options] of listings(seeded))
      yield [`keys ${name}`, async store => listed(await keysOf(store, options), options, seeded)]
  }),
  entryPages: reads(function* (seeded) {
    for (const [name, options] of listings(seeded))
      yield [`entries ${name}`, async store => listed(await collect(store.entries(options)), options, seeded)]
    yield ['values', async store => (await collect(store.values())).length]
  }),
  getMany: reads(function* ({ entries, missing }) {
    const keys = [...entries.keys()]
    const mixed = keys.flatMap((key, index) => [key, missing[index % missing.length] as string])
    const get = (asked: readonly string[]) => (store: ByteStore) => collect(store.getMany(asked))
    yield ['getMany of nothing', get([])]
    yield ['getMany backwards', get(keys.toReversed())]
    yield ['getMany with missing keys', get(mixed)]
    yield ['getMany of one key twice', get([...keys.slice(0, 3), ...keys.slice(0, 3)])]
    yield [
      `getMany of ${MANY} keys`,
      get(Array.from({ length: MANY }, (_, index) => mixed[index % mixed.length] as string)),
    ]
    yield ['getMany with an illegal key', get([...keys.slice(0, 1), LONG])]
  }),
  getWithStat: reads(function* (seeded) {
    for (const key of askedFor(seeded))
      yield [
        `getWithStat ${key}`,
        async store => {
          const found = await getWithStat(store, key)
          const { etag, size, contentType, modified } = found?.stat ?? {}
          return found && [found.value, etag, size, contentType, modified?.getTime()]
        },
      ]
  }),
  children: reads(function* (seeded) {
    for (const prefix of ['', 'a', 'a/', 'd', 'deep', 'deep/', 'deep/er', 'deep/er/', '%', 'none/'])
      yield [
        `children ${prefix}`,
        async store => {
          const level = await collect(children(store, prefix))
          return listed(
            level.map(child => JSON.stringify(child)),
            {},
            seeded,
          )
        },
      ]
  }),
  readStream: reads(function* (seeded) {
    for (const key of askedFor(seeded)) {
      yield [`readStream ${key}`, store => readWhole(store, key)]
      const size = seeded.entries.get(key)?.byteLength ?? 10
      for (const range of [
        { start: 0, end: 1 },
        { start: 1 },
        { end: size + 100 },
        { start: size >> 1, end: size >> 1 },
        { start: size },
        { start: size + 1 },
        { suffix: 0 },
        { suffix: 5 },
        { suffix: size + 5 },
      ])
        yield [`readRange ${key} ${JSON.stringify(range)}`, store => readRange(store, key, range)]
    }
  }),
}

function reads(probes: (seeded: Seeded) => Iterable<Probe>): Row {
  return { writes: false, probes }
}

function askedFor({ entries, missing }: Seeded): string[] {
  return [...entries.keys(), ...missing, LONG]
}

async function readWhole(store: ByteStore, key: string): Promise<Uint8Array | undefined> {
  const stream = await readStream(store, key)
  return stream && (await concat(stream))
}

type Listing = Parameters<ByteStore['keys']>[0] & object

/** Listings with everything that a driver may heed. */
function* listings({
  entries,
  missing,
  ordered,
  reverse,
}: Seeded): Generator<[name: string, options: Listing]> {
  const some: Listing[] = [
    {},
    ...['a', 'a/', 'deep/', '%', 'none'].map(prefix => ({ prefix })),
    ...[0, 1, 3, 1000].map(limit => ({ limit })),
    { prefix: 'a', limit: 2 },
  ]
  if (ordered)
    for (const after of [...entries.keys(), ...missing])
      some.push(
        { after },
        { after, limit: 2 },
        { after, prefix: 'a' },
        { from: after },
        { from: after, limit: 2 },
        { before: after },
        { before: after, prefix: 'a', limit: 1 },
        { from: 'a', before: after },
      )
  if (reverse)
    for (const before of [...entries.keys(), ...missing])
      some.push(
        { reverse: true, limit: 3 },
        { before, reverse: true, limit: 2 },
        { from: 'a', before, reverse: true },
        { after: 'a', before, reverse: true, prefix: 'a' },
      )
  for (const options of some) yield [JSON.stringify(options), options]
}

/** What of a listing must be the same: its order only where there is one, and which keys only where all are given. */
function listed(items: readonly unknown[], { limit }: Listing, { ordered }: Seeded): unknown {
  if (ordered) return items
  if (limit !== undefined) return items.length
  return [...items].sort((a, b) => (String(a) < String(b) ? -1 : 1))
}
