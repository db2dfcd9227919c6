import { bytes, collect, joined, rejection, text } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  clear,
  fromMap,
  getOrInsert,
  jsonValues,
  mapKeys,
  memory,
  pipe,
  prefix,
  readStream,
  rename,
  type Store,
  update,
} from '../../src/index.ts'
import { filterEntries } from '../../src/layers.ts'
import { scripted } from './support/scripted.ts'

interface User {
  name: string
  active: boolean
}

const ANN: User = { name: 'Ann', active: true }
const BOB: User = { name: 'Bob', active: false }

async function users() {
  const all = pipe(memory({ order: 'utf8-bytes' }), jsonValues<User>())
  await all.setMany([
    ['ann', ANN],
    ['bob', BOB],
    ['carl', { name: 'Carl', active: true }],
  ])
  return {
    all,
    active: pipe(
      all,
      filterEntries(({ active }) => active, { reads: 'value' }),
    ),
  }
}

describe('a store of the entries that pass', () => {
  it('agrees on every path', async () => {
    const { all, active } = await users()
    expect(await active.get('ann')).toEqual(ANN)
    expect(await active.get('bob')).toBeUndefined()
    expect([await active.has('ann'), await active.has('bob')]).toEqual([true, false])
    expect(await active.stat('bob')).toBeUndefined()
    expect((await active.stat('ann'))?.etag).toBe((await all.stat('ann'))?.etag)
    expect(await collect(active.keys())).toEqual(['ann', 'carl'])
    expect(await collect(active.keys({ after: 'ann' }))).toEqual(['carl'])
    expect(await collect(active.keys({ limit: 1 }))).toEqual(['ann'])
    expect(await collect(active.keys({ prefix: 'b' }))).toEqual([])
    expect(await active.size()).toBe(2)
    expect((await collect(active.entries())).map(([key]) => key)).toEqual(['ann', 'carl'])
    expect((await collect(active.getMany(['bob', 'ann']))).map(([, value]) => value)).toEqual([
      undefined,
      ANN,
    ])
  })

  it('refuses to touch what is left out, and what would be', async () => {
    const { all, active } = await users()
    for (const refused of await Promise.all(
      [
        active.set('bob', ANN),
        active.set('bob', ANN, { ifAbsent: true }),
        active.delete('bob'),
        active.set('ann', BOB),
        active.set('new', BOB),
        rename(active, 'ann', 'bob'),
        update(active, 'ann', user => ({ ...ANN, ...user, active: false })),
        getOrInsert(active, 'bob', () => ANN),
      ].map(rejection),
    ))
      expect(refused).toMatchObject({ code: 'ReadOnly' })
    expect(await all.get('bob')).toEqual(BOB)
    expect(await all.get('ann')).toEqual(ANN)
    await active.delete('absent')
    expect(await rejection(active.delete('absent', { ifMatch: 'x' }))).toMatchObject({ code: 'Conflict' })
    await active.set('dora', ANN)
    await active.delete('carl')
    await clear(active, { confirm: true })
    expect(await collect(all.keys())).toEqual(['bob'])
  })

  it('never replaces what comes to be left out meanwhile', async () => {
    const { store: below, below: inside, next } = scripted()
    const store = pipe(
      below,
      jsonValues<User>(),
      filterEntries(({ active }) => active, { reads: 'value' }),
    )
    const all = pipe(below, jsonValues<User>())
    await all.set('a', ANN)
    // After the look, before the write.
    next.set = [() => all.set('a', BOB).then(() => Promise.reject(conflict))]
    const conflict = await rejection(below.set('a', bytes('x'), { ifMatch: 'old' }))
    expect(await rejection(store.set('a', { name: 'Eve', active: true }))).toMatchObject({ code: 'ReadOnly' })
    expect(await all.get('a')).toEqual(BOB)
    // The same at a key where nothing was seen.
    next.get = [
      async () => {
        await pipe(inside, jsonValues<User>()).set('b', BOB)
        return undefined
      },
    ]
    expect(await rejection(store.set('b', ANN))).toMatchObject({ code: 'ReadOnly' })
    expect(await all.get('b')).toEqual(BOB)
  })

  it('by stat alone reads no value, and streams', async () => {
    const { store: below, calls } = scripted()
    await below.setMany([
      ['small', bytes('1')],
      ['large', bytes('1234567890')],
    ])
    const small = pipe(
      below,
      filterEntries<typeof below>((_, { size = 0 }) => size < 5, { reads: 'stat' }),
    )
    calls.length = 0
    expect(await collect(small.keys())).toEqual(['small'])
    expect(await small.size()).toBe(1)
    expect([await small.has('large'), await small.has('small')]).toEqual([false, true])
    expect(await readStream(small, 'large')).toBeUndefined()
    expect(calls.filter(call => call.startsWith('get'))).toEqual([])
    expect(text(await joined((await readStream(small, 'small')) as never))).toBe('1')
    expect(await rejection(small.set('small', bytes('1234567890')))).toMatchObject({ code: 'ReadOnly' })
    expect(await rejection(small.delete('large'))).toMatchObject({ code: 'ReadOnly' })
    await small.set('small', bytes('12'))
  })

  it('gives the predicate the value, the stat and the key', async () => {
    const seen: unknown[] = []
    const store = pipe(
      memory(),
      mapKeys(prefix('p/')),
      filterEntries((value, { size }, key) => {
        seen.push([text(value), size, key])
        return Promise.resolve(true)
      }),
    )
    await store.set('a', bytes('12'))
    expect(await store.get('a')).toEqual(bytes('12'))
    expect(seen).toEqual([
      ['12', 2, 'a'],
      ['12', 2, 'a'],
    ])
  })

  it('works over keys and values of any type', async () => {
    const store = pipe(
      fromMap(
        new Map<readonly [string, number], number>([
          [['a', 1], 1],
          [['b', 2], -1],
        ]),
      ) as Store<readonly [string, number], number>,
      filterEntries(value => value > 0),
    )
    expect(await collect(store.keys())).toEqual([['a', 1]])
  })
})

it('blames a predicate that fails or answers nonsense, at the key, and writes nothing', async () => {
  const reason = new Error('broken')
  const below = memory()
  await below.set('a', bytes('1'))
  for (const predicate of [() => Promise.reject(reason), () => 1]) {
    const store = pipe(below, filterEntries<typeof below>(predicate as never))
    for (const error of await Promise.all(
      [store.get('a'), store.has('a'), store.set('a', bytes('2')), store.delete('a')].map(rejection),
    )) {
      expect(error).toMatchObject({ code: 'InvalidArgument', key: 'a', store: 'filterEntries over memory' })
      expect(error.message).toContain('the predicate of filterEntries')
    }
    expect((await rejection(collect(store.keys()))).code).toBe('InvalidArgument')
    expect(text(await below.get('a'))).toBe('1')
  }
})
