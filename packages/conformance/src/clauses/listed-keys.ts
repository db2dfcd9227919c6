import { createStore, type Driver } from '@kvdol/core'
import { checkKey, driverOf } from '@kvdol/core/adapter'
import { ensure, expectKeys, expectSame } from '../assert.ts'
import { type Check, check } from '../check.ts'
import { collect, keysOf } from '../collect.ts'
import type { ByteStore } from '../subject.ts'

/** What a backend can hold and no key is: somebody else has put it there. */
const ILLEGAL: readonly unknown[] = [
  '',
  '\ud800',
  'x\udfff',
  'y'.repeat(1025),
  'é'.repeat(513),
  5,
  null,
  undefined,
]

/** N5: what reaches the user of a listing. */
export const listedKeys: readonly Check[] = [
  check('N5', 'a listing gives legal keys, each once', async lab => {
    const store = await lab.open()
    await lab.fill(store, lab.oddKeys)
    assertLegal(await keysOf(store))
    assertLegal((await collect(store.entries())).map(([key]) => key))
  }),
  check(
    'N5',
    'a listing gives legal keys also where there are foreign entries',
    async lab => {
      const store = await lab.open()
      await lab.fill(store, ['own', 'own/too'])
      const planted = (await lab.subject.crowd?.(store)) ?? []
      const keys = await keysOf(store)
      assertLegal(keys)
      // Entries of another kind may be listed, and are not read then (N4).
      if (!planted.some(key => keys.includes(key)))
        assertLegal((await collect(store.entries())).map(([key]) => key))
    },
    ['crowd'],
  ),
  check(
    'N5',
    'what is no legal key, and what comes twice, is left out of what the driver lists',
    async lab => {
      if (lab.subject.view === true) return lab.skip('the driver is tried without the view')
      const place = await lab.open()
      if (driverOf(place).keyType === 'any') return lab.skip('the driver checks its keys itself')
      const stored = await lab.fill(place, ['a', 'b/c', 'd', 'e'])
      const told: unknown[] = []
      const store = polluted(driverOf(place) as Driver, key => told.push(key))
      expectKeys(await keysOf(store), stored.keys(), 'keys gives the legal keys, each once')
      expectKeys(
        (await collect(store.entries())).map(([key]) => key),
        stored.keys(),
        'entries gives the legal keys, each once',
      )
      expectSame((await collect(store.values())).length, stored.size, 'values gives one for each legal key')
      expectSame(await store.size(), stored.size, 'size counts the legal keys, each once')
      ensure(
        ILLEGAL.every(key => told.includes(key)),
        'onIllegalKey is told of what is left out',
        `${told.length} calls`,
      )
    },
  ),
]

/** The same place, whose listing gives more than it should. */
function polluted(driver: Driver, onIllegalKey: (key: unknown) => void): ByteStore {
  const { keyPages, entryPages: _, size: __, close: ___, ...rest } = driver
  const listed = createStore({ ...rest, ...(keyPages && { keyPages }) } as never, {
    allowTornReads: true,
  }) as ByteStore
  return createStore(
    {
      ...rest,
      guarantees: { ...rest.guarantees, order: 'none' },
      listsOnce: false,
      onIllegalKey,
      async *keys() {
        const keys = await keysOf(listed)
        yield* ILLEGAL as never[]
        yield* keys
        yield* ILLEGAL as never[]
        yield* keys.toReversed()
      },
    } as never,
    { allowTornReads: true },
  ) as ByteStore
}

function assertLegal(keys: readonly string[]): void {
  for (const key of keys) {
    let refused: unknown
    try {
      checkKey(key)
    } catch (error) {
      refused = error
    }
    ensure(refused === undefined, 'every key that is listed can be used', String(refused), key)
  }
  expectSame(new Set(keys).size, keys.length, 'no key is listed twice')
}
