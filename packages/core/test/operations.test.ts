import { bytes, collect, text } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { driverOf } from '../src/adapter.ts'
import {
  clear,
  copy,
  createStore,
  type Driver,
  decodeValues,
  filterKeys,
  guarantees,
  type ListingDriver,
  mapKeys,
  mapValues,
  memory,
  pipe,
  prefix,
  readOnly,
  readRange,
  readStream,
  rename,
  type Store,
  StoreError,
  template,
  textValues,
  update,
  type ValueCodec,
  writeStream,
} from '../src/index.ts'

type Entries = readonly (readonly [string, Uint8Array])[]

/** A store that takes batches; `answer` is called before each, `before` before each single write. */
function taking(
  answer: (entries: Entries) => ReadonlyMap<string, StoreError> | void,
  before: (key: string) => void = () => {},
  batchAtomic = false,
) {
  const map = new Map<string, Uint8Array>()
  const store = createStore({
    name: 'taking',
    guarantees: { batchAtomic },
    get: key => map.get(key),
    keys: () => [...map.keys()],
    set(key, value) {
      before(key)
      map.set(key, value)
    },
    delete: key => void map.delete(key),
    setMany(entries) {
      const failures = answer(entries) ?? new Map()
      for (const [key, value] of entries) if (!failures.has(key)) map.set(key, value)
      return failures
    },
  })
  return { store, map }
}

/** A store whose driver streams in small chunks, and counts what is open. */
function streaming() {
  const map = new Map<string, Uint8Array>()
  const state = { open: 0, reads: 0, map }
  const driver: Driver = {
    name: 'chunks',
    guarantees: { conditions: ['ifAbsent'] },
    get: key => map.get(key)?.slice(),
    keys: () => [...map.keys()],
    set(key, value, { ifAbsent }) {
      if (ifAbsent && map.has(key)) throw new StoreError('Conflict', 'there is a value already')
      map.set(key, value)
    },
    delete: key => void map.delete(key),
    async readStream(key, range) {
      const value = map.get(key)
      return value && chunks(value.subarray(...bounds(range, value.length)))
    },
    async writeStream(key, source, { ifAbsent }) {
      if (ifAbsent && map.has(key)) throw new StoreError('Conflict', 'there is a value already')
      map.set(key, new Uint8Array(Buffer.concat(await collect(source))))
    },
  }
  const store = createStore(driver as Required<Driver>)
  return { store, state }

  async function* chunks(value: Uint8Array) {
    state.open++
    try {
      const step = Math.max(3, value.length >> 3)
      for (let at = 0; at < value.length; at += step) {
        state.reads++
        yield value.slice(at, at + step)
      }
    } finally {
      state.open--
    }
  }
}

function bounds(range: Parameters<NonNullable<Driver['readStream']>>[1], size: number): [number, number] {
  if (range === undefined) return [0, size]
  return 'suffix' in range ? [size - range.suffix, size] : [range.start ?? 0, range.end ?? size]
}

const xor: ValueCodec<Uint8Array, Uint8Array> = {
  decode: value => value.map(byte => byte ^ 1),
  encode: value => value.map(byte => byte ^ 1),
}
const streamedXor: ValueCodec<Uint8Array, Uint8Array> = { ...xor, stream: { decode: flip, encode: flip } }

async function* flip(chunks: AsyncIterable<Uint8Array>) {
  for await (const chunk of chunks) yield chunk.map(byte => byte ^ 1)
}

describe('readStream and readRange', () => {
  it('give the same bytes natively and from the whole value', async () => {
    const value = bytes('0123456789')
    for (const store of [streaming().store, memory(), pipe(streaming().store, mapValues(xor))]) {
      await store.set('k', value)
      expect(text(await readRange(store, 'k', { start: 2, end: 5 }))).toBe('234')
      expect(text(await readRange(store, 'k', { suffix: 3 }))).toBe('789')
      expect(text(await readRange(store, 'k', {}))).toBe('0123456789')
      const stream = (await readStream(store, 'k')) as ReadableStream<Uint8Array>
      expect(text(new Uint8Array(await new Response(stream).arrayBuffer()))).toBe('0123456789')
      expect(await readStream(store, 'absent')).toBeUndefined()
    }
  })

  it('refuses bad ranges before reading', async () => {
    const store = memory()
    for (const range of [
      { start: -1 },
      { end: 0.5 },
      { start: 3, end: 2 },
      { suffix: Number.NaN },
      { start: 1, suffix: 2 },
      { from: 1 },
    ])
      await expect(readRange(store, 'k', range as object)).rejects.toMatchObject({ code: 'InvalidArgument' })
    await store.set('k', bytes('ab'))
    await expect(readRange(store, 'k', { start: 2, end: 9 })).rejects.toMatchObject({
      code: 'RangeNotSatisfiable',
      key: 'k',
    })
  })

  it('reads nothing before it is asked, and closes the source when the reader leaves', async () => {
    const { store, state } = streaming()
    await store.set('k', bytes('0123456789'))
    const stream = await readStream(store, 'k')
    expect(state).toMatchObject({ open: 0, reads: 0 })
    for await (const chunk of stream as ReadableStream<Uint8Array>) {
      expect(text(chunk)).toBe('012')
      expect(state.open).toBe(1)
      break
    }
    expect(state).toMatchObject({ open: 0, reads: 1 })
  })

  it('goes through codecs that stream without reading the value whole', async () => {
    const { store, state } = streaming()
    const view = pipe(store, mapValues(streamedXor), mapKeys(prefix('p/')))
    await writeStream(view, 'k', [bytes('01'), new Uint8Array(), bytes('23456')])
    expect(text(state.map.get('p/k'))).toBe('1032547')
    expect((await collect((await readStream(view, 'k')) as ReadableStream<Uint8Array>)).map(text)).toEqual([
      '012',
      '345',
      '6',
    ])
  })

  it('releases the driver also when nothing has been read through a codec', async () => {
    const { store, state } = streaming()
    const eager: ListingDriver = {
      ...(driverOf(store) as ListingDriver),
      async readStream() {
        state.open++
        const iterator = {
          next: async () => ({ done: true as const, value: undefined }),
          async return() {
            state.open--
            return { done: true as const, value: undefined }
          },
        }
        return { [Symbol.asyncIterator]: () => iterator }
      },
    }
    const view = pipe(createStore(eager), mapValues(streamedXor))
    await ((await readStream(view, 'k')) as ReadableStream<Uint8Array>).cancel()
    expect(state.open).toBe(0)
  })

  it('ends open streams with Closed when the store is closed', async () => {
    const { store, state } = streaming()
    await store.set('k', bytes('0123456789'))
    const reader = ((await readStream(store, 'k')) as ReadableStream<Uint8Array>).getReader()
    await reader.read()
    await store.close()
    await expect(reader.read()).rejects.toMatchObject({ code: 'Closed' })
    expect(state.open).toBe(0)
  })
})

describe('writeStream', () => {
  it('stores nothing when the source fails, is no bytes, or has another size than declared', async () => {
    for (const store of [streaming().store, memory()]) {
      await store.set('k', bytes('old'))
      async function* failing() {
        yield bytes('new')
        throw new RangeError('cut')
      }
      await expect(writeStream(store, 'k', failing())).rejects.toMatchObject({ code: 'Aborted', key: 'k' })
      await expect(writeStream(store, 'k', ['new'] as never)).rejects.toMatchObject({ code: 'InvalidValue' })
      await expect(writeStream(store, 'k', [bytes('new')], { size: 2 })).rejects.toMatchObject({
        code: 'InvalidValue',
      })
      await expect(writeStream(store, 'k', [bytes('new')], { size: 4 })).rejects.toMatchObject({
        code: 'InvalidValue',
      })
      await expect(writeStream(store, 'k', [bytes('new')], { ifAbsent: true })).rejects.toMatchObject({
        code: 'Conflict',
      })
      expect(text(await store.get('k'))).toBe('old')
      await writeStream(store, 'k', [], { size: 0 })
      expect(await store.get('k')).toEqual(new Uint8Array())
    }
  })

  it('refuses hidden keys and readers', async () => {
    const hidden = pipe(
      memory(),
      filterKeys(key => key !== 'k'),
    )
    await expect(writeStream(hidden, 'k', [])).rejects.toMatchObject({ code: 'ReadOnly' })
    await expect(writeStream(readOnly(memory()) as Store<string, Uint8Array>, 'k', [])).rejects.toMatchObject(
      { code: 'ReadOnly' },
    )
  })
})

describe('copy', () => {
  it('copies through the transforms of both sides, and reports', async () => {
    const from = memory()
    await from.setMany([
      ['a/1', bytes('1')],
      ['a/2', bytes('2')],
      ['b', bytes('3')],
    ])
    const target = memory()
    const to = pipe(target, mapKeys(prefix('copy/')), mapValues(xor))
    const seen: string[] = []
    expect(await copy(from, to, { prefix: 'a/', onProgress: ({ key }) => seen.push(key) })).toEqual({
      copied: 2,
      skipped: 0,
    })
    expect(seen.sort()).toEqual(['a/1', 'a/2'])
    expect(await collect(target.keys())).toEqual(['copy/a/1', 'copy/a/2'])
    expect(text(await to.get('a/1'))).toBe('1')
    expect(await copy(from, to, { overwrite: false })).toEqual({ copied: 1, skipped: 2 })
  })

  it('streams long values and tries every key before it reports failures', async () => {
    const { store: from } = streaming()
    const { store: to, state } = streaming()
    const long = new Uint8Array(1024 * 1024 + 1).fill(7)
    await from.set('long', long)
    await from.set('short', bytes('s'))
    const picky = pipe(
      to,
      filterKeys(key => key !== 'short'),
    )
    await expect(copy(from, picky)).rejects.toSatisfy(
      (error: StoreError) =>
        error.code === 'ReadOnly' && [...(error.failures?.keys() ?? [])].join() === 'short',
    )
    // Comparing elements one by one takes seconds.
    expect(Buffer.compare(state.map.get('long') as Uint8Array, long)).toBe(0)
  })

  it('tells why a read broke off, not that the source of a write failed', async () => {
    const { store: to, state } = streaming()
    let ended = 0
    const from = createStore({
      name: 'broken',
      get: () => undefined,
      keys: () => ['film'],
      stat: () => ({ size: 2 * 1024 * 1024 }),
      async *readStream() {
        try {
          yield bytes('the beginning')
          throw new StoreError('Unavailable', 'the connection was lost')
        } finally {
          ended++
        }
      },
    })
    const error = (await copy(from, to).catch((thrown: unknown) => thrown)) as StoreError
    expect(error).toMatchObject({ code: 'Unavailable', op: 'copy' })
    expect(error.failures?.get('film')).toMatchObject({ code: 'Unavailable', key: 'film', op: 'readStream' })
    expect(state.map.has('film')).toBe(false)
    expect(ended).toBe(1)
  })

  it('writes in batches where the destination takes them', async () => {
    const from = memory()
    for (let index = 0; index < 250; index++) await from.set(`key ${index}`, bytes(`${index}`))
    const batches: number[] = []
    const { store: to, map } = taking(entries => void batches.push(entries.length))
    let told = 0
    const result = await copy(from, to, {
      onProgress: ({ key, copied }) => expect([map.has(key), copied]).toEqual([true, ++told]),
    })
    expect(result).toEqual({ copied: 250, skipped: 0 })
    expect(batches.sort((a, b) => a - b)).toEqual([50, 100, 100])
    expect(map.size).toBe(250)
  })

  it('keeps batches of long values small', async () => {
    const from = memory()
    const long = new Uint8Array(3 * 1024 * 1024)
    for (let index = 0; index < 7; index++) await from.set(`${index}`, long)
    const batches: number[] = []
    // All or nothing, so that the store does not cut them again.
    const { store: to } = taking(entries => void batches.push(entries.length), undefined, true)
    await copy(from, to)
    expect(Math.max(...batches)).toBe(3)
  })

  it.each([
    [
      'tells of one bad entry',
      (entries: Entries) => new Map([[entries[3]![0], new StoreError('TooLarge', 'too large')]]),
    ],
    [
      'refuses as a whole',
      (entries: Entries) => {
        if (entries.length > 1) throw new StoreError('TooLarge', 'too large')
      },
    ],
  ])('lets a bad entry keep no other out of a batch that %s', async (_, answer) => {
    const from = memory()
    for (let index = 0; index < 10; index++) await from.set(`${index}`, bytes('v'))
    const { store: to, map } = taking(answer, key => {
      if (key === '3') throw new StoreError('TooLarge', 'too large')
    })
    const told: string[] = []
    await expect(copy(from, to, { onProgress: ({ key }) => told.push(key) })).rejects.toSatisfy(
      (error: StoreError) => error.code === 'TooLarge' && [...(error.failures?.keys() ?? [])].join() === '3',
    )
    expect([...map.keys()].sort().join('')).toBe('012456789')
    expect(told.sort().join('')).toBe('012456789')
  })

  it('ends with what onProgress throws, which is no failure of a key', async () => {
    const from = memory()
    await from.set('a', bytes('v'))
    const onProgress = () => {
      throw new StoreError('Unsupported', 'enough')
    }
    for (const to of [memory(), streaming().store])
      await expect(copy(from, to, { onProgress })).rejects.toSatisfy(
        (error: StoreError) => error.detail === 'enough' && error.failures === undefined,
      )
  })

  it('stops when it is aborted, with nothing half told', async () => {
    const from = memory()
    for (let index = 0; index < 300; index++) await from.set(`${index}`, bytes('v'))
    const abort = new AbortController()
    const { store: to, map } = taking(() => abort.abort())
    await expect(copy(from, to, { signal: abort.signal })).rejects.toMatchObject({ code: 'Aborted' })
    expect(map.size).toBeLessThan(300)
  })
})

describe('rename', () => {
  it('takes the media type along, in one step and where the value is stored anew', async () => {
    const texts = pipe(memory(), textValues())
    await texts.set('a', 'x', { contentType: 'text/css' } as never)
    await rename(texts, 'a', 'b')
    expect(await texts.stat('b')).toMatchObject({ contentType: 'text/css' })
    const plain = memory()
    await plain.set('a', bytes('x'), { contentType: 'text/css' })
    await rename(plain, 'a', 'b')
    expect(await plain.stat('b')).toMatchObject({ contentType: 'text/css' })
  })

  it('moves natively and by copying, and refuses what it must', async () => {
    for (const store of [memory(), pipe(memory(), mapValues(xor)), streaming().store]) {
      await store.set('a', bytes('1'))
      await rename(store, 'a', 'b')
      expect(await collect(store.keys())).toEqual(['b'])
      await rename(store, 'b', 'b')
      if (guarantees(store).conditions.includes('ifAbsent'))
        await expect(rename(store, 'b', 'b', { ifAbsent: true })).rejects.toMatchObject({ code: 'Conflict' })
      expect(text(await store.get('b'))).toBe('1')
      await expect(rename(store, 'a', 'c')).rejects.toMatchObject({ code: 'NotFound', key: 'a' })
      await store.set('c', bytes('2'))
      await expect(rename(store, 'b', 'c', { ifAbsent: true })).rejects.toMatchObject({ name: 'StoreError' })
      expect(text(await store.get('c'))).toBe('2')
    }
  })
})

describe('update', () => {
  it('is refused where nothing keeps two writers apart', async () => {
    const plain = createStore({
      name: 'plain',
      get: () => undefined,
      keys: () => [],
      set: () => {},
      delete: () => {},
    })
    await expect(update(plain, 'k', () => bytes('x'))).rejects.toMatchObject({
      code: 'Unsupported',
      op: 'update',
    })
  })

  it('writes nothing when there is nothing to change', async () => {
    const store = memory()
    expect(await update(store, 'k', () => undefined)).toBeUndefined()
    expect(await store.has('k')).toBe(false)
  })
})

describe('clear', () => {
  it('takes an empty tuple or record prefix for the whole store', async () => {
    const store = pipe(memory(), mapKeys(template('{a}/{b}').tuple()))
    await store.set(['x', 'y'], bytes('1'))
    await expect(clear(store, { prefix: [] })).rejects.toMatchObject({ code: 'InvalidArgument' })
    const records = pipe(memory(), mapKeys(template('{a}/{b}')))
    await expect(clear(records, { prefix: {} })).rejects.toMatchObject({ code: 'InvalidArgument' })
    await clear(store, { prefix: ['x'] })
    expect(await store.size()).toBe(0)
  })
})

describe('failing codecs', () => {
  it('keep stored values out of the message', async () => {
    const base = memory()
    const store = pipe(
      base,
      decodeValues(value => JSON.parse(new TextDecoder().decode(value)) as unknown),
    )
    await base.set('k', bytes('sekrit'))
    await expect(store.get('k')).rejects.toSatisfy(
      error => error instanceof StoreError && error.code === 'Corrupt' && !error.message.includes('sekrit'),
    )
  })
})
