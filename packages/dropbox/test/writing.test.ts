import { readStream, remove, writeStream } from '@kvdol/core'
import { bytes, collect, rejection, text } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { dropbox } from '../src/index.ts'
import { sharedServer, times } from './support/opened.ts'

const { server, service, open, asked } = await sharedServer()

it.each(['plain', 'encoded'] as const)(
  'one of many who remove a value is told that it was there, %s keys',
  async keys => {
    const { store } = open({ keys })
    await store.set('a/b', bytes('x'))
    const told = await Promise.all(Array.from({ length: 5 }, () => remove(store, 'a/b')))
    expect(told.filter(Boolean)).toEqual([true])
    server.received.length = 0
    expect(await remove(store, 'a/b')).toBe(false)
    expect(await remove(store, 'a')).toBe(false)
    expect(asked('files/delete_v2')).toBe(0)
  },
)

describe('127: values', () => {
  it('are overwritten, missing ones absent, and a missing one is deleted without an error', async () => {
    const { store, root } = open({ keys: 'plain' })
    await store.set('a/b.txt', bytes('one'))
    await store.set('a/b.txt', bytes('two'))
    expect(text(await store.get('a/b.txt'))).toBe('two')
    expect(await store.get('c')).toBeUndefined()
    expect(await rejection(store.getOrThrow('c'))).toMatchObject({ code: 'NotFound' })
    await store.delete('c')
    expect(service.files.at(`${root}/a/b.txt`)?.kind).toBe('file')
    expect(await rejection(store.set('/a', bytes('x')))).toMatchObject({ reason: 'leading-slash' })
  })

  it('the stat of a value has its size, time and revision', async () => {
    const { store } = open()
    await store.set('a', bytes('one'))
    const { size, modified, etag } = (await store.stat('a')) ?? {}
    expect(size).toBe(3)
    expect(Math.abs(Number(modified) - Date.now())).toBeLessThan(60_000)
    expect(etag).toMatch(/^[0-9a-f]{9,}$/)
  })
})

describe.each(['plain', 'encoded'] as const)('5: conflicts, %s keys', keys => {
  it('never make a second file', async () => {
    const { store, root } = open({ keys })
    await store.set('a', bytes('one'))
    expect(await rejection(store.set('a', bytes('one'), { ifAbsent: true }))).toMatchObject({
      code: 'Conflict',
    })
    expect(await rejection(store.set('a', bytes('two'), { ifMatch: '0123456789ab' }))).toMatchObject({
      code: 'Conflict',
    })
    expect(await rejection(store.set('a', bytes('two'), { ifMatch: 'another' }))).toMatchObject({
      code: 'Conflict',
    })
    expect(await collect(store.keys())).toEqual(['a'])
    expect(service.files.below(root, true).filter(path => path.includes('('))).toEqual([])
    for (const { args } of server.received.filter(each => each.route === 'files/upload'))
      expect(args).toMatchObject({ autorename: false })
  })

  it('a value that is gone is not written again with its etag, and deleted only with it', async () => {
    const { store } = open({ keys })
    await store.set('a', bytes('one'))
    const { etag = '' } = (await store.stat('a')) ?? {}
    expect(await rejection(store.delete('a', { ifMatch: '0123456789ab' }))).toMatchObject({
      code: 'Conflict',
    })
    await store.delete('a', { ifMatch: etag })
    expect(await rejection(store.set('a', bytes('one'), { ifMatch: etag }))).toMatchObject({
      code: 'Conflict',
    })
    expect(await rejection(store.delete('a', { ifMatch: etag }))).toMatchObject({ code: 'Conflict' })
    expect(await store.has('a')).toBe(false)
  })

  it('a value replaced between the look and the deletion is deleted by the second try only', async () => {
    const { store, root } = open({ keys })
    await store.set('a', bytes('one'))
    const { etag = '' } = (await store.stat('a')) ?? {}
    const path = `${root}/${keys === 'encoded' ? 'a=' : 'a'}`
    const replaced = times(1, 'files/delete_v2', () => {
      service.files.put({ path, mode: 'overwrite' }, Buffer.from('two'))
      return undefined
    })
    server.script = replaced
    expect(await rejection(store.delete('a', { ifMatch: etag }))).toMatchObject({ code: 'Conflict' })
    expect(text(await store.get('a'))).toBe('two')
    await store.delete('a')
    expect(await store.has('a')).toBe(false)
  })
})

describe('8: long values', () => {
  const options = { singleUpload: 1000 }
  const value = Uint8Array.from({ length: 4500 }, (_, index) => index % 251)

  it('go by an upload session', async () => {
    const { store } = open(options)
    await store.set('long', value)
    await store.set('short', value.slice(0, 1000))
    expect(asked('files/upload_session/append_v2')).toBe(4)
    expect(asked('files/upload_session/finish')).toBe(1)
    expect(await store.get('long')).toEqual(value)
    expect(await rejection(store.set('long', value, { ifAbsent: true }))).toMatchObject({ code: 'Conflict' })
  })

  it.each(['plain', 'encoded'] as const)('streams too, of any length, %s keys', async keys => {
    const { store } = open({ ...options, keys })
    for (const length of [0, 1, 999, 1000, 1001, 2000, 4500]) {
      await writeStream(store, 'a', chunksOf(value.subarray(0, length), 333))
      expect(await store.get('a')).toEqual(value.slice(0, length))
    }
  })

  it('127: 40 MB go by a session, in parts of 4 MiB', async () => {
    const { store } = open()
    await store.set('other', bytes('x'))
    const routes: string[] = []
    server.script = ({ route }) => {
      routes.push(route)
      // Their bodies are not held any longer.
      server.received.length = 0
      return undefined
    }
    const block = new Uint8Array(1_000_000).map((_, index) => index % 253)
    await writeStream(store, 'long', {
      async *[Symbol.asyncIterator]() {
        for (let count = 0; count < 40; count++) yield block
      },
    })
    const parts = Math.ceil(40_000_000 / 4 / 1024 ** 2)
    expect(routes).not.toContain('files/upload')
    expect(routes.filter(route => route === 'files/upload_session/append_v2')).toHaveLength(parts - 1)
    let size = 0
    for await (const chunk of (await readStream(store, 'long')) ?? []) {
      const at = size % block.length
      const [head, rest] = [chunk.subarray(0, block.length - at), chunk.subarray(block.length - at)]
      expect(Buffer.compare(head, block.subarray(at, at + head.length))).toBe(0)
      expect(Buffer.compare(rest, block.subarray(0, rest.length))).toBe(0)
      size += chunk.length
    }
    expect(size).toBe(40_000_000)
    await store.delete('long')
  })

  it('a lost answer to an append neither doubles nor loses a block', async () => {
    const { store } = open(options)
    await store.set('other', bytes('x'))
    server.script = times(2, 'files/upload_session/append_v2', (_, response, handle) => {
      handle()
      response.destroy()
      return 'answered'
    })
    await store.set('long', value)
    expect(await store.get('long')).toEqual(value)
  })

  it('an append that never came is sent again', async () => {
    const { store } = open(options)
    await store.set('other', bytes('x'))
    server.script = times(2, 'files/upload_session/append_v2', (_, response) => {
      response.destroy()
      return 'answered'
    })
    await store.set('long', value)
    expect(await store.get('long')).toEqual(value)
  })

  it('a session that is lost leaves the old value, for certain', async () => {
    const { store } = open(options)
    await store.set('long', bytes('old'))
    server.script = times(1, 'files/upload_session/append_v2', () => {
      service.sessions.clear()
      return undefined
    })
    expect(await rejection(store.set('long', value))).toMatchObject({ outcome: 'not-applied' })
    expect(text(await store.get('long'))).toBe('old')
  })

  it('a lost answer to the end leaves the outcome in doubt', async () => {
    const { store } = open(options)
    await store.set('other', bytes('x'))
    server.script = times(1, 'files/upload_session/finish', (_, response, handle) => {
      handle()
      response.destroy()
      return 'answered'
    })
    expect(await rejection(store.set('long', value))).toMatchObject({
      code: 'Unavailable',
      outcome: 'unknown',
    })
  })

  it('a source that fails leaves nothing', async () => {
    const { store } = open(options)
    async function* failing() {
      yield value
      throw new RangeError('the source failed')
    }
    await rejection(writeStream(store, 'a', failing()))
    expect(await store.has('a')).toBe(false)
  })

  it('more than Dropbox takes by one request is never sent by one', async () => {
    expect(() => dropbox({ token: 't', singleUpload: 151 * 1024 ** 2 })).toThrow(/singleUpload/)
  })
})

async function* chunksOf(value: Uint8Array, length: number) {
  for (let at = 0; at < value.byteLength; at += length) yield value.subarray(at, at + length)
}
