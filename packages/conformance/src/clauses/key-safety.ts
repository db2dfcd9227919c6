import { ensure, expectBytes, expectKeys, expectRejects, expectSame, outcome } from '../assert.ts'
import { utf8 } from '../bytes.ts'
import { type Check, check } from '../check.ts'
import { collect, keysOf } from '../collect.ts'
import { eachAtOnce } from '../each-at-once.ts'
import { expectExactly } from '../expect-exactly.ts'
import { oddKeyFamilies } from '../odd-keys.ts'

/** K9, K10, K13, K14: keys that attack, names that mean something elsewhere, and the limits. */
export const keySafety: readonly Check[] = [
  check(
    'K9',
    'no odd key changes anything around the store',
    async lab => {
      const store = await lab.openGuarded()
      for (const key of lab.oddKeys) {
        await lab.put(store, key)
        await outcome(() => store.get(key))
        await outcome(() => keysOf(store, { prefix: key }))
        await outcome(() => keysOf(store, { after: key }))
      }
      for (const key of lab.oddKeys) await outcome(() => store.delete(key))
    },
    ['canaries'],
  ),
  check('K10', 'names of built-in properties are absent from an empty store', async lab => {
    const store = await lab.open()
    await eachAtOnce(oddKeyFamilies.builtIn, async key => {
      expectBytes(await store.get(key), undefined, 'an empty store has no value', key)
      expectSame(await store.has(key), false, 'an empty store has no key', key)
      expectSame(await store.stat(key), undefined, 'an empty store knows of no value', key)
    })
  }),
  check('K10', 'names of built-in properties are ordinary keys, also in batches', async lab => {
    const before = Object.getOwnPropertyNames(Object.prototype)
    const store = await lab.open()
    const stored = await lab.fill(store, oddKeyFamilies.builtIn)
    await expectExactly(store, stored, 'names of built-in properties are ordinary keys')
    for (const [key, value] of await collect(store.getMany(stored.keys())))
      expectBytes(value, stored.get(key), 'getMany knows the key', key)
    expectKeys(
      (await collect(store.entries())).map(([key]) => key),
      stored.keys(),
      'entries knows the keys',
    )
    await store.setMany([...stored.keys()].map(key => [key, utf8('again')]))
    await eachAtOnce(stored.keys(), async key =>
      expectBytes(await store.get(key), utf8('again'), 'setMany knows the key', key),
    )
    expectSame(
      Object.getOwnPropertyNames(Object.prototype).join(),
      before.join(),
      'Object.prototype stays as it is',
    )
  }),
  check('K13', 'no internal name is listed while values are written', async lab => {
    const store = await lab.open()
    const names = new Set(Array.from({ length: 20 }, (_, index) => `entry-${index}`))
    const writing = (async () => {
      for (let round = 0; round < 5; round++)
        await Promise.all([...names].map(key => store.set(key, utf8(`${key} ${round}`.repeat(100)))))
    })()
    let done = false
    const ended = writing.finally(() => {
      done = true
    })
    while (!done) {
      for (const key of await keysOf(store))
        ensure(names.has(key), 'only keys that were set are listed', 'another', key)
      // Gives the writers their turn also where everything answers at once.
      await new Promise(resolve => setTimeout(resolve))
    }
    await ended
  }),
  check('K13', 'internal names are ordinary keys or refused, and hurt no other', async lab => {
    const store = await lab.open()
    const stored = await lab.fill(store, ['x', 'x.json', 'file', ...oddKeyFamilies.internal])
    for (const key of [...stored.keys()].toReversed()) {
      await store.set(key, utf8(`again ${key}`))
      stored.set(key, utf8(`again ${key}`))
    }
    await expectExactly(store, stored, 'a key is never taken for a file of the backend')
  }),
  check('K14', 'keys near the limits work', async lab => {
    const store = await lab.open()
    await expectExactly(store, await lab.fill(store, oddKeyFamilies.lengths), 'long keys work')
  }),
  check('K14', 'a key of the declared length works and a longer one is refused', async lab => {
    const store = await lab.open()
    const { maxKeyBytes } = lab.guarantees(store)
    const room = maxKeyBytes - (lab.subject.keyOverhead ?? 0)
    const [longest, tooLong] = ['x'.repeat(room), 'x'.repeat(room + 1)]
    await lab.put(store, longest)
    await expectRejects(
      () => store.set(tooLong, utf8('x')),
      'InvalidKey',
      `a key has at most ${room} bytes here`,
    )
  }),
]
