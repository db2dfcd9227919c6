import { ensure, expectKeys, expectSame, outcome, settles } from '../assert.ts'
import { utf8 } from '../bytes.ts'
import { type Check, check } from '../check.ts'
import { collect, keysOf } from '../collect.ts'
import { openResources } from '../resources.ts'
import { together } from '../together.ts'
import { numbered } from './listing.ts'

/** L3, L5 to L7, L10: listings while things change, and listings that are left. */
export const listingInMotion: readonly Check[] = [
  check('L3', 'a listing ends although every step adds a key', async lab => {
    const store = await lab.open()
    const keys = await numbered(store, lab.amounts.steps)
    const seen: string[] = []
    for await (const key of store.keys()) {
      seen.push(key)
      ensure(
        seen.length < 2000,
        'a listing ends although every step adds a key',
        `${seen.length} keys and no end`,
      )
      await store.set(`n/added-${seen.length}`, utf8('x'))
    }
    expectKeys(
      seen.filter(key => keys.includes(key)),
      keys,
      'a key that is there the whole time appears exactly once',
    )
  }),
  check('L3', 'keys that stay are listed once while others come and go', async lab => {
    const store = await lab.open()
    const keys = await numbered(store, lab.amounts.steps)
    const [gone, stay] = [
      keys.filter((_, index) => index % 2 === 0),
      keys.filter((_, index) => index % 2 === 1),
    ]
    const seen: string[] = []
    for await (const key of store.keys()) {
      seen.push(key)
      ensure(seen.length < 2000, 'a listing ends', `${seen.length} keys and no end`)
      const victim = gone.pop()
      await together([
        ...(victim === undefined ? [] : [store.delete(victim)]),
        store.set(stay[seen.length % stay.length] ?? '', utf8(`again ${seen.length}`)),
      ])
    }
    expectKeys(
      seen.filter(key => stay.includes(key)),
      stay,
      'a key that is there the whole time appears exactly once',
    )
    expectSame(new Set(seen).size, seen.length, 'no key appears twice')
  }),
  check('L3', 'a listing survives the deletion of everything', async lab => {
    const store = await lab.open()
    const keys = await numbered(store, 200)
    const seen: string[] = []
    for await (const key of store.keys()) {
      if (seen.length === 0) await store.deleteMany(keys)
      seen.push(key)
    }
    expectSame(new Set(seen).size, seen.length, 'no key appears twice')
    expectKeys(await keysOf(store), [], 'a later listing is empty')
  }),
  check('L5', 'leaving a listing early releases everything', async lab => {
    const store = await lab.open()
    await numbered(store, 300)
    const count = await openResources(lab)
    await leave(store.keys.bind(store), 3)
    const before = await count()
    for (let round = 0; round < lab.amounts.exits / 4; round++) await leave(store.keys.bind(store), round % 5)
    await new Promise(resolve => setTimeout(resolve, 20))
    const after = await count()
    ensure(after <= before + 2, 'as much is open as before', `${after} handles instead of ${before}`)
  }),
  check('L5', 'a listing that was left does not go on', async lab => {
    const store = await lab.open()
    await numbered(store, 10)
    const iterator = store.keys()[Symbol.asyncIterator]()
    await iterator.next()
    await iterator.return?.()
    expectSame(
      (await settles(iterator.next(), 'a listing that was left ends')).done,
      true,
      'a listing that was left has ended',
    )
    expectSame((await collect(store.keys())).length, 10, 'another listing is not affected')
  }),
  check('L5', 'two listings at once do not disturb each other', async lab => {
    const store = await lab.open()
    const keys = await numbered(store, 150)
    const [first, second] = [store.keys()[Symbol.asyncIterator](), store.keys()[Symbol.asyncIterator]()]
    await first.next()
    await second.next()
    await first.return?.()
    const rest = await collect({ [Symbol.asyncIterator]: () => second })
    expectSame(rest.length, keys.length - 1, 'the other listing goes on')
  }),
  check(
    'L6',
    'the first key comes before the last page is asked for',
    async lab => {
      const store = await lab.open()
      await numbered(store, 2501)
      const requests = lab.subject.requests ?? (() => 0)
      const start = requests()
      await leave(store.keys.bind(store), 0)
      const few = requests() - start
      await keysOf(store)
      const all = requests() - start - few
      ensure(
        few < all || all <= 1,
        'one key costs fewer requests than all',
        `${few} requests for one key, ${all} for all`,
      )
    },
    ['requests'],
  ),
  check(
    'L7',
    'a backend that fails during a listing makes it reject',
    async lab => {
      const store = await lab.open()
      const keys = await numbered(store, 1200)
      const iterator = store.keys()[Symbol.asyncIterator]()
      const seen = [(await iterator.next()).value ?? '']
      await lab.subject.outage?.(store)
      const rest = await outcome(() => collect({ [Symbol.asyncIterator]: () => iterator }))
      if (rest.ok)
        expectKeys([...seen, ...rest.value], keys, 'an error never looks like the end of the listing')
      const next = await outcome(() => keysOf(store))
      ensure(
        !next.ok,
        'a listing rejects when the backend fails',
        'a listing that ends as if nothing were there',
      )
    },
    ['outage'],
  ),
  check('L10', 'entries leaves out what is deleted meanwhile', async lab => {
    const store = await lab.open()
    const keys = await numbered(store, 100)
    const seen: string[] = []
    for await (const [key, value] of store.entries({ concurrency: 1 })) {
      ensure(value instanceof Uint8Array, 'entries gives no key without a value', String(value), key)
      seen.push(key)
      if (seen.length === 1) await store.deleteMany(keys.slice(50))
    }
    const stayed = keys.slice(0, 50)
    expectKeys(
      seen.filter(key => stayed.includes(key)),
      stayed,
      'the keys that stay come with their values',
    )
  }),
]

/** Takes some keys and leaves the loop, by `break` or by an error. */
async function leave(keys: () => AsyncIterable<string>, steps: number): Promise<void> {
  let taken = 0
  try {
    for await (const _ of keys()) {
      if (taken++ < steps) continue
      if (steps % 2 === 0) break
      throw new RangeError('left on purpose')
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
}
