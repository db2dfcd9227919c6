import {
  createStore,
  type Driver,
  filterKeys,
  mapKeys,
  oneOf,
  pipe,
  type Store,
  segments,
  template,
} from '@kvdol/core'
import { driverOf } from '@kvdol/core/adapter'
import { cachedKeys } from '@kvdol/core/layers'
import { expectBytes, expectSame } from '../assert.ts'
import { utf8 } from '../bytes.ts'
import { type Check, check } from '../check.ts'
import { collect } from '../collect.ts'
import type { ByteStore } from '../subject.ts'

interface Visit {
  readonly user: string
  readonly n: number
}

const visit = (n: number): Visit => ({ user: 'ann', n })
/** The same key, with its fields in another order. */
const turned = (n: number): Visit => ({ n, user: 'ann' })

/** N7: two keys that are not strings are one key when they are encoded to the same. */
export const identityOfKeys: readonly Check[] = [
  check('N7', 'a batch takes two equal tuples or records for one key, of which the later wins', async lab => {
    const { store, batches } = spied(await lab.open())
    const tuples = pipe(store, mapKeys(segments()))
    await tuples.setMany([
      [['a', 'b'], utf8('earlier')],
      [['c'], utf8('other')],
      [['a', 'b'], utf8('later')],
    ])
    expectBytes(await tuples.get(['a', 'b']), utf8('later'), 'the later of two equal tuples wins')
    const records = byVisit(store)
    await records.setMany([
      [visit(1), utf8('earlier')],
      [turned(1), utf8('later')],
    ])
    expectBytes(await records.get(visit(1)), utf8('later'), 'the later of two equal records wins')
    await records.deleteMany([visit(1), turned(1)])
    expectSame(await records.has(turned(1)), false, 'both name the key that is deleted')
    for (const keys of batches)
      expectSame(new Set(keys).size, keys.length, 'no key comes twice in one batch of the driver')
  }),
  check('N7', 'oneOf accepts keys by their content', async lab => {
    const store = await lab.open()
    const tuples = pipe(store, mapKeys(segments()))
    const records = byVisit(store)
    await tuples.set(['x', 'y'], utf8('tuple'))
    await records.set(visit(1), utf8('record'))
    const someTuples = pipe(tuples, filterKeys(oneOf([['x', 'y']])))
    expectBytes(await someTuples.get(['x', 'y']), utf8('tuple'), 'an equal tuple is accepted')
    expectSame((await collect(someTuples.keys())).length, 1, 'also when it is listed')
    const someRecords = pipe(records, filterKeys(oneOf([turned(1)])))
    expectBytes(await someRecords.get(visit(1)), utf8('record'), 'an equal record is accepted')
    expectSame((await collect(someRecords.keys())).length, 1, 'also when it is listed')
  }),
  check('N7', 'cachedKeys knows an equal key', async lab => {
    const cached = pipe(byVisit(await lab.open()), cachedKeys())
    const count = async () => (await collect(cached.keys())).length
    await cached.set(visit(1), utf8('first'))
    expectSame(await count(), 1, 'a key that is set is listed')
    await cached.set(turned(1), utf8('second'))
    expectSame(await count(), 1, 'an equal key is listed once')
    await cached.delete(turned(1))
    expectSame(await count(), 0, 'an equal key that is deleted is not listed')
  }),
]

function byVisit(store: ByteStore): Store<Visit, Uint8Array> {
  return pipe(store, mapKeys(template('{user}/{n:int}')))
}

/** The same place, and the keys of each batch that its driver gets. */
function spied(place: ByteStore): { store: ByteStore; batches: (readonly string[])[] } {
  const { close: _, guarantees, setMany, ...driver } = driverOf(place) as Driver
  const batches: (readonly string[])[] = []
  const store = createStore(
    {
      ...driver,
      guarantees: { ...guarantees, batchAtomic: false },
      async setMany(entries: readonly (readonly [string, Uint8Array])[], options: object) {
        batches.push(entries.map(([key]) => key))
        if (setMany !== undefined) return await setMany.call(driver, entries, options)
        for (const [key, value] of entries) await driver.set?.(key, value, options)
      },
    } as never,
    { allowTornReads: true },
  )
  return { store: store as ByteStore, batches }
}
