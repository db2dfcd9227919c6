import { bytes, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  compose,
  createStore,
  gzip,
  jsonValues,
  mapValues,
  pipe,
  rename,
  type Store,
  StoreError,
} from '../src/index.ts'

const LONG = 3 * 1024 ** 2
const CHUNK = 64 * 1024

/** A store without a way of its own to move, which tells what was asked of it; `failing` breaks a stream off. */
function open({ failing = false, conditions = ['ifAbsent', 'ifMatch', 'deleteIfMatch'] as const } = {}) {
  const values = new Map<string, Uint8Array>()
  const asked: string[] = []
  let open = 0
  const store: Store<string, Uint8Array> = createStore({
    name: 'streams',
    guarantees: { conditions },
    get(key) {
      asked.push(`get ${key}`)
      return values.get(key)?.slice()
    },
    keys: () => [...values.keys()],
    stat: key => {
      const value = values.get(key)
      return value && { size: value.length, etag: `${value.length}-${value[0]}` }
    },
    set(key, value) {
      asked.push(`set ${key}`)
      values.set(key, value)
    },
    delete: key => void values.delete(key),
    readStream(key) {
      asked.push(`readStream ${key}`)
      const value = values.get(key)
      return value && chunksOf(value)
    },
    async writeStream(key, chunks, { ifAbsent }) {
      asked.push(`writeStream ${key}`)
      if (ifAbsent && values.has(key)) throw new StoreError('Conflict', 'there is a value already')
      const parts: Uint8Array[] = []
      for await (const chunk of chunks) parts.push(chunk)
      values.set(key, new Uint8Array(Buffer.concat(parts)))
    },
  })
  return { store, values, asked, open: () => open }

  function chunksOf(value: Uint8Array): AsyncIterable<Uint8Array> {
    let at = 0
    let ended = false
    open++
    const end = () => {
      if (!ended) open--
      ended = true
    }
    const iterator: AsyncIterator<Uint8Array, undefined> = {
      async next() {
        if (failing && at > LONG / 2) throw new StoreError('Unavailable', 'the backend went away')
        if (at >= value.length) {
          end()
          return { done: true, value: undefined }
        }
        at += CHUNK
        return { done: false, value: value.slice(at - CHUNK, at) }
      },
      async return() {
        end()
        return { done: true, value: undefined }
      },
    }
    return { [Symbol.asyncIterator]: () => iterator }
  }
}

const long = (byte: number) => new Uint8Array(LONG).fill(byte)
/** Comparing millions of elements one by one takes minutes. */
const same = (a: Uint8Array | undefined, b: Uint8Array) => a !== undefined && Buffer.compare(a, b) === 0

describe('a rename that the backend cannot do', () => {
  it('carries a long value by stream, and a short one whole', async () => {
    const { store, values, asked, open: left } = open()
    values.set('a', long(1))
    values.set('b', bytes('short'))
    await rename(store, 'a', 'c')
    expect(asked).toEqual(['readStream a', 'writeStream c'])
    expect(same(values.get('c'), long(1))).toBe(true)
    expect(values.has('a')).toBe(false)
    asked.length = 0
    await rename(store, 'b', 'd')
    expect(asked).toEqual(['get b', 'set d'])
    expect(left()).toBe(0)
  })

  it('goes through codecs that can stream, and reads whole for those that cannot', async () => {
    const { store, values, asked } = open()
    const zipped = pipe(store, mapValues(compose(gzip())))
    // Bytes that gzip cannot shorten.
    const noise = new Uint8Array(LONG)
    for (let at = 0, state = 1; at < LONG; at++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      noise[at] = state >>> 24
    }
    await zipped.set('a', noise)
    expect((values.get('a') as Uint8Array).length).toBeGreaterThan(1024 ** 2)
    asked.length = 0
    await rename(zipped, 'a', 'b')
    expect(asked).toEqual(['readStream a', 'writeStream b'])
    expect(same(await zipped.get('b'), noise)).toBe(true)

    const text = pipe(store, jsonValues<string>())
    await text.set('c', 'x'.repeat(LONG))
    asked.length = 0
    await rename(text, 'c', 'd')
    expect(asked).toEqual(['get c', 'set d'])
  })

  it('leaves everything as it was when reading fails, and says what the backend said', async () => {
    const { store, values, open: left } = open({ failing: true })
    values.set('a', long(1))
    values.set('b', bytes('old'))
    expect(await rejection(rename(store, 'a', 'b'))).toMatchObject({
      code: 'Unavailable',
      op: 'rename',
      key: 'a',
    })
    expect(same(values.get('a'), long(1))).toBe(true)
    expect(values.get('b')).toEqual(bytes('old'))
    expect(left()).toBe(0)
  })

  it('ends the stream that nothing was read of', async () => {
    const { store, values, open: left } = open()
    values.set('a', long(1))
    values.set('b', bytes('old'))
    expect(await rejection(rename(store, 'a', 'b', { ifAbsent: true }))).toMatchObject({ code: 'Conflict' })
    expect(values.get('b')).toEqual(bytes('old'))
    expect(left()).toBe(0)
  })

  it('moves what somebody wrote to the source meanwhile', async () => {
    const { store, values } = open({ conditions: [] as never })
    values.set('a', long(1))
    const moved = rename(store, 'a', 'b')
    values.set('a', long(2))
    await moved
    expect(same(values.get('b'), long(2))).toBe(true)
    expect(values.has('a')).toBe(false)
  })
})
