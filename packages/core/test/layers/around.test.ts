import { bytes, collect, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  batch,
  type Change,
  children,
  createStore,
  getWithStat,
  guarantees,
  pathOf,
  pipe,
  readStream,
  remove,
  type Store,
  StoreError,
  urlOf,
  type WritableDriver,
} from '../../src/index.ts'
import { limit, noDelete, observed, retry, timeout } from '../../src/layers.ts'

type Bytes = Store<string, Uint8Array>

const KEYS = ['a', 'b/1', 'b/2']

/** What every storage has, noting what it is asked. */
function plain(asked: string[]): WritableDriver {
  const note = (op: string) => void asked.push(op)
  return {
    name: 'plain',
    get: key => {
      note('get')
      return KEYS.includes(key) ? bytes(key) : undefined
    },
    keys: () => {
      note('keys')
      return KEYS
    },
    set: () => note('set'),
    delete: () => note('delete'),
  }
}

/** A storage that does everything in one call, noting what it is asked. */
function able(asked: string[] = []): Bytes {
  const note = (op: string) => void asked.push(op)
  const below = plain(asked)
  return createStore({
    ...below,
    name: 'able',
    guarantees: { order: 'utf8-bytes', reverse: true },
    writeOptions: ['colour'],
    size: () => {
      note('size')
      return 42
    },
    getMany: keys => {
      note(`getMany ${keys}`)
      return keys.map(key => (KEYS.includes(key) ? bytes(key) : undefined))
    },
    async *entryPages({ prefix = '' }) {
      note('entryPages')
      yield KEYS.filter(key => key.startsWith(prefix as string)).map(key => [key, bytes(key)] as const)
    },
    setMany: entries => note(`setMany ${entries.map(([key]) => key)}`),
    deleteMany: keys => note(`deleteMany ${keys}`),
    getWithStat: key => {
      note(`getWithStat ${key}`)
      return { value: bytes(key), stat: { etag: 'able' } }
    },
    async *children() {
      note('children')
      yield [{ key: 'a' }, { prefix: 'b/' }]
    },
    batch: changes => note(`batch ${changes.length}`),
    remove: key => {
      note(`remove ${key}`)
      return key === 'a'
    },
    urlOf: key => {
      note(`urlOf ${key}`)
      return `https://able/${key}`
    },
    pathOf: key => `/able/${key}`,
  })
}

const CHANGES: readonly Change<string, Uint8Array>[] = [{ set: 'a', value: bytes('123') }, { delete: 'b/1' }]

/** Each call that a driver may answer at once, without a promise, and its answer. */
const CALLS: Readonly<Record<string, readonly [(store: Bytes) => Promise<unknown>, unknown]>> = {
  size: [store => store.size(), 42],
  'getMany a,none': [
    store => collect(store.getMany(['a', 'none'])),
    [
      ['a', bytes('a')],
      ['none', undefined],
    ],
  ],
  entryPages: [store => collect(store.entries()), KEYS.map(key => [key, bytes(key)])],
  'setMany a,c': [store => store.setMany(['a', 'c'].map(key => [key, bytes(key)])), undefined],
  'deleteMany a,c': [store => store.deleteMany(['a', 'c']), undefined],
  'getWithStat a': [store => getWithStat(store, 'a'), { value: bytes('a'), stat: { etag: 'able' } }],
  children: [store => collect(children(store, '')), [{ key: 'a' }, { prefix: 'b/' }]],
  'batch 2': [store => batch(store, CHANGES), undefined],
  'remove a': [store => remove(store, 'a'), true],
  'urlOf a': [store => urlOf(store, 'a'), 'https://able/a'],
}

const LAYERS: Readonly<Record<string, (store: Bytes) => Bytes>> = {
  limit: limit({ concurrency: 1 }),
  observed: observed<Bytes>({ end: () => {} }),
  retry: retry(),
  timeout: timeout(60_000),
}

describe.each(Object.entries(LAYERS))('%s over a storage that does everything in one call', (_, over) => {
  it.each(Object.entries(CALLS))('hands on %s as one call, with its answer', async (op, [call, answer]) => {
    const asked: string[] = []
    expect(await call(over(able(asked)))).toEqual(answer)
    expect(asked).toEqual([op])
  })

  it('keeps what it is and takes', async () => {
    const store = over(able())
    expect(guarantees(store)).toMatchObject({ order: 'utf8-bytes', reverse: true })
    expect(await pathOf(store, 'a')).toBe('/able/a')
    await store.set('a', bytes('1'), { colour: 'red' } as object)
    expect(await rejection(store.set('a', bytes('1'), { color: 'red' } as object))).toMatchObject({
      code: 'Unsupported',
    })
  })
})

describe.each(Object.entries(LAYERS))('%s over a storage that does nothing in one call', (name, over) => {
  it('derives what can be derived, of its own calls', async () => {
    const asked: string[] = []
    const store = over(createStore(plain(asked)))
    expect(await collect(store.getMany(['a', 'none']))).toHaveLength(2)
    expect(asked.splice(0)).toEqual(['get', 'get'])
    await store.setMany(['a', 'c'].map(key => [key, bytes(key)]))
    expect(asked.splice(0)).toEqual(['set', 'set'])
    await store.deleteMany(['a', 'c'])
    expect(asked.splice(0)).toEqual(['delete', 'delete'])
    await batch(store, CHANGES)
    expect(asked.splice(0).sort()).toEqual(['delete', 'set'])
    expect(await store.size()).toBe(3)
    expect(await collect(store.entries())).toHaveLength(3)
    expect(asked.splice(0)).toEqual(['keys', 'keys', 'get', 'get', 'get'])
    expect(await collect(children(store, ''))).toEqual([{ key: 'a' }, { prefix: 'b/' }])
    expect(await getWithStat(store, 'a')).toMatchObject({ value: bytes('a') })
  })

  it('cannot do what cannot be derived', async () => {
    const store = over(createStore(plain([])))
    for (const call of [() => remove(store, 'a'), () => urlOf(store, 'a'), () => pathOf(store, 'a')])
      expect(await rejection(call)).toMatchObject({ code: 'Unsupported' })
    const refused = await rejection(store.set('a', bytes('1'), { colour: 'red' } as object))
    expect(refused).toMatchObject({ code: 'Unsupported', store: `${name} over plain` })
  })
})

describe('what is told of a call that the storage does at once', () => {
  /** Does a call on an observed store, and gives what was told of it. */
  async function told(call: (store: Bytes) => Promise<unknown>, below = able()) {
    const ends: object[] = []
    const hooks = {
      end: ({ op, key, keys, bytes, items }: Record<string, unknown>) => {
        ends.push({
          op,
          ...(key !== undefined && { key }),
          ...(keys !== undefined && { keys }),
          bytes,
          items,
        })
      },
    }
    await call(pipe(below, observed<Bytes>(hooks as never)))
    return ends
  }

  it.each([
    ['size', { op: 'size', bytes: 0, items: 0 }],
    ['getMany a,none', { op: 'getMany', keys: ['a', 'none'], bytes: 1, items: 2 }],
    ['entryPages', { op: 'entries', bytes: 7, items: 3 }],
    ['setMany a,c', { op: 'setMany', keys: ['a', 'c'], bytes: 2, items: 2 }],
    ['deleteMany a,c', { op: 'deleteMany', keys: ['a', 'c'], bytes: 0, items: 2 }],
    ['getWithStat a', { op: 'getWithStat', key: 'a', bytes: 1, items: 0 }],
    ['children', { op: 'children', bytes: 0, items: 2 }],
    ['batch 2', { op: 'batch', keys: ['a', 'b/1'], bytes: 3, items: 2 }],
    ['remove a', { op: 'remove', key: 'a', bytes: 0, items: 0 }],
    ['urlOf a', { op: 'urlOf', key: 'a', bytes: 0, items: 0 }],
  ])('%s: its name, its keys, what went through it', async (name, call) => {
    expect(await told((CALLS[name] as (typeof CALLS)[string])[0])).toEqual([call])
  })

  it('a batch that fails in part is told as a failure', async () => {
    const full = new StoreError('OutOfSpace', 'full')
    const below = createStore({ ...plain([]), setMany: () => new Map([['b', full]]) })
    const errors: unknown[] = []
    const store = pipe(below, observed<Bytes>({ end: ({ error }) => void errors.push(error) }))
    await rejection(store.setMany(['a', 'b'].map(key => [key, bytes(key)])))
    expect(errors).toMatchObject([{ code: 'OutOfSpace' }])
  })
})

describe('a stream that breaks off', () => {
  it('is told with why, and what came before', async () => {
    const below = createStore({
      ...plain([]),
      readStream: async function* () {
        yield bytes('123')
        throw new StoreError('Unavailable', 'gone')
      } as never,
    })
    const ends: unknown[] = []
    const store = pipe(
      below,
      observed<Bytes>({ end: ({ op, error, bytes }) => void ends.push({ op, error, bytes }) }),
    )
    const stream = (await readStream(store, 'a')) as ReadableStream<Uint8Array>
    await rejection(collect(stream as never))
    expect(ends).toMatchObject([{ op: 'readStream', error: { code: 'Unavailable' }, bytes: 3 }])
  })
})

describe('a layer over layers that hand batches on', () => {
  it.each([
    ['able', () => able(), ['getMany']],
    ['not able', () => createStore(plain([])), ['get', 'get']],
  ] as const)('looks at the storage, which is %s, and not at what lies between', async (_, open, ops) => {
    const heard: string[] = []
    const between = pipe(open() as Bytes, noDelete<Bytes>(), limit({ concurrency: 2 }), noDelete<Bytes>())
    const store = pipe(between, observed<Bytes>({ end: ({ op }) => void heard.push(op) }))
    expect(await collect(store.getMany(['a', 'none']))).toHaveLength(2)
    expect(heard).toEqual(ops)
  })
})

describe('a stream that is left', () => {
  it.each(Object.entries(LAYERS))('through %s, is ended once below, read or not', async (_, over) => {
    let ended = 0
    const chunks: AsyncIterator<Uint8Array> = {
      next: async () => ({ done: false, value: bytes('1') }),
      async return() {
        ended++
        return { done: true, value: undefined }
      },
    }
    const below = createStore({ ...plain([]), readStream: () => ({ [Symbol.asyncIterator]: () => chunks }) })
    await (await readStream(over(below), 'a'))?.cancel()
    expect(ended).toBe(1)
    const reader = (await readStream(over(below), 'a'))?.getReader()
    await reader?.read()
    await reader?.cancel()
    expect(ended).toBe(2)
  })
})
