import { bytes, collect, rejection, text } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { resolveRange } from '../src/adapter.ts'
import {
  createStore,
  filterKeys,
  mapKeys,
  mapValues,
  memory,
  pipe,
  prefix,
  type Range,
  readRange,
  readStream,
  type ValueCodec,
} from '../src/index.ts'

/** A store of digits that notes what its driver is asked, and how many streams are open. */
function digits({ native = true } = {}) {
  const asked: unknown[][] = []
  const state = { open: 0, returned: 0 }
  const store = createStore({
    name: 'digits',
    get(key: string, options: object) {
      asked.push(['get', key, options])
      return key.endsWith('k') ? bytes('0123456789') : undefined
    },
    keys: () => ['k'],
    ...(native && {
      async readStream(key: string, range: Range | undefined, options: object) {
        asked.push(['readStream', key, range, options])
        if (!key.endsWith('k')) return undefined
        const { start, end } = resolveRange(range, 10)
        return chunks('0123456789'.slice(start, end))
      },
    }),
  })
  return { store, asked, state }

  async function* chunks(whole: string) {
    state.open++
    try {
      for (const one of whole) yield Buffer.from(one)
    } finally {
      state.open--
      state.returned++
    }
  }
}

const flip = (value: Uint8Array) => value.map(byte => byte ^ 1)
async function* flipped(chunks: AsyncIterable<Uint8Array>) {
  for await (const chunk of chunks) yield flip(chunk)
}
const whole: ValueCodec<Uint8Array, Uint8Array> = { decode: flip, encode: flip }
const streamed: ValueCodec<Uint8Array, Uint8Array> = {
  ...whole,
  stream: { decode: flipped, encode: flipped },
}

type Stream = ReadableStream<Uint8Array>
const read = async (stream: Promise<Stream | undefined>) =>
  (await collect((await stream) as Stream)).map(text)

describe('a range of bytes', () => {
  it.each<[Range | undefined, number, number, number]>([
    [undefined, 10, 0, 10],
    [{}, 10, 0, 10],
    [{ start: 3 }, 10, 3, 10],
    [{ end: 3 }, 10, 0, 3],
    [{ start: 3, end: 5 }, 10, 3, 5],
    [{ start: 9, end: 10 }, 10, 9, 10],
    [{ start: 3, end: 30 }, 10, 3, 10],
    [{ start: 3, end: 3 }, 10, 3, 3],
    [{ start: 10, end: 10 }, 10, 10, 10],
    [{ start: 0, end: 0 }, 0, 0, 0],
    [{ end: 0 }, 10, 0, 0],
    [{ suffix: 3 }, 10, 7, 10],
    [{ suffix: 10 }, 10, 0, 10],
    [{ suffix: 30 }, 10, 0, 10],
    [{ suffix: 0 }, 10, 10, 10],
    [{ start: 2, suffix: undefined } as unknown as Range, 10, 2, 10],
    [{ start: undefined, end: undefined } as unknown as Range, 10, 0, 10],
  ])('%o of %i bytes is from %i to %i', (range, size, start, end) => {
    expect(resolveRange(range, size)).toEqual({ start, end })
  })

  it.each<[Range, number]>([
    [{ start: 10 }, 10],
    [{ start: 10, end: 12 }, 10],
    [{ start: 11, end: 11 }, 10],
    [{ start: 0 }, 0],
    [{}, 0],
  ])('%o of %i bytes cannot be satisfied', (range, size) => {
    expect(() => resolveRange(range, size)).toThrow(
      expect.objectContaining({
        code: 'RangeNotSatisfiable',
        detail: `the range begins at byte ${'start' in range ? range.start : 0} of a value of ${size} bytes`,
      }),
    )
  })

  it.each([
    [{ start: -1 }, 'start of a range is a whole number of bytes, not -1'],
    [{ end: 1.5 }, 'end of a range is a whole number of bytes, not 1.5'],
    [{ suffix: '3' }, 'suffix of a range is a whole number of bytes, not 3'],
    [{ from: 1 }, 'a range has start and end, or suffix, and no "from"'],
    [{ start: 1, suffix: 1 }, 'give start and end, or suffix, not both'],
    [{ end: 1, suffix: 1 }, 'give start and end, or suffix, not both'],
    [{ start: 3, end: 2 }, 'the range ends (2) before it starts (3)'],
  ])('%o is none', (range, detail) => {
    expect(() => resolveRange(range as Range, 10)).toThrow(
      expect.objectContaining({ code: 'InvalidArgument', detail }),
    )
  })
})

describe('readStream and readRange ask the driver', () => {
  it('for the range and the signal, under its own key, where nothing decodes values', async () => {
    const { store, asked } = digits()
    const { signal } = new AbortController()
    const view = pipe(store, mapKeys(prefix('p/')))
    expect(await read(readStream(view, 'k', { start: 2, end: 4, signal }))).toEqual(['2', '3'])
    expect(text(await readRange(view, 'k', { suffix: 2 }))).toBe('89')
    expect(await read(readStream(store, 'k'))).toHaveLength(10)
    expect(asked).toEqual([
      ['readStream', 'p/k', { start: 2, end: 4 }, { signal }],
      ['readStream', 'p/k', { suffix: 2 }, {}],
      ['readStream', 'k', undefined, {}],
    ])
  })

  it('for the whole stream through codecs that stream, and for the whole value for a range of it', async () => {
    const { store, asked } = digits()
    const view = pipe(store, mapValues(streamed), mapValues(streamed))
    expect(await read(readStream(view, 'k'))).toHaveLength(10)
    expect(await read(readStream(view, 'k', { start: 1, end: 3 }))).toEqual(['12'])
    expect(text(await readRange(pipe(store, mapValues(streamed)), 'k', { start: 1, end: 3 }))).toBe('03')
    expect(asked.map(([method]) => method)).toEqual(['readStream', 'get', 'get'])
  })

  it('for the whole value where it cannot stream, or a codec cannot', async () => {
    for (const [store, first] of [
      [digits({ native: false }).store, '0'],
      [pipe(digits().store, mapValues(whole)), '1'],
      [pipe(digits().store, mapValues(streamed), mapValues(whole)), '0'],
    ] as const) {
      const chunks = await read(readStream(store, 'k'))
      expect(chunks).toHaveLength(1)
      expect(chunks[0]?.[0]).toBe(first)
      expect(text(await readRange(store, 'k', { start: 0, end: 1 }))).toBe(first)
    }
  })

  it('for nothing where the key is hidden or absent', async () => {
    for (const native of [true, false]) {
      const { store, asked } = digits({ native })
      const hidden = pipe(
        store,
        filterKeys<typeof store>(key => key !== 'k'),
      )
      expect(await readStream(hidden, 'k')).toBeUndefined()
      expect(await readRange(hidden, 'k', { start: 1 })).toBeUndefined()
      expect(asked).toEqual([])
      expect(await readStream(store, 'x')).toBeUndefined()
      expect(await readRange(store, 'x', { start: 1 })).toBeUndefined()
      expect(asked).toHaveLength(2)
    }
  })

  it('for nothing where the options make no sense', async () => {
    const { store, asked } = digits()
    for (const options of [
      { start: -1 },
      { start: 1, suffix: 1 },
      { end: 'x' },
      { from: 1 },
      { signal: 1 },
      7,
    ])
      for (const [op, call] of Object.entries({ readStream, readRange }))
        expect(await rejection(call(store, 'k', options as never))).toMatchObject({
          code: 'InvalidArgument',
          op,
        })
    for (const [op, call] of Object.entries({ readStream, readRange }))
      expect(await rejection(call(store, 'k', { signal: AbortSignal.abort() }))).toMatchObject({
        code: 'Aborted',
        op,
      })
    expect(asked).toEqual([])
  })
})

describe('the stream', () => {
  it('gives no chunk of an empty value, and plain bytes of any other', async () => {
    const store = memory()
    await store.set('empty', new Uint8Array())
    expect(await read(readStream(store, 'empty'))).toEqual([])
    expect(await readRange(store, 'empty', { end: 0 })).toEqual(new Uint8Array())
    for (const chunk of await collect((await readStream(digits().store, 'k')) as Stream))
      expect(Object.getPrototypeOf(chunk)).toBe(Uint8Array.prototype)
  })

  it('reads one chunk for each that is asked for', async () => {
    const { store, state } = digits()
    const reader = ((await readStream(store, 'k')) as Stream).getReader()
    expect(state.open).toBe(0)
    expect(text((await reader.read()).value)).toBe('0')
    expect(state.open).toBe(1)
    await reader.cancel()
    expect(state).toEqual({ open: 0, returned: 1 })
    await store.close()
  })

  it('is no longer of the store once it has ended, was left or has failed', async () => {
    const { store, state } = digits()
    await read(readStream(store, 'k'))
    await ((await readStream(store, 'k')) as Stream).cancel()
    expect(state.open).toBe(0)
    await store.close()
  })

  it('fails as soon as the signal fires, however long the backend hangs, and leaves its chunks', async () => {
    let returned = 0
    const hanging = createStore({
      name: 'hanging',
      get: () => undefined,
      keys: () => [],
      readStream: () => ({
        [Symbol.asyncIterator]: () => ({
          next: () => new Promise<never>(() => {}),
          async return() {
            returned++
            return { done: true as const, value: undefined }
          },
        }),
      }),
    })
    const controller = new AbortController()
    const reader = ((await readStream(hanging, 'k', { signal: controller.signal })) as Stream).getReader()
    const next = reader.read()
    await new Promise(resolve => setImmediate(resolve))
    controller.abort()
    expect(await rejection(next)).toMatchObject({ code: 'Aborted', op: 'readStream', key: 'k' })
    expect(returned).toBe(1)
    await hanging.close()
    expect(returned).toBe(1)
  })

  it('fails when the store is closed, and says by what', async () => {
    const { store, state } = digits()
    const reader = ((await readStream(store, 'k')) as Stream).getReader()
    await reader.read()
    await store.close()
    expect(await rejection(reader.read())).toMatchObject({
      code: 'Closed',
      op: 'readStream',
      key: 'k',
      detail: expect.stringContaining('closed'),
    })
    expect(state.open).toBe(0)
  })

  it('tells what the driver failed with, and leaves its chunks', async () => {
    let returned = 0
    const broken = createStore({
      name: 'broken',
      get: () => undefined,
      keys: () => [],
      readStream: () => ({
        [Symbol.asyncIterator]: () => ({
          next: () => Promise.reject(new RangeError('lost')),
          async return() {
            returned++
            throw new RangeError('lost again')
          },
        }),
      }),
    })
    for (const view of [broken, pipe(broken, mapValues(streamed))]) {
      returned = 0
      const reader = ((await readStream(view, 'k')) as Stream).getReader()
      expect(await rejection(reader.read())).toMatchObject({
        op: 'readStream',
        key: 'k',
        cause: expect.any(RangeError),
      })
      await new Promise(resolve => setImmediate(resolve))
      expect(returned).toBeGreaterThan(0)
    }
  })
})

describe('a signal that fires between two reads', () => {
  const driver = {
    name: 'heedless',
    get: () => bytes('0123'),
    keys: () => ['k'],
  }
  const natively = {
    ...driver,
    async *readStream() {
      yield bytes('01')
      yield bytes('23')
    },
  }

  it.each([driver, natively])('ends the stream, whether the driver heeds it or not', async source => {
    const controller = new AbortController()
    const stream = await readStream(createStore(source), 'k', { signal: controller.signal })
    const reader = stream?.getReader()
    await reader?.read()
    controller.abort()
    expect(await rejection(reader?.read() ?? Promise.resolve())).toMatchObject({ code: 'Aborted' })
  })
})

it('a stream that opens after its call was aborted is ended', async () => {
  let open: (chunks: AsyncIterable<Uint8Array>) => void = () => {}
  let ended = 0
  const store = createStore({
    name: 'late',
    get: () => bytes('1'),
    keys: () => ['k'],
    readStream: () =>
      new Promise<AsyncIterable<Uint8Array>>(resolve => {
        open = resolve
      }),
  })
  const controller = new AbortController()
  const call = readStream(store, 'k', { signal: controller.signal })
  controller.abort()
  expect(await rejection(call)).toMatchObject({ code: 'Aborted' })
  open({
    [Symbol.asyncIterator]: () => ({
      next: async () => ({ done: true, value: undefined }),
      return: async () => {
        ended++
        return { done: true, value: undefined }
      },
    }),
  })
  await new Promise(resolve => setImmediate(resolve))
  expect(ended).toBe(1)
})
