import { memory, pipe, type Store } from '@kvdol/core'
import { limit, noDelete, observed, retry, timeout } from '@kvdol/core/layers'
import { ours, raw } from '../entry.ts'
import type { Row } from '../row.ts'
import { timedRow } from '../timed-row.ts'

type Bytes = Store<string, Uint8Array>

const UNHEARD = 1.2
const TEN = 3
const NAMES = Array.from({ length: 1024 }, (_, index) => `reports/2026/report-${10_000 + index}`)
const VALUE = new Uint8Array(64).fill(7)

/** What guards cost that let calls through. The raw contestant is the store, or one guard. */
export const guardRows: readonly Row[] = [
  beside('observed with no hooks beside the store, get', UNHEARD, observed({})),
  beside('observed with a hook beside the store, get', undefined, observed({ end: () => {} })),
  beside('limit that is not reached beside the store, get', undefined, limit({ concurrency: 100 })),
  timedRow('ten guards beside one, get', TEN, () => [
    raw('one guard', async () => getting(one(await filled()))),
    ours('ten guards', async () => getting(ten(await filled()))),
  ]),
  timedRow('ten guards beside one, set', TEN, () => [
    raw('one guard', async () => setting(one(await filled()))),
    ours('ten guards', async () => setting(ten(await filled()))),
  ]),
]

function beside(name: string, times: number | undefined, guard: (store: Bytes) => Bytes): Row {
  return timedRow(name, times, () => [
    raw('the store', async () => getting(await filled())),
    ours('the store behind it', async () => getting(guard(await filled()))),
  ])
}

const one = limit({ concurrency: 100 })

/** Every guard that lets both reads and writes through, some of them twice. */
function ten(store: Bytes): Bytes {
  const five = (below: Bytes): Bytes =>
    pipe(
      below,
      limit({ concurrency: 100 }),
      timeout(60_000),
      retry(),
      noDelete(),
      observed({ end: () => {} }),
    )
  return five(five(store))
}

async function filled(): Promise<Bytes> {
  const store = memory()
  await store.setMany(NAMES.map(name => [name, VALUE]))
  return store
}

const nameAt = (turn: number): string => NAMES[turn & 1023]!

const getting = (store: Bytes) => (turn: number) => store.get(nameAt(turn))
const setting = (store: Bytes) => (turn: number) => store.set(nameAt(turn), VALUE, { transfer: true })
