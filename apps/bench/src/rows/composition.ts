import { at, compose, json, mapKeys, memory, pipe, prefix, readOnly, type Store, text } from '@kvdol/core'
import { fields, mount, overlay } from '@kvdol/core/layers'
import { type Entry, ours, peer, raw } from '../entry.ts'
import type { Row } from '../row.ts'
import { timedRow } from '../timed-row.ts'

const NAMES = Array.from({ length: 1024 }, (_, index) => `reports/2026/report-${10_000 + index}`)
const BYTES = new Uint8Array(64).fill(7)
const FIELDS = Array.from({ length: 1000 }, (_, index) => [`field-${index}`, index] as const)

/** What many stores as one cost. The raw contestant of these rows is one store, or one layer, of ours. */
export const compositionRows: readonly Row[] = [
  timedRow('100 mounted stores beside one behind a prefix, get', 1.2, getMounted),
  timedRow('ten mounts in each other beside one, get', 3, getThroughTen),
  timedRow('ten overlays on each other beside one, get', 3, getThroughOverlays),
  timedRow('1,000 fields in a batch beside one JSON value written whole', undefined, setFields),
]

const nameAt = (turn: number): string => NAMES[turn & 1023]!

async function filled(base: string): Promise<Store<string, Uint8Array>> {
  const store = memory()
  await store.setMany(NAMES.map(name => [base + name, BYTES]))
  return store
}

function getMounted(): Entry[] {
  return [
    raw('one store behind a prefix', async () => {
      const store = pipe(await filled('store-50/'), mapKeys(prefix('store-50/')))
      return turn => store.get(nameAt(turn))
    }),
    ours('mount', async () => {
      const fifty = await filled('')
      const stores = Array.from(
        { length: 100 },
        (_, index) => [`store-${index}/`, index === 50 ? fifty : memory()] as const,
      )
      const all: Store<string, Uint8Array> = mount(Object.fromEntries(stores))
      const keys = NAMES.map(name => `store-50/${name}`)
      return turn => all.get(keys[turn & 1023]!)
    }),
    peer('unstorage', 'mounted a hundred times, raw item', async () => {
      const { createStorage } = await import('unstorage')
      const { default: memoryDriver } = await import('unstorage/drivers/memory')
      const storage = createStorage()
      for (let index = 0; index < 100; index++) storage.mount(`store-${index}`, memoryDriver())
      const keys = NAMES.map(name => `store-50:${name}`)
      for (const key of keys) await storage.setItemRaw(key, BYTES)
      return turn => storage.getItemRaw(keys[turn & 1023]!)
    }),
  ]
}

function getThroughTen(): Entry[] {
  const nested = async (depth: number) => {
    let store = await filled('')
    for (let level = 0; level < depth; level++) store = mount({ 'm/': store })
    const keys = NAMES.map(name => 'm/'.repeat(depth) + name)
    return (turn: number) => store.get(keys[turn & 1023]!)
  }
  return [raw('one mount', () => nested(1)), ours('ten mounts', () => nested(10))]
}

function getThroughOverlays(): Entry[] {
  const stacked = async (depth: number) => {
    let store = await filled('')
    const base = readOnly(memory())
    for (let level = 0; level < depth; level++) store = overlay([store, base])
    return (turn: number) => store.get(nameAt(turn))
  }
  return [raw('one overlay', () => stacked(1)), ours('ten overlays', () => stacked(10))]
}

function setFields(): Entry[] {
  const values = compose(json<Record<string, number>>(), text())
  return [
    raw('the value, encoded and set', () => {
      const store = at(memory(), 'a/')
      return async () =>
        await store.set('value', (await values.encode(Object.fromEntries(FIELDS), 'value')) as Uint8Array)
    }),
    ours('fields, setMany', () => {
      const all = fields({ store: memory(), key: 'value', values })
      return () => all.setMany(FIELDS)
    }),
    ours('fields, 1,000 sets at once', () => {
      const all = fields({ store: memory(), key: 'value', values })
      return () => Promise.all(FIELDS.map(([name, value]) => all.set(name, value)))
    }),
  ]
}
