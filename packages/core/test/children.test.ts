import { bytes, collect, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  type Child,
  children,
  clear,
  createStore,
  filterKeys,
  fromMap,
  type KeyCodec,
  mapKeys,
  pipe,
  prefix,
  StoreError,
  suffix,
} from '../src/index.ts'

/** A store that lists these keys, in order if it says so, and notes with which options. */
function listing(keys: readonly string[], order: 'utf8-bytes' | 'none' = 'utf8-bytes') {
  const asked: { prefix?: string; after?: string; signal?: AbortSignal }[] = []
  const deleted: string[] = []
  const store = createStore({
    name: 'listing',
    guarantees: { order },
    get: (key: string) => bytes(key),
    set: () => {},
    delete: (key: string) => void deleted.push(key),
    *keys(options: { prefix?: string; after?: string; signal?: AbortSignal }) {
      asked.push(options)
      const { prefix: begin = '', after } = options
      for (const key of keys) if (key.startsWith(begin) && (after === undefined || key > after)) yield key
    },
  })
  return { store, asked, deleted }
}

const inside = (folder: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${folder}/${String(index).padStart(4, '0')}`)

describe('one level of keys', () => {
  it('is listed in one go where no prefix has more than a hundred keys', async () => {
    const { store, asked } = listing([...inside('a', 100), ...inside('b', 100), 'c'])
    expect(await collect(children(store))).toEqual([{ prefix: 'a/' }, { prefix: 'b/' }, { key: 'c' }])
    expect(asked).toHaveLength(1)
  })

  it('is listed on behind a prefix that has more', async () => {
    const { store, asked } = listing([...inside('a', 101), ...inside('b', 5000), 'c'])
    expect(await collect(children(store))).toEqual([{ prefix: 'a/' }, { prefix: 'b/' }, { key: 'c' }])
    expect(asked.map(({ after }) => after)).toEqual([undefined, 'a/\u{10ffff}', 'b/\u{10ffff}'])
  })

  it.each([
    [198, 2],
    [199, 1],
  ])(
    'is listed on behind a prefix of %i characters and a slash only if a key has room for more',
    async (length, times) => {
      const { store, asked } = listing(inside('x'.repeat(length), 150))
      expect(await collect(children(store))).toEqual([{ prefix: `${'x'.repeat(length)}/` }])
      expect(asked).toHaveLength(times)
    },
  )

  it('ends where keys begin with the last of all characters', async () => {
    const { store, asked } = listing([...inside('a', 150), ...inside('a/\u{10ffff}', 150), 'b'])
    expect(await collect(children(store))).toEqual([{ prefix: 'a/' }, { key: 'b' }])
    expect(asked).toHaveLength(2)
  })

  it('gives each prefix once where keys come in no order, and lists once', async () => {
    const { store, asked } = listing(
      ['b/1', ...inside('a', 150), 'b/2', 'a/x', 'c', ...inside('b', 150)],
      'none',
    )
    expect(await collect(children(store))).toEqual([{ prefix: 'b/' }, { prefix: 'a/' }, { key: 'c' }])
    expect(asked).toHaveLength(1)
  })

  it('asks for keys with the prefix and the signal', async () => {
    const { signal } = new AbortController()
    const { store, asked } = listing(['a/b/1', 'a/c', 'a/', 'ab'])
    expect(await collect(children(store, 'a/', { signal }))).toEqual([
      { prefix: 'a/b/' },
      { key: 'a/c' },
      { key: 'a/' },
    ])
    expect(asked).toEqual([{ prefix: 'a/', signal }])
    expect(await collect(children(store, 'a'))).toEqual([{ prefix: 'a/' }, { key: 'ab' }])
  })

  it('is refused where keys are no texts', async () => {
    const numbers = fromMap(new Map([[1, 'one']])) as never
    expect(await rejection(collect(children(numbers)))).toMatchObject({
      code: 'Unsupported',
      op: 'children',
      detail: 'children needs keys that are strings',
    })
  })
})

describe('one level of keys from a backend that lists levels', () => {
  /** A driver that also gives what was not asked for. */
  const given = (...level: Child[]) => {
    const asked: object[] = []
    const store = createStore({
      name: 'levels',
      get: () => undefined,
      keys: ({ prefix: begin = '' }: { prefix?: string }) => {
        asked.push({ keys: begin })
        return begin === 'in/empty/' ? [] : [`${begin}x`]
      },
      async *children(options: object) {
        asked.push(options)
        yield level
      },
    })
    return { store, asked }
  }

  it('leaves out what lies elsewhere, and the prefix itself', async () => {
    const { store, asked } = given(
      { prefix: 'in/' },
      { prefix: 'out/longer/' },
      { prefix: 'in/b/' },
      { key: 'out/c' },
      { key: 'in/a' },
    )
    const { signal } = new AbortController()
    const view = pipe(store, mapKeys(prefix('in/')))
    expect(await collect(children(view, '', { signal }))).toEqual([{ prefix: 'b/' }, { key: 'a' }])
    expect(asked).toEqual([{ prefix: 'in/', signal }])
    expect(await collect(children(view, 'b/'))).toEqual([])
  })

  it('leaves out prefixes in which everything is hidden', async () => {
    const { store, asked } = given({ prefix: 'in/empty/' }, { prefix: 'in/full/' }, { key: 'in/a' })
    const inner = pipe(store, mapKeys(prefix('in/')))
    const view = pipe(
      inner,
      filterKeys<typeof inner>(() => true),
    )
    expect(await collect(children(view))).toEqual([{ prefix: 'full/' }, { key: 'a' }])
    expect(asked.slice(1)).toEqual([{ keys: 'in/empty/' }, { keys: 'in/full/' }])
    expect(await collect(children(pipe(inner, mapKeys(suffix('x')))))).toEqual([{ prefix: 'full/' }])
  })

  it('says what it was doing when the backend fails', async () => {
    const store = createStore({
      name: 'broken',
      get: () => undefined,
      keys: () => [],
      // biome-ignore lint/correctness/useYield: it fails before.
      async *children() {
        throw new RangeError('lost')
      },
    })
    for (const view of [
      store,
      pipe(
        store,
        filterKeys<typeof store>(() => true),
      ),
    ])
      expect(await rejection(collect(children(view)))).toMatchObject({
        op: 'children',
        cause: expect.any(RangeError),
      })
  })
})

describe('clear', () => {
  it('lists with the prefix and the signal, and deletes what it finds', async () => {
    const { signal } = new AbortController()
    const { store, asked, deleted } = listing(['a/1', 'a/2', 'b'])
    await clear(store, { prefix: 'a/', signal })
    expect(deleted).toEqual(['a/1', 'a/2'])
    await clear(store, { confirm: true, signal })
    expect(deleted.slice(2)).toEqual(['a/1', 'a/2', 'b'])
    expect(asked).toEqual([{ prefix: 'a/', signal }, { signal }])
    await clear(store, { confirm: true, prefix: '' })
    expect(deleted).toHaveLength(8)
  })

  it.each([[{}], [[]], [{ a: undefined }], [[undefined]]])(
    'takes the prefix %j for everything, which has to be confirmed',
    async given => {
      const numbers = fromMap(new Map<object, string>([[{ a: 1 }, 'one']]))
      expect(await rejection(clear(numbers, { prefix: given as never }))).toMatchObject({
        code: 'InvalidArgument',
      })
      expect(await numbers.size()).toBe(1)
      await clear(numbers, { prefix: given as never, confirm: true })
      expect(await numbers.size()).toBe(0)
    },
  )

  it('clears what a prefix of some fields names, without being confirmed', async () => {
    const records = fromMap(
      new Map<object, string>([
        [{ a: 1, b: 1 }, 'x'],
        [{ a: 2, b: 1 }, 'y'],
      ]),
    )
    await clear(records, { prefix: { a: 1, b: undefined } as never })
    expect(await collect(records.keys())).toEqual([{ a: 2, b: 1 }])
  })

  it('refuses a shared root also where nobody knows what its keys begin with', async () => {
    const deleted: string[] = []
    const shared = createStore({
      name: 'shared',
      sharedRoot: true,
      get: () => undefined,
      keys: () => ['a', 'b'],
      set: () => {},
      delete: (key: string) => void deleted.push(key),
    })
    const odd: KeyCodec<string, string> = { decode: key => key, encode: key => key }
    expect(await rejection(clear(pipe(shared, mapKeys(odd)), { prefix: 'a' }))).toMatchObject({
      code: 'Unsupported',
      op: 'clear',
    })
    const same = pipe(shared, mapKeys(prefix('')))
    expect(await rejection(clear(same, { confirm: true }))).toMatchObject({
      code: 'Unsupported',
      op: 'clear',
    })
    expect(deleted).toEqual([])
  })

  it('tells what the listing failed with, and which keys could not be deleted', async () => {
    const lost = createStore({
      name: 'lost',
      get: () => undefined,
      keys: () => {
        throw new StoreError('Unavailable', 'the connection was lost')
      },
      set: () => {},
      delete: () => {},
    })
    expect(await rejection(clear(lost, { confirm: true }))).toMatchObject({
      code: 'Unavailable',
      op: 'clear',
      detail: 'the connection was lost',
    })
  })
})
