import { collect, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  createStore,
  type DriverListOptions,
  filterKeys,
  type Guarantees,
  type ListOptions,
  mapKeys,
  type memory,
  pipe,
  prefix,
  shared,
  toArray,
} from '../src/index.ts'
import { pagesOf } from '../src/view/listing.ts'
import { viewBehind } from '../src/view/over.ts'

type Asked = DriverListOptions<string>

/** A store that lists these pages whatever it is asked, and notes what it was asked and whether it was released. */
function listing(pages: readonly (readonly string[])[], more: object = {}) {
  const asked: Asked[] = []
  let released = 0
  const store = createStore({
    name: 'pages',
    get: () => undefined,
    async *keyPages(options: Asked) {
      asked.push(options)
      try {
        yield* pages
      } finally {
        released++
      }
    },
    ...more,
  })
  return { store, asked, released: () => released }
}

const ordered = (reverse: boolean): { guarantees: Partial<Guarantees> } => ({
  guarantees: { order: 'utf8-bytes', reverse },
})
const loop = (keys: AsyncIterable<string>) => keys[Symbol.asyncIterator]()
const end = { done: true, value: undefined }

describe('a listing taken by hand', () => {
  it('stays at its end, also where a limit ended it, and asks no more', async () => {
    const { store, asked, released } = listing([['a', 'b'], ['c']])
    for (const [limit, wanted] of [
      [1, ['a']],
      [2, ['a', 'b']],
      [3, ['a', 'b', 'c']],
      [4, ['a', 'b', 'c']],
    ] as const) {
      const keys = loop(store.keys({ limit }))
      for (const value of wanted) expect(await keys.next()).toEqual({ done: false, value })
      for (let times = 0; times < 3; times++) expect(await keys.next()).toEqual(end)
    }
    const all = loop(store.keys())
    for (const value of ['a', 'b', 'c']) expect(await all.next()).toEqual({ done: false, value })
    for (let times = 0; times < 3; times++) expect(await all.next()).toEqual(end)
    expect(asked).toHaveLength(5)
    expect(released()).toBe(5)
  })

  it('is at its end once it is returned, whether it had begun or not', async () => {
    const { store, asked, released } = listing([['a', 'b'], ['c']])
    const unbegun = loop(store.keys())
    expect(await unbegun.return?.()).toEqual(end)
    expect(await unbegun.next()).toEqual(end)
    expect(asked).toEqual([])
    const begun = loop(store.keys())
    await begun.next()
    expect(await begun.return?.()).toEqual(end)
    expect(await begun.next()).toEqual(end)
    expect(asked).toHaveLength(1)
    expect(released()).toBe(1)
  })

  it('gives each key once to calls that do not wait for each other', async () => {
    const { store } = listing([['a', 'b'], ['c'], [], ['d', 'e', 'f']])
    const keys = loop(store.keys())
    const results = await Promise.all(Array.from({ length: 8 }, () => keys.next()))
    expect(results.map(({ value }) => value)).toEqual(['a', 'b', 'c', 'd', 'e', 'f', undefined, undefined])
    const again = loop(store.keys())
    await again.next()
    await again.next()
    expect((await Promise.all([again.next(), again.next(), again.next()])).map(({ value }) => value)).toEqual(
      ['c', 'd', 'e'],
    )
  })

  it('gives nothing more once its signal has fired, nor once its store is closed', async () => {
    const { store, released } = listing([['a', 'b', 'c']])
    const controller = new AbortController()
    const keys = loop(store.keys({ signal: controller.signal }))
    expect(await keys.next()).toEqual({ done: false, value: 'a' })
    controller.abort()
    expect(await rejection(keys.next())).toMatchObject({ code: 'Aborted', op: 'keys' })
    expect(released()).toBe(1)
    const cut = loop(store.keys())
    await cut.next()
    await store.close()
    expect(await rejection(cut.next())).toMatchObject({ code: 'Closed', op: 'keys' })
    const late = loop(store.keys())
    expect(await rejection(late.next())).toMatchObject({ code: 'Closed', op: 'keys' })
  })

  it('is not asked of the driver when the signal had fired before', async () => {
    const { store, asked } = listing([['a']])
    const signal = AbortSignal.abort()
    expect(await rejection(loop(store.keys({ signal })).next())).toMatchObject({ code: 'Aborted' })
    expect(asked).toEqual([])
  })

  it('that a close cut off does not go on when the close failed', async () => {
    let arrives = (_: IteratorResult<string[]>) => {}
    const pages = { next: () => new Promise<IteratorResult<string[]>>(resolve => (arrives = resolve)) }
    const { store } = listing([], {
      keyPages: () => ({ [Symbol.asyncIterator]: () => pages }),
      close() {
        throw new RangeError('not yet')
      },
    })
    const keys = loop(store.keys())
    const key = rejection(keys.next())
    expect(await rejection(store.close())).toMatchObject({ code: 'Unknown', op: 'close' })
    arrives({ done: false, value: ['a'] })
    expect(await key).toMatchObject({ code: 'Closed', op: 'keys' })
  })

  it('ends early where the driver has nothing to release', async () => {
    const pages = { next: async () => ({ done: false, value: ['a', 'b'] }) }
    const { store } = listing([], { keyPages: () => ({ [Symbol.asyncIterator]: () => pages }) })
    expect(await collect(store.keys({ limit: 1 }))).toEqual(['a'])
    expect(await loop(store.keys()).return?.()).toEqual(end)
  })

  it('gives toArray the rest of the page under way', async () => {
    const { store } = listing([['a', 'b', 'c'], ['d']])
    const keys = loop(store.keys())
    await keys.next()
    expect(await toArray({ [Symbol.asyncIterator]: () => keys })).toEqual(['b', 'c', 'd'])
    expect(await toArray(store.keys())).toEqual(['a', 'b', 'c', 'd'])
  })

  it('taken in pages is released by who stops early', async () => {
    const { store, released } = listing([['a', 'b'], ['c']])
    for await (const page of pagesOf(viewBehind(store), 'keys', {})) {
      expect(page).toEqual(['a', 'b'])
      break
    }
    expect(released()).toBe(1)
  })

  it('of one of several users ends with that user, and only its own', async () => {
    const { store, released } = listing([['a'], ['b']])
    const [mine, theirs] = [shared(store), shared(store)]
    const [one, other] = [loop(mine.keys()), loop(theirs.keys())]
    await one.next()
    await other.next()
    await mine.close()
    expect(released()).toBe(1)
    expect(await rejection(one.next())).toMatchObject({ code: 'Closed' })
    expect(await other.next()).toEqual({ done: false, value: 'b' })
  })
})

describe('what a listing asks of the driver', () => {
  const asks = async (options: ListOptions<string>, more: object) => {
    const { store, asked } = listing([], more)
    await collect(store.keys(options))
    // As the driver sees them: what is undefined is not asked.
    const [{ signal: _, ...given }] = asked as [Asked]
    return given
  }

  it.each<[ListOptions<string>, Asked, Asked]>([
    [{}, {}, {}],
    [{ prefix: '' }, {}, {}],
    [{ prefix: 'p' }, { prefix: 'p' }, { prefix: 'p' }],
    [{ limit: 2 }, { limit: 2 }, { limit: 2 }],
    [{ limit: Number.POSITIVE_INFINITY }, {}, {}],
    [
      { after: 'a', limit: 2 },
      { after: 'a', limit: 2 },
      { after: 'a', limit: 2 },
    ],
    [{ from: 'a', limit: 2 }, { from: 'a', limit: 2 }, { from: 'a' }],
    [{ before: 'z', limit: 2 }, { before: 'z', limit: 2 }, { before: 'z' }],
    [
      { from: 'a', before: 'z', limit: 2 },
      { from: 'a', before: 'z', limit: 2 },
      { from: 'a', before: 'z' },
    ],
  ])('for %o', async (options, backwards, forwards) => {
    expect(await asks(options, ordered(true))).toEqual(backwards)
    expect(await asks(options, ordered(false))).toEqual(forwards)
  })

  it('is no limit where not every key is listed, and no bound that a filter hides', async () => {
    const { store, asked } = listing([['p/a', 'x', 'p/b', 'p/c']], ordered(true))
    const view = pipe(store, mapKeys(prefix('p/')))
    expect(await collect(view.keys({ limit: 2 }))).toEqual(['a', 'b'])
    expect(asked[0]).toEqual({ prefix: 'p/' })
    const filtered = pipe(
      view,
      filterKeys<typeof view>(key => key !== 'b'),
    )
    expect(await collect(filtered.keys({ from: 'b' }))).toEqual(['c'])
    expect(asked[1]).toEqual({ prefix: 'p/' })
    expect(await collect(filtered.keys({ after: 'a' }))).toEqual(['c'])
    expect(asked[2]).toEqual({ prefix: 'p/', after: 'p/a' })
  })

  it('is a reverse of false nowhere, and a bound that is a key', async () => {
    expect(await asks({ reverse: false }, {})).toEqual({})
    expect(await asks({ reverse: true }, ordered(true))).toEqual({ reverse: true })
    const { store, asked } = listing([], ordered(true))
    for (const bound of ['from', 'after', 'before'])
      for (const key of [5, '', '\ud800'])
        expect(await rejection(collect(store.keys({ [bound]: key })))).toMatchObject({
          code: 'InvalidKey',
          op: 'keys',
        })
    const numbers = pipe(
      store,
      mapKeys({ ordered: true, decode: (key: string) => Number(key), encode: (key: number) => String(key) }),
    )
    expect(await rejection(collect(numbers.keys({ from: 5 as never })))).toMatchObject({
      code: 'InvalidKey',
      reason: 'not-a-string',
    })
    expect(asked).toEqual([])
  })

  it.each([[null], [5], ['p/'], [[]]])('is nothing with %o for options', async options => {
    const { store, asked } = listing([['a']])
    const given = options as never
    for (const [op, items] of [
      ['keys', store.keys(given)],
      ['entries', store.entries(given)],
      ['values', store.values(given)],
      ['getMany', store.getMany(['a'], given)],
    ] as const)
      expect(await rejection(collect(items as AsyncIterable<unknown>))).toMatchObject({
        code: 'InvalidArgument',
        op,
        detail: expect.stringMatching(
          typeof options === 'string' && op !== 'getMany'
            ? /^the options are an object, \{ prefix: "p\/" \}, not "p\/"$/
            : /^the options are an object, not /,
        ),
      })
    expect(asked).toEqual([])
  })
})

describe('what a listing leaves out of the keys of a driver that heeds no options', () => {
  it('are those without the prefix, and those beyond the bounds', async () => {
    const { store } = listing([['a', 'b'], ['c', 'd'], ['e']], ordered(true))
    expect(await collect(store.keys({ prefix: 'c' }))).toEqual(['c'])
    expect(await collect(store.keys({ from: 'b', before: 'd' }))).toEqual(['b', 'c'])
    expect(await collect(store.keys({ after: 'b', limit: 2 }))).toEqual(['c', 'd'])
    const { store: reversed } = listing([['e', 'd'], ['c', 'b'], ['a']], ordered(true))
    expect(await collect(reversed.keys({ reverse: true, before: 'd' }))).toEqual(['c', 'b', 'a'])
    expect(await collect(reversed.keys({ reverse: true, after: 'b', before: 'e' }))).toEqual(['d', 'c'])
  })

  it('ends at the bound, and asks for no further page', async () => {
    let pages = 0
    const { store, released } = listing([], {
      ...ordered(false),
      async *keyPages() {
        for (const key of ['a', 'b', 'c', 'd']) {
          pages++
          yield [key]
        }
      },
    })
    expect(await collect(store.keys({ before: 'b' }))).toEqual(['a'])
    expect(pages).toBe(2)
    expect(released()).toBe(0)
  })

  it('are repeated keys, unless the driver says that it repeats none', async () => {
    const pages = [['a', 'b'], ['a']]
    expect(await collect(listing(pages).store.keys())).toEqual(['a', 'b'])
    expect(await collect(listing(pages, { listsOnce: true }).store.keys())).toEqual(['a', 'b', 'a'])
    expect(await collect(listing([['a', 'a'], ['b']], ordered(false)).store.keys())).toEqual(['a', 'b'])
  })

  it('are keys that a codec decodes to nothing or to no key, and pairs of such keys', async () => {
    const codec = {
      keys: 'string',
      decode: (key: string) => key.slice(1),
      encode: (key: string) => `x${key}`,
    }
    const { store } = listing([['x', 'xa', 'xb']])
    expect(await collect(pipe(store, mapKeys(codec as never)).keys())).toEqual(['a', 'b'])
    const value = new Uint8Array([1])
    const { store: pairs } = listing([], {
      get: () => value,
      async *entryPages() {
        yield [
          ['p/a', value],
          ['q/b', value],
          ['p/c', value],
        ]
      },
    })
    expect(await collect(pipe(pairs, mapKeys(prefix('p/'))).entries())).toEqual([
      ['a', value],
      ['c', value],
    ])
  })

  it('are keys of other kinds than the prefix', async () => {
    const store = createStore({
      name: 'any',
      keyType: 'any',
      get: () => undefined,
      keys: () => ['s', null, 7, ['s', 1], ['t', 2], { 0: 's' }],
    } as never) as unknown as ReturnType<typeof memory>
    expect(await collect(store.keys({ prefix: ['s'] as never }))).toEqual([['s', 1], { 0: 's' }])
  })
})

describe('failures of a listing', () => {
  it('wrote nothing, and have the name of the call', async () => {
    const failing = () => {
      throw new RangeError('lost')
    }
    const store = createStore({ name: 'failing', get: failing, keys: failing, getMany: failing })
    for (const [op, run] of [
      ['keys', () => collect(store.keys())],
      ['size', () => store.size()],
      ['entries', () => collect(store.entries())],
      ['getMany', () => collect(store.getMany(['a']))],
    ] as const)
      expect(await rejection(run)).toMatchObject({ code: 'Unknown', op, outcome: 'not-applied' })
  })
})
