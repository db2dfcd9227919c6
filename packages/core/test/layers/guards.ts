import { memory, type Store } from '../../src/index.ts'
import {
  appendable,
  filterEntries,
  limit,
  noDelete,
  observed,
  onOverwrite,
  retry,
  timeout,
  ulid,
} from '../../src/layers.ts'

export type Bytes = Store<string, Uint8Array>

/** A layer with which every store keeps the whole contract. */
export interface Guard {
  readonly name: string
  readonly over: (store: Bytes) => Bytes
}

/** What no test stores. */
export const HIDDEN = Uint8Array.from('left out of every store, by its value', each => each.charCodeAt(0))

const isHidden = (value: Uint8Array) =>
  value.byteLength === HIDDEN.byteLength && value.every((byte, index) => byte === HIDDEN[index])

/** Every guard, set so that it lets through what the contract asks for. */
export const guards: readonly Guard[] = [
  { name: 'noDelete of other keys', over: noDelete<Bytes>(key => key.startsWith('never written/')) },
  { name: 'onOverwrite that agrees', over: onOverwrite<Bytes>({ policy: () => true, same: false }) },
  {
    name: 'onOverwrite that agrees later, but for equal values',
    over: onOverwrite<Bytes>({ policy: async () => true }),
  },
  {
    name: 'filterEntries by value',
    over: filterEntries<Bytes>(value => !isHidden(value), { reads: 'value' }),
  },
  {
    name: 'filterEntries by stat, later',
    over: filterEntries<Bytes>(async stat => stat !== null, { reads: 'stat' }),
  },
  { name: 'retry', over: retry() },
  { name: 'limit of one', over: limit({ concurrency: 1 }) },
  { name: 'limit of three', over: limit({ concurrency: 3, rate: { calls: 1_000_000, per: 1 } }) },
  { name: 'timeout', over: timeout(600_000) },
  { name: 'observed', over: observed<Bytes>({ start: () => 1, end: () => {} }) },
  { name: 'appendable', over: store => appendable(store, ulid()) },
]

/** A memory in which entries lie that only `filterEntries` hides. */
export async function crowdedMemory(): Promise<Bytes> {
  const store = memory()
  for (const key of ['a hidden one', 'hidden/2', '~hidden']) await store.set(key, HIDDEN)
  return store
}
