import { ensure, expectBytes, expectKeys, expectRejects, expectSame } from '../assert.ts'
import { utf8 } from '../bytes.ts'
import { type Check, check } from '../check.ts'
import { collect, keysOf } from '../collect.ts'
import { eachAtOnce } from '../each-at-once.ts'
import { expectExactly } from '../expect-exactly.ts'
import { compareUtf8Bytes } from '../order.ts'
import type { ByteStore } from '../subject.ts'

/** JavaScript, folder walks and UTF-8 disagree about the order of these. */
const TRICKY = [
  't-/x',
  't/x',
  't',
  't/',
  'a',
  'a/b',
  'a0',
  'a-b',
  '\uffff',
  '😀',
  '\ue000',
  'é',
  'z',
  'Z',
  'e\u0301',
  'ab',
  'a/b/c',
  'a b',
]

/** L1, L2, L4, L8, L9: what a listing of a store at rest gives. */
export const listing: readonly Check[] = [
  check('L1', 'any number of keys is listed, each once', async lab => {
    for (const count of lab.amounts.counts) {
      const store = await lab.open()
      const keys = await numbered(store, count)
      expectKeys(await keysOf(store), keys, `all ${count} keys are listed, each once`)
      expectKeys(
        await keysOf(store, { prefix: 'n/1' }),
        keys.filter(key => key.startsWith('n/1')),
        'also by prefix',
      )
      for (const limit of [100, 128, 150, 1000].filter(each => each < count))
        expectSame(
          (await keysOf(store, { limit })).length,
          limit,
          `limit ${limit} gives so many of ${count} keys`,
        )
      const entries = await collect(store.entries())
      expectKeys(
        entries.map(([key]) => key),
        keys,
        `entries has all ${count} keys, each once`,
      )
      for (const [key, value] of entries)
        expectBytes(value, utf8(key), 'entries pairs keys with their values', key)
    }
  }),
  check('L1', 'a deleted key is listed no more, a replaced one once', async lab => {
    const store = await lab.open()
    const keys = await numbered(store, 300)
    await store.deleteMany(keys.filter((_, index) => index % 2 === 0))
    await eachAtOnce(
      keys.filter((_, index) => index % 3 === 0),
      key => store.set(key, utf8('again')),
    )
    expectKeys(
      await keysOf(store),
      keys.filter((_, index) => index % 2 === 1 || index % 3 === 0),
      'exactly the live keys',
    )
  }),
  check('L1', 'entries and values go with keys', async lab => {
    const store = await lab.open()
    const stored = await lab.fill(store, lab.oddKeys.slice(0, 40))
    const entries = await collect(store.entries())
    expectKeys(
      entries.map(([key]) => key),
      stored.keys(),
      'entries has every key once',
    )
    for (const [key, value] of entries)
      expectBytes(value, stored.get(key), 'entries pairs keys with their values', key)
    expectSame((await collect(store.values())).length, stored.size, 'values has as many items')
    expectSame((await collect(store)).length, stored.size, 'the store itself iterates over its entries')
  }),
  check('L1', 'limit gives so many of the keys', async lab => {
    const store = await lab.open()
    const keys = await numbered(store, 20)
    for (const limit of [0, 1, 7, 19, 20, 21, 1000]) {
      const listed = await keysOf(store, { limit })
      expectSame(listed.length, Math.min(limit, keys.length), `limit ${limit} gives so many keys`)
      for (const key of listed) ensure(keys.includes(key), 'only live keys are listed', 'another', key)
    }
    const some = await keysOf(store, { prefix: 'n/1', limit: 5 })
    expectSame(some.length, 5, 'limit counts the keys with the prefix')
    for (const key of some)
      ensure(key.startsWith('n/1'), 'only keys with the prefix are listed', 'another', key)
  }),
  check('L2', 'a declared order is that of the UTF-8 bytes', async lab => {
    const store = await lab.open()
    if (lab.guarantees(store).order === 'none') return lab.skip('no order is declared')
    await lab.fill(store, lab.random.shuffle([...TRICKY, ...lab.oddKeys]))
    expectAscending(await keysOf(store))
    for (const prefix of ['a', 't', 'a/', '\u00e9']) expectAscending(await keysOf(store, { prefix }))
    expectAscending((await collect(store.entries())).map(([key]) => key))
  }),
  check('L2', 'a declared order holds over many keys', async lab => {
    const store = await lab.open()
    if (lab.guarantees(store).order === 'none') return lab.skip('no order is declared')
    await numbered(store, lab.amounts.counts.at(-1) ?? 0)
    expectAscending(await keysOf(store))
  }),
  check('L4', 'after gives the keys behind it, whether it lives or not', async lab => {
    const store = await lab.open()
    if (lab.guarantees(store).order === 'none') return await refusesAfter(store)
    const keys = [...(await lab.fill(store, lab.random.shuffle([...TRICKY, ...lab.oddKeys]))).keys()].sort(
      compareUtf8Bytes,
    )
    for (const after of [...TRICKY, 'nothing like it', '!', '\u{10ffff}\u{10ffff}'])
      await continues(store, keys, after)
    for (const after of TRICKY.filter(key => keys.includes(key))) {
      await store.delete(after)
      await continues(
        store,
        keys.filter(key => key !== after),
        after,
      )
      await store.set(after, utf8(after)).catch(() => {})
    }
  }),
  check('L4', 'pages by after and limit give every key once', async lab => {
    const store = await lab.open()
    if (lab.guarantees(store).order === 'none') return await refusesAfter(store)
    const keys = await numbered(store, 50)
    for (const limit of [1, 3, 49, 50]) {
      const listed: string[] = []
      for (;;) {
        const after = listed.at(-1)
        const page = await keysOf(store, after === undefined ? { limit } : { after, limit })
        if (page.length === 0) break
        listed.push(...page)
        ensure(
          listed.length <= keys.length,
          'pages come to an end',
          `${listed.length} keys of ${keys.length}`,
        )
      }
      expectKeys(listed, keys, `pages of ${limit} give every key once`)
    }
  }),
  check('L8', 'size is the number of keys listed', async lab => {
    const store = await lab.open()
    expectSame(await store.size(), 0, 'an empty store has size 0')
    const keys = await numbered(store, 37)
    expectSame(await store.size(), 37, 'size counts the keys')
    await store.set(keys[0] ?? '', utf8('again'))
    expectSame(await store.size(), 37, 'replacing a value adds nothing')
    await store.deleteMany(keys.slice(0, 10))
    expectSame(await store.size(), 27, 'deleting subtracts')
  }),
  check(
    'L9',
    'foreign entries are neither listed nor an obstacle',
    async lab => {
      const store = await lab.open()
      const planted = (await lab.subject.crowd?.(store)) ?? []
      const stored = await lab.fill(store, ['a', 'b/c', 'some-key'])
      // What lies under a legal key may be listed, see N4.
      if (planted.length === 0)
        return await expectExactly(store, stored, 'only the store’s own keys are there')
      const listed = (await keysOf(store)).filter(key => !planted.includes(key))
      expectKeys(
        listed,
        stored.keys(),
        'the store’s own keys are there, and nothing but what is under legal keys',
      )
      for (const [key, value] of stored)
        expectBytes(await store.get(key), value, 'its values can be read', key)
    },
    ['crowd'],
  ),
]

/** Sets `count` keys in one batch. */
export async function numbered(store: ByteStore, count: number): Promise<string[]> {
  const keys = Array.from({ length: count }, (_, index) => `n/${index}`)
  await store.setMany(keys.map(key => [key, utf8(key)]))
  return keys
}

function expectAscending(keys: readonly string[]): void {
  for (const [index, key] of keys.entries()) {
    const before = keys[index - 1]
    const ascends = before === undefined || compareUtf8Bytes(before, key) < 0
    ensure(
      ascends,
      'keys come in the order of their UTF-8 bytes',
      `it comes after ${JSON.stringify(before)}`,
      key,
    )
  }
}

async function continues(store: ByteStore, keys: readonly string[], after: string): Promise<void> {
  const behind = keys.filter(key => compareUtf8Bytes(key, after) > 0)
  expectKeys(await keysOf(store, { after }), behind, `the keys behind ${JSON.stringify(after)}`)
  const prefix = 'a'
  const some = behind.filter(key => key.startsWith(prefix))
  expectKeys(
    await keysOf(store, { after, prefix }),
    some,
    `the keys with a prefix behind ${JSON.stringify(after)}`,
  )
}

async function refusesAfter(store: ByteStore): Promise<void> {
  await expectRejects(
    () => keysOf(store, { after: 'a' }),
    'Unsupported',
    'after is refused where no order is declared',
  )
}
