import { createHash } from 'node:crypto'
import { brotliCompressSync, deflateSync, gunzipSync, gzipSync } from 'node:zlib'
import { bytes as bytesOf, joined } from '@kvdol/test-support'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  type BytesCodec,
  brotli,
  type CompressionOptions,
  compose,
  deflate,
  gzip,
  json,
  mapValues,
  memory,
  pipe,
  readStream,
  text,
  writeStream,
} from '../src/index.ts'

const hello = bytesOf('hello '.repeat(100))
/** What no format makes smaller. */
const noise = createHash('shake256', { outputLength: 300_000 }).update('noise').digest()

/** Without Node's modules, as in a browser. */
function withoutNode(): void {
  vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined)
}

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

async function failure(promise: unknown): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('it was accepted')
}

async function* inPieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += length) yield bytes.slice(start, start + length)
}

interface Subject {
  name: string
  make: (options?: CompressionOptions) => BytesCodec
  reference: (bytes: Uint8Array) => Uint8Array
  engine: 'node' | 'web'
}

const subjects: Subject[] = [
  { name: 'gzip', make: gzip, reference: gzipSync, engine: 'node' },
  { name: 'deflate', make: deflate, reference: deflateSync, engine: 'node' },
  { name: 'brotli', make: brotli, reference: brotliCompressSync, engine: 'node' },
  { name: 'gzip', make: gzip, reference: gzipSync, engine: 'web' },
  { name: 'deflate', make: deflate, reference: deflateSync, engine: 'web' },
]

describe.each(subjects)('$name ($engine)', ({ make, reference, engine }) => {
  const codec = make()
  const prepare = () => {
    if (engine === 'web') withoutNode()
  }

  it('gives back any bytes', async () => {
    prepare()
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async bytes => {
        const stored = await codec.encode(bytes, 'k')
        expect(await codec.decode(stored, 'k')).toEqual(bytes)
      }),
      { numRuns: 50 },
    )
    const large = new Uint8Array(300_000).map((_, index) => (index * index) % 251)
    const back = await codec.decode(await codec.encode(large, 'k'), 'k')
    expect(Buffer.compare(back, large)).toBe(0)
  })

  it('makes a plain array of its own, and shrinks what repeats', async () => {
    prepare()
    const stored = await codec.encode(hello, 'k')
    expect(Object.getPrototypeOf(stored)).toBe(Uint8Array.prototype)
    expect(stored.buffer.byteLength).toBe(stored.byteLength)
    expect(stored.byteLength).toBeLessThan(100)
    expect(Object.getPrototypeOf(await codec.decode(stored, 'k'))).toBe(Uint8Array.prototype)
  })

  it('reads what others have compressed', async () => {
    prepare()
    expect(await codec.decode(new Uint8Array(reference(hello)), 'k')).toEqual(hello)
  })

  it('finds every truncation corrupt', async () => {
    prepare()
    const stored = await codec.encode(bytesOf('hello'), 'k')
    for (let length = 0; length < stored.length; length++)
      expect(await failure(codec.decode(stored.subarray(0, length), 'k')), String(length)).toMatchObject({
        code: 'Corrupt',
      })
  })

  it('finds damage corrupt, and what is no compressed data', async () => {
    prepare()
    expect(await failure(codec.decode(bytesOf('not compressed at all'), 'k'))).toMatchObject({
      code: 'Corrupt',
    })
    expect(await failure(codec.decode('x' as never, 'k'))).toMatchObject({ code: 'Corrupt' })
  })

  it('says which format is not sound, and why', async () => {
    prepare()
    expect(await failure(codec.decode(bytesOf('not compressed at all'), 'k'))).toMatchObject({
      detail: `the stored bytes are not whole and sound ${codec.name?.slice(0, -2)} data`,
      cause: expect.any(Error),
    })
    expect(await failure(codec.decode('x' as never, 'k'))).toMatchObject({
      detail: `${codec.name} decodes bytes, not a value of type string`,
    })
  })

  it('says how large a value may be', async () => {
    prepare()
    const detail = 'the value has more than 599 bytes; raise maxBytes, or use a stream'
    const tight = make({ maxBytes: 599 })
    expect(await failure(tight.decode(new Uint8Array(reference(hello)), 'k'))).toMatchObject({ detail })
    expect(await failure(new Promise(() => tight.encode(hello, 'k')))).toMatchObject({ detail })
  })

  it('holds values up to maxBytes, both ways', async () => {
    prepare()
    const small = make({ maxBytes: 600 })
    expect(await small.decode(await small.encode(hello, 'k'), 'k')).toEqual(hello)
    const tight = make({ maxBytes: 599 })
    expect(await failure(tight.decode(new Uint8Array(reference(hello)), 'k'))).toMatchObject({
      code: 'TooLarge',
    })
    expect(await failure(new Promise(() => tight.encode(hello, 'k')))).toMatchObject({ code: 'TooLarge' })
  })

  it.each([[1], [7], [100_000]])('works by stream, in pieces of %i bytes', async length => {
    prepare()
    const stored = await joined(codec.stream.encode(inPieces(hello, length)))
    expect(await codec.decode(stored, 'k')).toEqual(hello)
    expect(await joined(codec.stream.decode(inPieces(stored, length)))).toEqual(hello)
  })

  it('finds a truncated stream corrupt', async () => {
    prepare()
    const stored = await codec.encode(hello, 'k')
    const cut = codec.stream.decode(inPieces(stored.subarray(0, -1), 5))
    expect(await failure(joined(cut))).toMatchObject({ code: 'Corrupt' })
    expect(await failure(joined(codec.stream.decode(inPieces(bytesOf('zzzzzzzz'), 3))))).toMatchObject({
      code: 'Corrupt',
    })
  })

  it('passes on a failure of the source as it is', async () => {
    prepare()
    const broken = async function* () {
      yield (await codec.encode(hello, 'k')).slice(0, 4)
      throw new RangeError('the source broke')
    }
    expect(await failure(joined(codec.stream.decode(broken())))).toMatchObject({
      message: 'the source broke',
    })
    expect(await failure(joined(codec.stream.encode(broken())))).toMatchObject({
      message: 'the source broke',
    })
  })

  it('closes the source when the reader leaves early', async () => {
    prepare()
    let closed: (() => void) | undefined
    const done = new Promise<void>(resolve => {
      closed = resolve
    })
    const endless = async function* () {
      try {
        for (let index = 0; ; index++) yield new Uint8Array(65_536).map((_, at) => (at * index) % 253)
      } finally {
        closed?.()
      }
    }
    for await (const chunk of codec.stream.encode(endless())) if (chunk.length > 0) break
    await done
  })

  it('closes the source when the reader of what was stored leaves early', async () => {
    prepare()
    const stored = await codec.encode(noise, 'k')
    let closed = false
    const source = async function* () {
      try {
        yield* inPieces(stored, 1000)
      } finally {
        closed = true
      }
    }
    for await (const chunk of codec.stream.decode(source())) {
      expect(closed).toBe(false)
      if (chunk.length > 0) break
    }
    await vi.waitFor(() => expect(closed).toBe(true))
  })
})

describe.each(subjects.filter(({ engine }) => engine === 'node'))('$name on Node', ({ make, reference }) => {
  it('finds anything after the data corrupt', async () => {
    const stored = new Uint8Array(reference(hello))
    for (const tail of [[1], [1, 2, 3], [0, 0, 0, 1], [...new Uint8Array(100_000), 1]]) {
      const longer = new Uint8Array([...stored, ...tail])
      expect(await failure(make().decode(longer, 'k'))).toMatchObject({ code: 'Corrupt' })
      expect(await failure(joined(make().stream.decode(inPieces(longer, 5))))).toMatchObject({
        code: 'Corrupt',
      })
    }
  })

  it('takes a level', async () => {
    const values = new Uint8Array(20_000).map((_, index) => (index * index) % 97)
    const quick = await make({ level: 1 }).encode(values, 'k')
    const small = await make({ level: 9 }).encode(values, 'k')
    expect(small.length).toBeLessThan(quick.length)
    expect(await make().decode(quick, 'k')).toEqual(values)
    const highest = make === brotli ? 11 : 9
    expect(await make().decode(await make({ level: highest }).encode(hello, 'k'), 'k')).toEqual(hello)
    expect(() => make({ level: highest + 1 })).toThrow(`level is a whole number from 0 to ${highest}`)
    expect(() => make({ level: 1.5 })).toThrow(TypeError)
    expect(() => make({ maxBytes: 0 })).toThrow(TypeError)
  })
})

describe.each([
  ['gzip', gzip, gzipSync],
  ['deflate', deflate, deflateSync],
] as const)('%s with zero bytes after the data', (_, make, reference) => {
  // The last one ends with zeros of its own, in checksum and length.
  const values = [hello, new Uint8Array(65_536), new Uint8Array()]

  it.each([1, 4, 511, 200_000])('reads %i of them as padding, and refuses them when strict', async count => {
    for (const value of values) {
      const padded = new Uint8Array([...reference(value), ...new Uint8Array(count)])
      expect(Buffer.compare(await make().decode(padded, 'k'), value)).toBe(0)
      for (const length of [count > 1000 ? 1000 : 1, 100_000]) {
        const streamed = await joined(make().stream.decode(inPieces(padded, length)))
        expect(Buffer.compare(streamed, value)).toBe(0)
      }
      const strict = make({ strict: true })
      expect(await failure(strict.decode(padded, 'k'))).toMatchObject({ code: 'Corrupt' })
      expect(await failure(joined(strict.stream.decode(inPieces(padded, 1000))))).toMatchObject({
        code: 'Corrupt',
      })
    }
  })

  it('finds other bytes after the zeros corrupt', async () => {
    const stored = new Uint8Array([...reference(hello), ...new Uint8Array(50_000), ...reference(hello)])
    expect(await failure(make().decode(stored, 'k'))).toMatchObject({ code: 'Corrupt' })
    expect(await failure(joined(make().stream.decode(inPieces(stored, 1000))))).toMatchObject({
      code: 'Corrupt',
    })
  })
})

it('brotli has no padding, and no option about it', async () => {
  expect(() => brotli({ strict: true } as object)).toThrow(TypeError)
  const padded = new Uint8Array([...brotliCompressSync(hello), 0])
  expect(await failure(brotli().decode(padded, 'k'))).toMatchObject({ code: 'Corrupt' })
})

it('says that bytes follow the data, when they are zeros only and when there are others', async () => {
  const detail = 'more bytes follow the compressed data'
  const stored = new Uint8Array(gzipSync(hello))
  const followed = (...more: number[]) => joined([stored, new Uint8Array(more)])
  expect(await failure(gzip().decode(await followed(0, 1), 'k'))).toMatchObject({ code: 'Corrupt', detail })
  expect(await failure(gzip({ strict: true }).decode(await followed(0), 'k'))).toMatchObject({ detail })
  expect(await gzip().decode(await followed(0), 'k')).toEqual(hello)
})

describe('compression in a store', () => {
  it.each(['node:zlib', 'node:stream'])('does without %s, by what the web has', async missing => {
    const { getBuiltinModule } = process
    vi.spyOn(process, 'getBuiltinModule').mockImplementation(((name: string) =>
      name === missing ? undefined : getBuiltinModule(name)) as typeof getBuiltinModule)
    const stored = await gzip().encode(hello, 'k')
    expect(new Uint8Array(gunzipSync(stored))).toEqual(hello)
    expect(await gzip().decode(stored, 'k')).toEqual(hello)
    const streamed = await joined(gzip().stream.encode(inPieces(hello, 50)))
    expect(await joined(gzip().stream.decode(inPieces(streamed, 7)))).toEqual(hello)
  })

  it('gzip makes JSON smaller, for others to read', async () => {
    const inner = memory()
    const store = pipe(inner, mapValues(compose(json(), text(), gzip())))
    const value = Array.from({ length: 100 }, (_, id) => ({ id, name: 'the same name' }))
    await store.set('a', value)
    const stored = (await inner.get('a')) ?? new Uint8Array()
    expect(stored.length).toBeLessThan(JSON.stringify(value).length / 5)
    expect(JSON.parse(gunzipSync(stored).toString())).toEqual(value)
    expect(await store.get('a')).toEqual(value)
  })

  it('lets streams through', async () => {
    const inner = memory()
    const store = pipe(inner, mapValues(gzip()))
    await writeStream(store, 'a', inPieces(hello, 50))
    expect(new Uint8Array(gunzipSync((await inner.get('a')) ?? new Uint8Array()))).toEqual(hello)
    const stream = await readStream(store, 'a')
    expect(await joined(stream as AsyncIterable<Uint8Array>)).toEqual(hello)
  })

  it('is unsupported where the platform lacks a format, and says why', async () => {
    withoutNode()
    vi.stubGlobal('CompressionStream', undefined)
    vi.stubGlobal('DecompressionStream', undefined)
    const store = pipe(memory(), mapValues(brotli()))
    expect(await failure(store.set('a', hello))).toMatchObject({
      code: 'Unsupported',
      message: expect.stringContaining('no brotli here'),
      cause: { cause: expect.any(TypeError) },
    })
  })
})
