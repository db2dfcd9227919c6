import {
  batch,
  children,
  clear,
  createStore,
  type Driver,
  type ErrorCode,
  getWithStat,
  pathOf,
  pipe,
  readOnly,
  readStream,
  remove,
  rename,
  urlOf,
  watch,
  writeStream,
} from '@kvdol/core'
import { driverOf } from '@kvdol/core/adapter'
import { expectRejects, expectSame } from '../assert.ts'
import { utf8 } from '../bytes.ts'
import { type Check, check } from '../check.ts'
import { collect, keysOf } from '../collect.ts'
import { expectExactly } from '../expect-exactly.ts'
import { isOfCore } from '../is-of-core.ts'
import type { Lab } from '../lab.ts'
import type { ByteStore } from '../subject.ts'

/** What can be wrong with a call, in the order in which it is refused, and how it is. */
const FAULTS = {
  closed: ['Closed'],
  aborted: ['Aborted'],
  'an illegal option': ['InvalidArgument', 'Unsupported'],
  'an illegal key': ['InvalidKey'],
  'a read-only store': ['ReadOnly'],
  'an unsupported option': ['Unsupported'],
  'an illegal value': ['InvalidValue'],
} as const satisfies Record<string, readonly ErrorCode[]>

type Fault = keyof typeof FAULTS

const ORDER = Object.keys(FAULTS) as readonly Fault[]

/** What a call is given: sound, but for its faults. */
interface Given {
  readonly key: string
  readonly value: Uint8Array
  readonly options: never
}

/** A method, with an option that it refuses always, one that it refuses where it cannot honour it, and its arguments. */
interface Tried {
  readonly illegal: object
  readonly unsupported?: readonly [condition: 'ifAbsent' | 'ifMatch' | 'deleteIfMatch', options: object]
  readonly takes: readonly ('key' | 'value' | 'write')[]
  readonly call: (store: ByteStore, given: Given) => Promise<unknown>
}

const UNKNOWN = { nonsense: 1 }

const METHODS: Readonly<Record<string, Tried>> = {
  get: reads((store, { key, options }) => store.get(key, options)),
  getOrThrow: reads((store, { key, options }) => store.getOrThrow(key, options)),
  has: reads((store, { key, options }) => store.has(key, options)),
  stat: reads((store, { key, options }) => store.stat(key, options)),
  readStream: reads((store, { key, options }) => readStream(store, key, options)),
  getWithStat: reads((store, { key, options }) => getWithStat(store, key, options)),
  pathOf: reads((store, { key, options }) => pathOf(store, key, options)),
  urlOf: reads((store, { key, options }) => urlOf(store, key, options)),
  children: {
    illegal: UNKNOWN,
    takes: [],
    call: (store, { options }) => collect(children(store, '', options)),
  },
  watch: {
    illegal: { prefix: 7 },
    takes: [],
    call: (store, { options }) => collect(watch(store, options)),
  },
  getMany: {
    illegal: { concurrency: 0 },
    takes: ['key'],
    call: (store, { key, options }) => collect(store.getMany([key], options)),
  },
  size: { illegal: UNKNOWN, takes: [], call: (store, { options }) => store.size(options) },
  keys: { illegal: { limit: -1 }, takes: [], call: (store, { options }) => keysOf(store, options) },
  entries: {
    illegal: { limit: 1.5 },
    takes: [],
    call: (store, { options }) => collect(store.entries(options)),
  },
  set: {
    illegal: { transfer: 'yes' },
    unsupported: ['ifMatch', { ifMatch: 'etag' }],
    takes: ['key', 'write', 'value'],
    call: (store, { key, value, options }) => store.set(key, value, options),
  },
  delete: {
    illegal: UNKNOWN,
    unsupported: ['deleteIfMatch', { ifMatch: 'etag' }],
    takes: ['key', 'write'],
    call: (store, { key, options }) => store.delete(key, options),
  },
  remove: {
    illegal: UNKNOWN,
    takes: ['key', 'write'],
    call: (store, { key, options }) => remove(store, key, options),
  },
  batch: {
    illegal: { concurrency: 0 },
    takes: ['write'],
    call: (store, { key, options }) => batch(store, [{ delete: key }], options),
  },
  // Which of its entries is illegal, a batch tells entry by entry.
  setMany: {
    illegal: { concurrency: 0 },
    takes: ['write'],
    call: (store, { key, value, options }) => store.setMany([[key, value]], options),
  },
  deleteMany: {
    illegal: { concurrency: 0 },
    takes: ['write'],
    call: (store, { key, options }) => store.deleteMany([key], options),
  },
  writeStream: {
    illegal: { size: -1 },
    unsupported: ['ifAbsent', { ifAbsent: true }],
    takes: ['key', 'write'],
    call: (store, { key, value, options }) => writeStream(store, key, [value], options),
  },
  rename: {
    illegal: UNKNOWN,
    unsupported: ['ifAbsent', { ifAbsent: true }],
    takes: ['key', 'write'],
    call: (store, { key, options }) => rename(store, 'stays', key, options),
  },
}

function reads(call: Tried['call']): Tried {
  return { illegal: UNKNOWN, takes: ['key'], call }
}

/** N8: which refusal comes first, and that nothing comes before it. */
export const orderOfRefusals: readonly Check[] = [
  check('N8', 'of two faults the earlier in the order is told, and nothing is touched', async lab => {
    const store = await lab.open()
    const closed = await lab.open()
    await closed.close()
    await store.set('stays', utf8('value'))
    const before = lab.subject.requests?.()
    for (const [name, tried] of methodsOf(store))
      for (const [one, other] of pairs(faultsOf(lab, store, tried)))
        await expectRejects(
          () => callWith(tried, new Set([one, other]), store, closed),
          FAULTS[one],
          `${name} refuses ${one} before ${other}`,
        )
    expectSame(lab.subject.requests?.(), before, 'nothing is asked of the backend before a call is refused')
    await expectExactly(store, new Map([['stays', utf8('value')]]), 'a refused call changes nothing')
  }),
  check('N8', 'clear of a read-only store is refused as such, also where the root is shared', async lab => {
    const { close: _, ...driver } = driverOf(await lab.open()) as Driver
    const shared = createStore({ ...driver, sharedRoot: true } as never, {
      allowTornReads: true,
    }) as ByteStore
    await expectRejects(() => clear(shared, { confirm: true }), 'Unsupported', 'a shared root is not cleared')
    await expectRejects(
      () => clear(pipe(shared, readOnly) as ByteStore, { confirm: true }),
      'ReadOnly',
      'clear refuses a read-only store before a shared root',
    )
  }),
]

/** Functions of core cannot know that a store is closed which core has not made. */
function methodsOf(store: ByteStore): [name: string, tried: Tried][] {
  return Object.entries(METHODS).filter(([name]) => isOfCore(store) || name in store)
}

/** The faults that a call of this method can have. */
function faultsOf(lab: Lab, store: ByteStore, { unsupported, takes }: Tried): Fault[] {
  const able = unsupported === undefined || lab.guarantees(store).conditions.includes(unsupported[0])
  const possible: Readonly<Record<Fault, boolean>> = {
    closed: true,
    aborted: true,
    'an illegal option': true,
    'an illegal key': takes.includes('key'),
    // A view of another maker's store does not know that it is closed.
    'a read-only store': isOfCore(store) && takes.includes('write'),
    'an unsupported option': !able,
    'an illegal value': takes.includes('value'),
  }
  return ORDER.filter(fault => possible[fault])
}

function* pairs(faults: readonly Fault[]): Generator<[Fault, Fault]> {
  for (const [index, one] of faults.entries()) for (const other of faults.slice(index + 1)) yield [one, other]
}

function callWith(
  { illegal, unsupported, call }: Tried,
  faults: ReadonlySet<Fault>,
  open: ByteStore,
  closed: ByteStore,
): Promise<unknown> {
  const store = faults.has('closed') ? closed : open
  const options = {
    ...(faults.has('aborted') && { signal: AbortSignal.abort() }),
    ...(faults.has('an illegal option') && illegal),
    ...(faults.has('an unsupported option') && unsupported?.[1]),
  }
  return call(faults.has('a read-only store') ? (pipe(store, readOnly) as ByteStore) : store, {
    key: faults.has('an illegal key') ? '' : 'key',
    value: (faults.has('an illegal value') ? 5 : utf8('x')) as never,
    options: options as never,
  })
}
