import { getWithStat, type Range, readStream, type Store } from '@kvdol/core'
import { bytes, collect, joined, rejection, text } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { temporaryLink } from '../src/index.ts'
import { ContentHash, contentHash } from '../src/reading/content-hash.ts'
import { contentHashOf } from './support/dropbox-server/content-hash.ts'
import { Content } from './support/dropbox-server/routes.ts'
import { type Script, send } from './support/dropbox-server/server.ts'
import { sharedServer, times } from './support/opened.ts'

const { server, open, asked } = await sharedServer()

/** Sends other bytes than the file has, under the same description. */
const damaged =
  (damage: (data: Buffer) => Buffer): Script =>
  (received, response, handle) => {
    const { metadata, data } = handle() as Content
    send(received, response, new Content(metadata, damage(Buffer.from(data))))
    return 'answered'
  }

const read = async (store: Store<string, Uint8Array>, key: string, range?: Range) =>
  joined((await readStream(store, key, range)) ?? [])

const flip = (data: Buffer) => {
  data[0] = (data[0] ?? 0) ^ 1
  return data
}

it.each(['plain', 'encoded'] as const)(
  'a value and what is told of it are one request, %s keys',
  async keys => {
    const { store } = open({ keys })
    await store.set('a/b', bytes('value'))
    const stat = await store.stat('a/b')
    server.received.length = 0
    expect(await getWithStat(store, 'a/b')).toEqual({ value: new Uint8Array(bytes('value')), stat })
    expect(server.received.map(({ route }) => route)).toEqual(['files/download'])
    expect(await getWithStat(store, 'none')).toBeUndefined()
  },
)

describe('9: damaged downloads', () => {
  it.each([
    ['a byte is another', flip],
    ['bytes are missing', (data: Buffer) => data.subarray(1)],
    ['there are more bytes', (data: Buffer) => Buffer.concat([data, data])],
  ])('%s', async (_, damage) => {
    const { store } = open()
    await store.set('a', bytes('content'))
    server.script = (received, ...rest) =>
      received.route === 'files/download' && received.args.path.endsWith('/a=')
        ? damaged(damage)(received, ...rest)
        : undefined
    expect(await rejection(store.get('a'))).toMatchObject({ code: 'Corrupt' })
    expect(await rejection(read(store, 'a'))).toMatchObject({ code: 'Corrupt' })
  })

  it('a transfer that is cut is begun again', async () => {
    const { store } = open()
    await store.set('a', bytes('content'))
    server.script = times(1, 'files/download', (_, response, handle) => {
      const { metadata, data } = handle() as Content
      response.writeHead(200, {
        'dropbox-api-result': JSON.stringify(metadata),
        'content-length': data.length,
      })
      response.write(data.subarray(0, 3), () => response.destroy())
      return 'answered'
    })
    expect(text(await store.get('a'))).toBe('content')
    expect(asked('files/download')).toBeGreaterThan(1)
  })

  it('an answer that does not tell what file it is', async () => {
    const { store } = open()
    await store.set('a', bytes('content'))
    server.script = times(1, 'files/download', (_, response) => {
      response.end('content')
      return 'answered'
    })
    expect(await rejection(store.get('a'))).toMatchObject({ code: 'Corrupt' })
  })

  it('the content hash is that of the documentation, however the bytes come', () => {
    const value = Buffer.alloc(9 * 1024 * 1024 + 5, 'ab')
    const hash = new ContentHash()
    for (let at = 0; at < value.length; at += 1_000_003) hash.update(value.subarray(at, at + 1_000_003))
    expect(hash.digest()).toBe(contentHashOf(value))
    expect(contentHash(new Uint8Array())).toBe(contentHashOf(Buffer.alloc(0)))
  })
})

describe('ranges', () => {
  it('are asked for, and are what they say', async () => {
    const { store } = open()
    await store.set('a', bytes('0123456789'))
    const part = async (range: Range) => text(await read(store, 'a', range))
    expect(await part({ start: 2, end: 5 })).toBe('234')
    expect(await part({ start: 8 })).toBe('89')
    expect(await part({ start: 8, end: 50 })).toBe('89')
    expect(await part({ suffix: 3 })).toBe('789')
    expect(await part({ suffix: 50 })).toBe('0123456789')
    expect(await part({ start: 4, end: 4 })).toBe('')
    expect(await rejection(part({ start: 10 }))).toMatchObject({ code: 'RangeNotSatisfiable' })
    await store.set('a', bytes(''))
    expect(await part({ suffix: 3 })).toBe('')
  })

  it('a server that ignores them is found out', async () => {
    const { store } = open()
    await store.set('a', bytes('0123456789'))
    server.script = times(1, 'files/download', (received, response, handle) => {
      send({ ...received, headers: {} }, response, handle())
      return 'answered'
    })
    expect(await rejection(read(store, 'a', { start: 2, end: 5 }))).toMatchObject({
      code: 'Corrupt',
    })
  })
})

describe('temporaryLink', () => {
  it('gives an address, and none for what is absent', async () => {
    const { store } = open({ keys: 'plain' })
    await store.set('A', bytes('x'))
    expect(await temporaryLink(store, 'A')).toMatch(/\/A$/)
    expect(await temporaryLink(store, 'a')).toBeUndefined()
    expect(await temporaryLink(store, 'none')).toBeUndefined()
    expect(await collect(store.keys())).toEqual(['A'])
  })
})
