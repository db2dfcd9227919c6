import { filterKeys, fromMap, mapKeys, mapValues, memory, pipe, prefix, suffix } from '@kvdol/core'
import { type Entry, ours, peer, raw } from '../entry.ts'
import type { Row } from '../row.ts'
import { timedRow } from '../timed-row.ts'

const BUDGET = 1.3
const NAMES = Array.from({ length: 1024 }, (_, index) => `reports/2026/report-${10_000 + index}`)
const BASES = ['tenants/', 'acme/', 'eu-west/', 'live/', 'docs/'] as const
const BASE = BASES.join('')
const BYTES = new Uint8Array(64).fill(7)

/** What stacking costs: five transforms beside one. The raw contestant of these rows is one transform of ours. */
export const transformRows: readonly Row[] = [
  timedRow('five prefixes beside one, get', BUDGET, getThroughPrefixes),
  timedRow('five prefixes beside one, set', BUDGET, setThroughPrefixes),
  timedRow('five mixed transforms beside one, get', BUDGET, getThroughMixed),
]

const nameAt = (turn: number): string => NAMES[turn & 1023]!

const filledMap = () => new Map(NAMES.map(name => [BASE + name, BYTES]))

const onePrefix = () => pipe(fromMap(filledMap()), mapKeys(prefix(BASE)))

const fivePrefixes = () =>
  pipe(
    fromMap(filledMap()),
    mapKeys(prefix(BASES[0])),
    mapKeys(prefix(BASES[1])),
    mapKeys(prefix(BASES[2])),
    mapKeys(prefix(BASES[3])),
    mapKeys(prefix(BASES[4])),
  )

function getThroughPrefixes(): Entry[] {
  return [
    raw('one prefix', () => {
      const store = onePrefix()
      return turn => store.get(nameAt(turn))
    }),
    ours('five prefixes', () => {
      const store = fivePrefixes()
      return turn => store.get(nameAt(turn))
    }),
    peer('unstorage', 'prefixStorage five times, raw item', async () => {
      const storage = await unstorageFivefold()
      return turn => storage.getItemRaw(nameAt(turn))
    }),
  ]
}

function setThroughPrefixes(): Entry[] {
  return [
    raw('one prefix', () => {
      const store = onePrefix()
      return turn => store.set(nameAt(turn), BYTES, { transfer: true })
    }),
    ours('five prefixes', () => {
      const store = fivePrefixes()
      return turn => store.set(nameAt(turn), BYTES, { transfer: true })
    }),
    peer('unstorage', 'prefixStorage five times, raw item', async () => {
      const storage = await unstorageFivefold()
      return turn => storage.setItemRaw(nameAt(turn), BYTES)
    }),
  ]
}

async function getThroughMixed(): Promise<Entry[]> {
  const bytes = memory()
  await bytes.setMany(NAMES.map(name => [`${BASE}${name}.bin`, BYTES]))
  return [
    raw('one key codec', () => {
      const store = pipe(bytes, mapKeys({ decode: withoutAffixes, encode: name => `${BASE}${name}.bin` }))
      return turn => store.get(nameAt(turn))
    }),
    ours('prefix, filter, suffix, two value codecs', () => {
      const store = pipe(
        bytes,
        mapKeys(prefix(BASE)),
        filterKeys(key => key.endsWith('.bin')),
        mapKeys(suffix('.bin')),
        mapValues({ decode: boxed, encode: box => box.bytes }),
        mapValues({ decode: box => box.bytes, encode: boxed }),
      )
      return turn => store.get(nameAt(turn))
    }),
  ]
}

function withoutAffixes(key: string): string | undefined {
  return key.startsWith(BASE) && key.endsWith('.bin') ? key.slice(BASE.length, -'.bin'.length) : undefined
}

const boxed = (bytes: Uint8Array) => ({ bytes })

async function unstorageFivefold() {
  const { createStorage, prefixStorage } = await import('unstorage')
  let storage = createStorage()
  for (const name of NAMES) await storage.setItemRaw(BASE + name, BYTES)
  for (const base of BASES) storage = prefixStorage(storage, base)
  return storage
}
