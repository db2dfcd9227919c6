import { isStoreError, type Store } from '@kvdol/core'
import { describe, expect, it, vi } from 'vitest'
import { type LockHost, Sightings } from '../src/file/index.ts'
import { bytes, text } from './support/helpers.ts'
import { memoryPort } from './support/memory-port.ts'
import { explore, type Schedule, Turns } from './support/turns.ts'

type Outcome = 'done' | 'refused' | 'unknown'

/** What a process does to the key, and what that means for one value after the other. */
interface Operation {
  readonly call: (store: Store<string, Uint8Array>, etag: string) => Promise<void>
  /** The value after it; `undefined` when the operation refuses this one. A value of `null` is none. */
  readonly becomes: (value: string | null) => string | null | undefined
}

const OPERATIONS = {
  update: {
    call: (store, etag) => store.set('n', bytes('updated'), { ifMatch: etag }),
    becomes: value => (value === 'old' ? 'updated' : undefined),
  },
  delete: { call: store => store.delete('n'), becomes: () => null },
  create: {
    call: store => store.set('n', bytes('created'), { ifAbsent: true }),
    becomes: value => (value === null ? 'created' : undefined),
  },
  set: { call: store => store.set('n', bytes('plain')), becomes: () => 'plain' },
  'conditional delete': {
    call: (store, etag) => store.delete('n', { ifMatch: etag }),
    becomes: value => (value === 'old' ? null : undefined),
  },
} satisfies Record<string, Operation>

/** A copy of the module: a process of its own, as far as it knows. */
async function copy() {
  vi.resetModules()
  return await import('../src/files.ts')
}
const copies = [await copy(), await copy(), await copy()]

const nobody = (index: number, turns: Turns): LockHost => ({
  clock: {
    monotonic: () => 0,
    wall: () => 0,
    sleep: () => turns.stop(index, true),
    every: () => () => {},
  },
  sightings: new Sightings(),
  holder: { place: 'a1', process: index + 1, started: '1', hasEnded: () => false },
})

/** Lets the operations run in this order of steps; throws when no order of whole operations explains what came of it. */
async function run(operations: readonly Operation[], schedule: Schedule): Promise<number[][]> {
  const disk = memoryPort()
  await disk.mkdir('/root')
  const turns = new Turns(operations.length)
  const stores = operations.map((_, index) => {
    const { createFiles } = copies[index] as (typeof copies)[number]
    return createFiles('/root', {}, turns.port(index, disk), nobody(index, turns))
  })
  for (const store of stores) await store.set('n', bytes('old'))
  const etag = (await stores[0]?.stat('n'))?.etag as string
  const outcomes: Outcome[] = []
  const choices = await turns.run(
    operations.map(({ call }, index) => async () => {
      outcomes[index] = await call(stores[index] as Store<string, Uint8Array>, etag).then(
        () => 'done' as const,
        (error: unknown) => {
          if (!isStoreError(error, 'Conflict')) throw error
          return error.outcome === 'unknown' ? 'unknown' : 'refused'
        },
      )
    }),
    schedule,
  )
  const value = text(await stores[0]?.get('n')) ?? null
  const said = `${outcomes.join(', ')}; then ${value}; schedule ${JSON.stringify([...schedule])}`
  expect(explained('old', value, operations, outcomes), said).toBe(true)
  const names = (await (await disk.opendir('/root', 512)).next()).map(({ name }) => name)
  expect(names, said).toEqual(value === null ? [] : ['n'])
  return choices
}

/** Whether the operations, one after the other in some order, make `end` of `value` with these outcomes. */
function explained(
  value: string | null,
  end: string | null,
  operations: readonly Operation[],
  outcomes: readonly Outcome[],
): boolean {
  if (operations.length === 0) return value === end
  return operations.some(({ becomes }, index) => {
    const others = (list: readonly unknown[]) => list.filter((_, at) => at !== index) as never[]
    const next = becomes(value)
    const after: (string | null)[] = []
    if (outcomes[index] !== 'done' && next === undefined) after.push(value)
    if (outcomes[index] !== 'refused' && next !== undefined) after.push(next)
    return after.some(each => explained(each, end, others(operations), others(outcomes)))
  })
}

/** How often the order of steps may change: twice in the long run, and always where three can spoil what two cannot. */
const CHANGES = process.env.KVDOL_TEST_VARIANTS === 'all' ? 2 : 1

describe('three processes at one key, step by step', () => {
  const names = Object.keys(OPERATIONS) as (keyof typeof OPERATIONS)[]
  const triples = names.flatMap((a, first) =>
    names
      .slice(first + 1)
      .flatMap((b, second) => names.slice(first + second + 2).map(c => [a, b, c] as const)),
  )
  it.each(triples)(
    '%s, %s, %s',
    async (...three) => {
      const operations = three.map(name => OPERATIONS[name])
      const all = (changes: number, first: number) =>
        explore(changes, first, schedule => run(operations, schedule))
      // An update that stops before it replaces the file is what the others can spoil.
      const spoilt = three.join() === 'update,delete,create' ? 2 : CHANGES
      expect(await all(spoilt, 0)).toBeGreaterThan(10)
      for (const first of [1, 2]) await all(CHANGES, first)
    },
    120_000,
  )

  it('create, create, delete', async () => {
    const { create, delete: remove } = OPERATIONS
    for (const first of [0, 2])
      await explore(CHANGES, first, schedule => run([create, create, remove], schedule))
  }, 120_000)
})
