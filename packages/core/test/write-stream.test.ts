import { bytes, rejection, text } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  compose,
  createStore,
  gzip,
  mapKeys,
  mapValues,
  pipe,
  prefix,
  type ValueCodec,
  writeStream,
} from '../src/index.ts'

const latin = (value: Uint8Array) => Buffer.from(value).toString('latin1')

/** A store that notes which chunks and options its driver is given. */
function noting({ streams = true, maxValueBytes }: { streams?: boolean; maxValueBytes?: number } = {}) {
  const asked: { key: string; chunks: string[]; options: object }[] = []
  const map = new Map<string, Uint8Array>()
  const store = createStore({
    name: 'noting',
    guarantees: { conditions: ['ifAbsent', 'ifMatch'], ...(maxValueBytes && { maxValueBytes }) },
    get: (key: string) => map.get(key)?.slice(),
    keys: () => map.keys(),
    set(key: string, value: Uint8Array, options: object) {
      asked.push({ key, chunks: [latin(value)], options })
      map.set(key, value)
    },
    delete: (key: string) => void map.delete(key),
    ...(streams && {
      async writeStream(key: string, source: AsyncIterable<Uint8Array>, options: object) {
        const chunks: Uint8Array[] = []
        for await (const chunk of source) chunks.push(chunk)
        asked.push({ key, chunks: chunks.map(latin), options })
        map.set(key, new Uint8Array(Buffer.concat(chunks)))
      },
    }),
  })
  return { store, asked, map }
}

const reversed: ValueCodec<Uint8Array, Uint8Array> = {
  decode: value => value.toReversed(),
  encode: value => value.toReversed(),
}
const streamed = (byte: number): ValueCodec<Uint8Array, Uint8Array> => {
  const flip = (value: Uint8Array) => value.map(each => (each * 2 + byte) & 127)
  async function* through(chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) yield flip(chunk)
  }
  return { decode: flip, encode: flip, stream: { decode: through, encode: through } }
}

describe('writeStream gives the driver', () => {
  it('the chunks as they come, without empty ones, and the size that was declared', async () => {
    const { store, asked } = noting()
    const source = [bytes('ab'), new Uint8Array(), bytes('c'), new Uint8Array()]
    await writeStream(store, 'k', source, { size: 3, ifAbsent: true })
    await writeStream(store, 'k', source)
    expect(asked).toEqual([
      { key: 'k', chunks: ['ab', 'c'], options: { size: 3, ifAbsent: true } },
      { key: 'k', chunks: ['ab', 'c'], options: {} },
    ])
  })

  it('no size where a codec changes it, and the driver’s key', async () => {
    const { store, asked } = noting()
    await writeStream(pipe(store, mapKeys(prefix('p/'))), 'k', [bytes('ab')], { size: 2 })
    await writeStream(pipe(store, mapValues(streamed(0))), 'k', [bytes('ab')], { size: 2, ifMatch: 'tag' })
    expect(asked.map(({ key, options }) => ({ key, options }))).toEqual([
      { key: 'p/k', options: { size: 2 } },
      { key: 'k', options: { ifMatch: 'tag' } },
    ])
  })

  it('what the codecs make of the chunks, the outermost first', async () => {
    const { store, asked, map } = noting()
    const view = pipe(store, mapValues(streamed(1)), mapValues(streamed(0)))
    await writeStream(view, 'k', [new Uint8Array([1]), new Uint8Array([2])])
    expect([...(map.get('k') as Uint8Array)]).toEqual([5, 9])
    expect(asked[0]?.chunks).toHaveLength(2)
  })

  it.each([
    ['the driver', noting({ streams: false }).store],
    ['a codec', pipe(noting().store, mapValues(reversed))],
  ])('one whole value where %s cannot stream', async (_, store) => {
    await writeStream(store, 'k', [bytes('ab'), bytes('cd')], { size: 4 })
    expect(text(await store.get('k'))).toBe('abcd')
  })

  it('a whole value with its conditions, and without the size', async () => {
    const { store, asked } = noting({ streams: false })
    await writeStream(store, 'k', [bytes('ab'), bytes('cd')], { size: 4, ifAbsent: true })
    expect(asked).toEqual([{ key: 'k', chunks: ['abcd'], options: { ifAbsent: true } }])
  })
})

describe('writeStream takes', () => {
  async function* generated() {
    yield bytes('ab')
    yield bytes('cd')
  }
  const web = () => ReadableStream.from([bytes('ab'), bytes('cd')])
  it.each([
    ['an array', () => [bytes('ab'), bytes('cd')]],
    ['one value', () => bytes('abcd')],
    ['an async generator', generated],
    ['a web stream', web],
    ['a web stream that cannot be iterated', () => notIterable(web()).stream],
    ['a set', () => new Set([bytes('ab'), bytes('cd')])],
  ])('%s', async (_, source) => {
    const { store, map } = noting()
    await writeStream(store, 'k', source() as never, { size: 4 })
    expect(text(map.get('k'))).toBe('abcd')
  })

  it.each([
    ['a number', 7],
    ['nothing', undefined],
    ['null', null],
    ['an object', {}],
    ['a text', 'abcd'],
    ['something that has a getReader of its own', { getReader: true }],
  ])('not %s', async (_, source) => {
    const { store, asked } = noting()
    expect(await rejection(writeStream(store, 'k', source as never))).toMatchObject({
      code: 'InvalidValue',
      key: 'k',
      op: 'writeStream',
      detail: 'the source is a stream or another iterable of Uint8Arrays',
    })
    expect(asked).toEqual([])
  })

  it('no chunk that is no bytes', async () => {
    const { store, asked } = noting()
    for (const chunk of ['text', 7, undefined, [1, 2], new Uint16Array(2)])
      expect(await rejection(writeStream(store, 'k', [bytes('ab'), chunk] as never))).toMatchObject({
        code: 'InvalidValue',
        key: 'k',
        detail: expect.stringContaining('Uint8Array'),
      })
    expect(asked).toEqual([])
  })

  it('neither fewer bytes than were declared nor more, and reads no further than the first too many', async () => {
    for (const streams of [true, false]) {
      const { store, asked } = noting({ streams })
      const few = await rejection(writeStream(store, 'k', [bytes('ab')], { size: 3 }))
      expect(few).toMatchObject({ code: 'InvalidValue', detail: '3 bytes were declared and 2 came' })
      let taken = 0
      function* endless() {
        for (;;) {
          taken++
          yield bytes('ab')
        }
      }
      const many = await rejection(writeStream(store, 'k', endless(), { size: 3 }))
      expect(many).toMatchObject({
        code: 'InvalidValue',
        detail: '3 bytes were declared and at least 4 came',
      })
      expect(taken).toBe(2)
      expect(asked).toEqual([])
    }
  })

  it('as many bytes as the store keeps of a value, after the codecs, and no more', async () => {
    const { store, asked } = noting({ maxValueBytes: 4 })
    await writeStream(store, 'k', [bytes('ab'), bytes('cd')])
    const error = await rejection(writeStream(store, 'k', [bytes('ab'), bytes('cd'), bytes('e')]))
    expect(error).toMatchObject({ code: 'TooLarge', key: 'k', op: 'writeStream' })
    expect(asked).toHaveLength(1)
    const zipped = pipe(noting({ maxValueBytes: 100 }).store, mapValues(compose(gzip())))
    await writeStream(zipped, 'k', [new Uint8Array(5000)])
    expect(await zipped.get('k')).toEqual(new Uint8Array(5000))
  })
})

describe('a source of writeStream', () => {
  it('is left when the write fails, and is not when it was read to its end', async () => {
    for (const { size, cancelled } of [
      { size: 1, cancelled: 1 },
      { size: 4, cancelled: 0 },
    ]) {
      const { store } = noting()
      const { stream, state } = notIterable(ReadableStream.from([bytes('ab'), bytes('cd')]))
      await writeStream(store, 'k', stream as never, { size }).catch(() => {})
      expect(state.cancelled).toBe(cancelled)
    }
  })

  it('is not touched where the write is refused', async () => {
    let taken = 0
    function* source() {
      taken++
      yield bytes('ab')
    }
    const { store } = noting()
    const refused = async (code: string, key: string, options?: object) =>
      expect(await rejection(writeStream(store, key, source(), options))).toMatchObject({ code })
    await refused('InvalidKey', '')
    await refused('InvalidArgument', 'k', { size: -1 })
    await refused('InvalidArgument', 'k', { size: 1.5 })
    await refused('Unsupported', 'k', { concurrency: 2 })
    await refused('Aborted', 'k', { signal: AbortSignal.abort() })
    expect(
      await rejection(
        writeStream(
          createStore({ name: 'r', get: () => undefined, keys: () => [] }) as never,
          'k' as never,
          source(),
        ),
      ),
    ).toMatchObject({ code: 'ReadOnly' })
    expect(taken).toBe(0)
  })

  it('is given up when the call is aborted or the store closed while a value is collected', async () => {
    for (const end of ['abort', 'close'] as const) {
      const { store, asked } = noting({ streams: false })
      const controller = new AbortController()
      async function* source() {
        yield bytes('ab')
        if (end === 'abort') controller.abort()
        else void store.close()
      }
      expect(await rejection(writeStream(store, 'k', source(), { signal: controller.signal }))).toMatchObject(
        {
          code: end === 'abort' ? 'Aborted' : 'Closed',
        },
      )
      expect(asked).toEqual([])
    }
  })
})

/** A web stream as browsers have it that cannot iterate one, and how often it was cancelled. */
function notIterable(of: ReadableStream<Uint8Array>) {
  const state = { cancelled: 0 }
  const stream = {
    getReader() {
      const reader = of.getReader()
      return {
        read: () => reader.read(),
        cancel() {
          state.cancelled++
          return reader.cancel()
        },
      }
    },
  }
  return { stream, state }
}
