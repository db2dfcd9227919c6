import { bytes, collect, joined, rejection, text } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  clear,
  fromMap,
  getOrInsert,
  jsonValues,
  mapKeys,
  memory,
  pathOf,
  pipe,
  prefix,
  readStream,
  rename,
  type Store,
  update,
} from '../../src/index.ts'
import { accepts, filterEntries } from '../../src/layers.ts'
import { changeAfter } from './support/change-after.ts'
import { placed } from './support/placed.ts'
import { promising } from './support/promising.ts'
import { scripted } from './support/scripted.ts'
import { signalled } from './support/signalled.ts'

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
type Bytes = Store<string, Uint8Array>

const short = { both: undefined, value: undefined, stat: undefined }

/** A filter that keeps values of less than five bytes, by whatever it is given of them. */
const small = (reads: keyof typeof short) =>
  filterEntries<Bytes>(
    ((value?: Uint8Array, stat?: { size?: number }) =>
      (reads === 'stat' ? (stat?.size ?? 0) : (value?.byteLength ?? 0)) < 5) as never,
    { reads },
  )

describe.each(['both', 'value', 'stat'] as const)('a filter that reads %s', reads => {
  async function filled() {
    const { store: below, streamed } = placed()
    await below.setMany([
      ['a', bytes('1')],
      ['large', bytes('1234567890')],
      ['b', bytes('12')],
      ['c', bytes('123')],
    ])
    return { below, streamed, store: pipe(below, small(reads)) }
  }

  it('agrees on every path, and counts only what it keeps', async () => {
    const { below, store } = await filled()
    expect([await store.get('large'), await store.has('large'), await store.stat('large')]).toEqual([
      undefined,
      false,
      undefined,
    ])
    expect([text(await store.get('b')), await store.has('b'), (await store.stat('b'))?.size]).toEqual([
      '12',
      true,
      2,
    ])
    expect([await store.get('none'), await store.has('none'), await store.stat('none')]).toEqual([
      undefined,
      false,
      undefined,
    ])
    expect(await collect(store.keys())).toEqual(['a', 'b', 'c'])
    expect(await collect(store.keys({ limit: 2 }))).toEqual(['a', 'b'])
    expect((await collect(store.entries({ limit: 2 }))).map(([key]) => key)).toEqual(['a', 'b'])
    expect(await store.size()).toBe(3)
    expect(await readStream(store, 'large')).toBeUndefined()
    expect(await readStream(store, 'none')).toBeUndefined()
    expect(text(await joined((await readStream(store, 'c')) as never))).toBe('123')
    expect(text(await joined((await readStream(store, 'c', { start: 1, end: 3 })) as never))).toBe('23')
    expect(await below.size()).toBe(4)
  })

  it('gives the predicate what it reads, and nothing else', async () => {
    const { below } = await filled()
    const seen: [boolean, boolean, unknown][] = []
    const store = pipe(
      below,
      filterEntries<Bytes>(
        ((value: unknown, stat: unknown, key: unknown) => {
          seen.push([value !== undefined, stat !== undefined, key])
          return true
        }) as never,
        { reads },
      ),
    )
    await store.get('a')
    await store.has('a')
    await store.stat('a')
    await collect(store.keys({ prefix: 'a' }))
    await store.set('a', bytes('2'))
    await store.delete('a')
    const given = [reads !== 'stat', reads !== 'value', 'a']
    expect(seen.length).toBeGreaterThan(5)
    for (const each of seen) expect(each).toEqual(given)
  })

  it('says why it refuses, and what to do', async () => {
    const { below, store } = await filled()
    const why = async (call: Promise<unknown>) => (await rejection(call)).message
    for (const call of [store.set('large', bytes('1')), store.delete('large')])
      expect(await why(call)).toContain(
        'the entry is left out by filterEntries; write it to the store under the filter',
      )
    for (const key of ['a', 'new'])
      expect(await why(store.set(key, bytes('12345')))).toContain(
        'the value would be left out by filterEntries; write it to the store under the filter',
      )
    expect(text(await below.get('large'))).toBe('1234567890')
    expect(text(await below.get('a'))).toBe('1')
  })

  it('accepts tells beforehand what is refused', async () => {
    const { below, store } = await filled()
    expect(await accepts(store, 'new', bytes('1'))).toEqual({ accepted: true })
    expect(await accepts(store, 'a')).toEqual({ accepted: true })
    expect(await accepts(store, 'large')).toMatchObject({ accepted: false, error: { code: 'ReadOnly' } })
    expect(await accepts(store, 'large', bytes('1'))).toMatchObject({ accepted: false })
    expect(await accepts(store, 'a', bytes('12345'))).toMatchObject({ accepted: false })
    expect(text(await below.get('a'))).toBe('1')
  })

  it('hands on the signal, write options, conditions and changes', async () => {
    const { store: below, without } = signalled()
    const store = pipe(below, small(reads))
    const { signal } = new AbortController()
    await store.set('a', bytes('1'), { signal, contentType: 'text/plain' } as never)
    expect((await below.stat('a'))?.contentType).toBe('text/plain')
    without.length = 0
    await store.set('a', bytes('2'), { signal })
    await store.get('a', { signal })
    await store.has('a', { signal })
    await store.stat('a', { signal })
    await collect(store.keys({ signal }))
    await collect(store.entries({ signal }))
    await joined((await readStream(store, 'a', { signal })) as never)
    const tag = (await store.stat('a', { signal }))?.etag as string
    expect(await rejection(store.delete('a', { signal, ifMatch: 'old' }))).toMatchObject({ code: 'Conflict' })
    await store.delete('a', { signal, ifMatch: tag })
    expect(without).toEqual([])
    expect(await changeAfter(store, () => below.set('seen', bytes('1')))).toBe('seen')
    expect(await rejection(pathOf((await filled()).store, 'a'))).toMatchObject({ code: 'Unsupported' })
  })

  it('deletes only what was seen, where the store can tell', async () => {
    const { store: below, next } = scripted()
    const store = pipe(below, small(reads))
    await below.set('a', bytes('1'))
    // Somebody makes it large after the look.
    next.delete = [
      async () => {
        await below.set('a', bytes('1234567890'))
        await below.delete('a', { ifMatch: 'old' })
      },
    ]
    expect(await rejection(store.delete('a'))).toMatchObject({ code: 'ReadOnly' })
    expect(text(await below.get('a'))).toBe('1234567890')
    const { store: plain, calls } = scripted({ conditions: false })
    await plain.set('a', bytes('1'))
    await pipe(plain, small(reads)).delete('a')
    expect(await plain.has('a')).toBe(false)
    calls.length = 0
    await pipe(plain, small(reads)).delete('none')
    expect(calls.filter(call => call.startsWith('delete'))).toEqual([])
  })

  it('skips what vanishes while it is listed', async () => {
    const { store: below, next } = scripted()
    await below.setMany([
      ['a', bytes('1')],
      ['b', bytes('2')],
    ])
    const store = pipe(below, small(reads))
    next.stat = [() => undefined]
    const keys = await collect(store.keys())
    expect(keys).toEqual(reads === 'value' ? ['a', 'b'] : ['b'])
  })
})

it('a predicate is a function, and a store without conditions on deletions is filtered too', async () => {
  for (const keep of [undefined, 'a', {}])
    expect(() => filterEntries(keep as never)).toThrow(
      'filterEntries takes a function of value, stat and key, not ',
    )
  const below = promising({ conditions: ['ifAbsent', 'ifMatch'] })
  await below.set('a', bytes('1'))
  const store = pipe(below, small('both'))
  await store.set('a', bytes('2'))
  await store.delete('a')
  expect(await below.size()).toBe(0)
})
