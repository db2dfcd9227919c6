import { clear, mapKeys, readOnly, writeStream } from '@kvdol/core'
import { ensure, expectBytes, expectKeys, expectRejects, expectSame, outcome } from '../assert.ts'
import { utf8 } from '../bytes.ts'
import { type Check, check } from '../check.ts'
import { keysOf } from '../collect.ts'
import { eachAtOnce } from '../each-at-once.ts'
import { expectExactly } from '../expect-exactly.ts'
import type { Lab } from '../lab.ts'
import { prefixed } from '../prefixed.ts'
import type { ByteStore } from '../subject.ts'

const NEIGHBOURS = ['k', 'k/', 'k/1', 'k/1/2', 'kx', 'K', 'k ', 'k.', 'k%', 'k_', '*', 'k*', 'kk', 'k\u0301']

/** D1 to D3 and D5: deleting one key, and not being allowed to. */
export const deleting: readonly Check[] = [
  check('D1', 'deleting what is absent is fine, also twice', async lab => {
    const store = await lab.open()
    await store.delete('never')
    await store.set('key', utf8('x'))
    await store.delete('key')
    await store.delete('key')
    await store.deleteMany(['key', 'never', 'key'])
    expectKeys(await keysOf(store), [], 'nothing is left')
  }),
  check('D2', 'delete removes exactly one key', async lab => {
    await eachAtOnce(NEIGHBOURS, async victim => {
      const store = await lab.open()
      const stored = await lab.fill(store, NEIGHBOURS)
      if (!stored.delete(victim)) return
      await store.delete(victim)
      await expectExactly(store, stored, `deleting ${JSON.stringify(victim)} leaves its neighbours`)
    })
  }),
  check('D2', 'deleting an absent key removes no neighbour', async lab => {
    await eachAtOnce(NEIGHBOURS, async victim => {
      const store = await lab.open()
      const stored = await lab.fill(
        store,
        NEIGHBOURS.filter(key => key !== victim),
      )
      const result = await outcome(() => store.delete(victim))
      ensure(
        result.ok || lab.isDeclared(store, victim, result.error),
        'deleting what is absent is fine',
        'a rejection',
        victim,
      )
      await expectExactly(
        store,
        stored,
        `deleting the absent ${JSON.stringify(victim)} leaves its neighbours`,
      )
    })
  }),
  check('D3', 'a deleted key is gone on every path and can be set again', async lab => {
    const store = await lab.open()
    await store.setMany([
      ['key', utf8('old')],
      ['stays', utf8('s')],
    ])
    await store.delete('key')
    expectBytes(await store.get('key'), undefined, 'get finds nothing', 'key')
    expectSame(await store.has('key'), false, 'has denies it', 'key')
    expectSame(await store.stat('key'), undefined, 'stat knows nothing', 'key')
    expectKeys(await keysOf(store), ['stays'], 'it is not listed')
    expectSame(await store.size(), 1, 'size is down by one')
    await store.set('key', utf8('new'))
    await expectExactly(
      store,
      new Map([
        ['key', utf8('new')],
        ['stays', utf8('s')],
      ]),
      'it can be set again',
    )
  }),
  check('D3', 'deleteMany removes all of its keys and no other', async lab => {
    const store = await lab.open()
    const stored = new Map(Array.from({ length: 60 }, (_, index) => [`item-${index}`, utf8(`${index}`)]))
    await store.setMany(stored)
    const victims = [...stored.keys()].filter((_, index) => index % 3 !== 0)
    await store.deleteMany(victims)
    for (const key of victims) stored.delete(key)
    await expectExactly(store, stored, 'exactly the other keys are left')
  }),
  check('D5', 'a read-only view refuses every write, also through transforms', async lab => {
    const store = await lab.open()
    const stored = await lab.fill(store, ['v/a', 'v/b'])
    const view = readOnly(store) as ByteStore
    for (const [name, locked] of Object.entries({
      view,
      mapped: mapKeys<ByteStore, string>(prefixed('v/'))(view),
    }))
      await refusesWrites(locked, name)
    await expectExactly(store, stored, 'nothing has changed')
  }),
]

/** D4: emptying a store. */
export const clearing: readonly Check[] = [
  check('D4', 'clear has to be asked for twice', async lab => {
    const store = await lab.open()
    const stored = await lab.fill(store, ['a', 'b'])
    for (const options of [undefined, {}, { confirm: false }, { prefix: '' }, { prefix: undefined }])
      await expectRejects(
        () => clear(store, options as never),
        ['InvalidArgument', 'Unsupported'],
        `clear refuses ${JSON.stringify(options)}`,
      )
    await expectExactly(store, stored, 'nothing was deleted')
  }),
  check('D4', 'clear with a prefix removes what begins with it and nothing around it', async lab => {
    const store = await lab.openGuarded()
    const stored = await lab.fill(store, [
      'tmp',
      'tmp/',
      'tmp/a',
      'tmp/b/c',
      'tmpx',
      'TMP/a',
      'other',
      'tmp%',
      'tm',
    ])
    await clear(store, { prefix: 'tmp/' })
    for (const key of [...stored.keys()]) if (key.startsWith('tmp/')) stored.delete(key)
    await expectExactly(store, stored, 'exactly what begins with the prefix is gone')
  }),
  check('D4', 'clear removes any number of keys, twice in a row, and nothing around the store', async lab => {
    const store = await lab.openGuarded()
    const count = lab.amounts.counts.at(-1) ?? 0
    await store.setMany(
      Array.from({ length: count }, (_, index) => [`part/${index}`, utf8(`${index}`)] as const),
    )
    await clear(store, await wholeOf(lab))
    expectKeys(await keysOf(store), [], 'nothing is left')
    await clear(store, { prefix: 'part/' })
    await store.set('part/again', utf8('x'))
    expectKeys(await keysOf(store), ['part/again'], 'a cleared store works')
  }),
]

/** How to clear all: a store on a shared root must refuse to do it without a prefix. */
async function wholeOf(lab: Lab): Promise<{ confirm: true } | { prefix: string }> {
  const probe = await lab.open()
  await probe.set('part/probe', utf8('x'))
  const result = await outcome(() => clear(probe, { confirm: true }))
  if (result.ok) return { confirm: true }
  await expectRejects(() => Promise.reject(result.error), 'Unsupported', 'clear of a shared root is refused')
  expectKeys(await keysOf(probe), ['part/probe'], 'a refused clear deletes nothing')
  return { prefix: 'part/' }
}

async function refusesWrites(locked: ByteStore, name: string): Promise<void> {
  for (const [method, call] of Object.entries({
    set: () => locked.set('a', utf8('x')),
    delete: () => locked.delete('a'),
    setMany: () => locked.setMany([['a', utf8('x')]]),
    deleteMany: () => locked.deleteMany(['a']),
    clear: () => clear(locked, { confirm: true }),
    writeStream: () => writeStream(locked, 'a', [utf8('x')]),
  }))
    await expectRejects(call, 'ReadOnly', `${method} of a read-only ${name} is refused`)
}
