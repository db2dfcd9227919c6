import { bytes, collect, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { driverOf } from '../../src/adapter.ts'
import {
  type AnyReader,
  clear,
  createStore,
  fromMap,
  jsonValues,
  mapKeys,
  memory,
  pipe,
  prefix,
  type Store,
  StoreError,
  suffix,
  type WritableDriver,
} from '../../src/index.ts'
import {
  buffered,
  cached,
  fields,
  filterEntries,
  flatten,
  flush,
  grouped,
  invalidAsAbsent,
  mount,
  onMissing,
  sourced,
} from '../../src/layers.ts'

/** A store whose value at `x` is no JSON. */
async function damaged(): Promise<Store<string, unknown>> {
  const place = memory()
  await place.set('x.json', bytes('{'))
  return pipe(place, mapKeys(suffix('.json')), jsonValues())
}

/** A memory that takes nothing. */
function full(): Store<string, Uint8Array> {
  const {
    setMany: _,
    deleteMany: __,
    batch: ___,
    ...driver
  } = driverOf(memory()) as unknown as WritableDriver
  return createStore({
    ...driver,
    guarantees: { ...driver.guarantees, batchAtomic: false },
    set() {
      throw new StoreError('OutOfSpace', 'full')
    },
  })
}

describe('T12: a value that cannot be read is told by the key of the whole, on every path', () => {
  const outer = mapKeys<Store<string, unknown>, string>({
    decode: key => `o/${key}`,
    encode: key => key.slice(2),
  })
  const stores: Record<string, [key: unknown, open: (store: Store<string, unknown>) => AnyReader]> = {
    mount: ['a/x', store => mount({ 'a/': store, 'b/': memory() })],
    flatten: [['f', 'x'], store => flatten(fromMap(new Map([['f', store]])))],
    'a view of a mount': ['o/a/x', store => pipe(mount({ 'a/': store }) as typeof store, outer)],
    'a view of onMissing': [
      'o/x',
      store =>
        pipe(
          store,
          onMissing(() => 1),
          outer,
        ),
    ],
    'a view of invalidAsAbsent': ['o/x', store => pipe(store, invalidAsAbsent(), outer)],
    'a view of filterEntries': [
      'o/x',
      store =>
        pipe(
          store,
          filterEntries(() => true),
          outer,
        ),
    ],
    'a view of cached': ['o/x', store => pipe(cached(store, { near: fromMap() }), outer)],
    'a view of sourced, twice': [
      'o/o/x',
      store =>
        pipe(
          sourced(store, () => undefined) as typeof store,
          outer,
          onMissing(() => 1),
          outer,
        ),
    ],
  }
  it.each(Object.entries(stores))('%s', async (_, [key, open]) => {
    const store = open(await damaged())
    const wanted = { code: 'Corrupt', key }
    expect(await rejection(collect(store.entries()))).toMatchObject(wanted)
    expect(await rejection(collect(store.values()))).toMatchObject(wanted)
    const answered = await collect(store.getMany([key])).catch(error => error)
    if (answered instanceof Error) expect(answered).toMatchObject(wanted)
  })

  it('a mount tells it also where many are read', async () => {
    const store = mount({ 'a/': await damaged() })
    expect(await rejection(collect(store.getMany(['a/y', 'a/x'])))).toMatchObject({ key: 'a/x' })
    expect(await rejection(collect(pipe(store, mapKeys(prefix('a/'))).getMany(['x'])))).toMatchObject({
      key: 'x',
    })
  })

  it('the whole value of fields is none of its fields', async () => {
    const store = fields({ store: await damaged(), key: 'x' })
    const calls = [
      collect(store.entries()),
      collect(store.keys()),
      collect(store.getMany(['y'])),
      store.size(),
      store.setMany([['y', 1]]),
      store.deleteMany(['y']),
      clear(store, { confirm: true }),
    ]
    for (const call of calls)
      expect(await rejection(call)).toMatchObject({ code: 'Corrupt', key: undefined, store: 'fields of "x"' })
    expect(await rejection(store.set('y', 1))).toMatchObject({ code: 'Corrupt', key: 'y' })
  })

  it('an entry of a store that is grouped is no group', async () => {
    const store = grouped(await damaged(), () => 'all')
    const error = await rejection(collect(store.entries()))
    expect(error).toMatchObject({ code: 'Corrupt', key: undefined })
    expect(error.message).toContain('the entry "x": ')
    expect(await rejection(store.get('all'))).toMatchObject({ code: 'Corrupt', key: 'all' })
  })
})

describe('T12: what a buffer could not write is told by the keys of its users', () => {
  const open = (onError?: (error: StoreError) => void) =>
    buffered(pipe(full(), mapKeys(suffix('.json')), jsonValues<number>()), {
      flushAfter: 5,
      flushAt: 2,
      onError,
    })

  it('to onError, by flush and by close', async () => {
    const told: StoreError[] = []
    const store = open(error => told.push(error))
    await store.set('a', 1)
    await expect.poll(() => told.length).toBeGreaterThan(0)
    const errors = [told[0], await rejection(flush(store)), await rejection(store.close())]
    for (const error of errors) {
      expect([...(error?.failures ?? [])].map(([key, failure]) => [key, failure.key])).toEqual([['a', 'a']])
      expect(error?.message).not.toContain('.json')
    }
  })

  it('to the write for which there is no room any more', async () => {
    const store = open()
    for (let count = 0; count < 20; count++) await store.set(`${count}`, 1)
    const { failures, message } = await rejection(store.set('more', 1))
    expect(failures?.has('0')).toBe(true)
    expect(message).not.toContain('.json')
    await rejection(store.close())
  })
})
