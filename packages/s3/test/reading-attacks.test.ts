import { getOrInsert, isStoreError, readRange, readStream } from '@kvdol/core'
import { bytes, text } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { restore } from '../src/index.ts'
import { fail, send, sendXml } from './support/answers.ts'
import type { Received } from './support/loopback.ts'
import { asked, sharedLoopback, times } from './support/opened.ts'

const { loopback, open } = await sharedLoopback()

const isRead = ({ method, query }: Received) => method === 'GET' && !query.has('list-type')
const long = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251))

describe('names', () => {
  it.each([
    'a//b',
    '/a',
    'a/',
    '?',
    '#',
    '^',
    'a?b=c&d',
    'a b',
    'a+b',
    '%2e%2e',
    '\u0001',
    '😀',
    'é',
    '__proto__',
    '*',
    '~',
  ])('reach the server byte for byte: %j', async key => {
    const { store, objects } = open()
    await store.set(key, bytes(key))
    expect([...objects.objects.keys()]).toEqual([key])
    expect(text(await store.get(key))).toBe(key)
    expect(loopback.unsigned).toEqual([])
  })

  it.each(['.', '..', 'a/../b', './a', 'a/.', 'a/../../../x'])(
    'that are resolved on the way are refused: %j',
    async key => {
      const { store } = open()
      await expect(store.set(key, bytes(''))).rejects.toMatchObject({
        code: 'InvalidKey',
        reason: 'dot-segment',
      })
      await expect(store.get(key)).rejects.toMatchObject({ code: 'InvalidKey' })
      expect(loopback.received).toEqual([])
    },
  )
})

describe('an absence', () => {
  it('is a missing key and nothing else', async () => {
    const { store } = open()
    expect(await store.get('none')).toBe(undefined)
    expect(await store.has('none')).toBe(false)
    expect(await store.stat('none')).toBe(undefined)
    expect(await readStream(store, 'none')).toBe(undefined)
    await expect(store.getOrThrow('none')).rejects.toMatchObject({ code: 'NotFound' })
  })

  it.each([
    [404, 'NoSuchBucket', 'Unavailable', 'no-bucket'],
    [403, 'AccessDenied', 'PermissionDenied', undefined],
    [404, 'XAdminUserNotFound', 'Unauthenticated', undefined],
    [403, 'RequestTimeTooSkewed', 'Unauthenticated', 'clock'],
    [400, 'ExpiredToken', 'Unauthenticated', 'expired'],
    [301, 'PermanentRedirect', 'Unavailable', 'wrong-region'],
    [400, 'AuthorizationHeaderMalformed', 'Unavailable', 'wrong-region'],
    [503, 'SlowDown', 'RateLimited', undefined],
    [404, 'SomethingElse', 'Unknown', undefined],
  ])('is not %d %s, in any method', async (status, code, expected, reason) => {
    const { store } = open()
    loopback.script = (_, response) => fail(response, status, code)
    const calls = [
      () => store.get('key'),
      () => store.has('key'),
      () => store.stat('key'),
      () => readStream(store, 'key'),
      () => getOrInsert(store, 'key', () => bytes('default')),
      () => store.size(),
    ]
    for (const call of calls) {
      const error = await call().then(
        () => undefined,
        (error: unknown) => error,
      )
      // The answer to HEAD has no body, so only its status tells.
      const known = status === 503 && call === calls[2] ? 'Unavailable' : expected
      expect(isStoreError(error) && [error.code, error.reason]).toEqual([known, reason])
    }
  })

  it('is told apart from a bucket that is gone', async () => {
    const { store, name } = open()
    await store.set('a', bytes('a'))
    loopback.service.buckets.delete(name)
    for (const call of [
      () => store.has('a'),
      () => store.stat('a'),
      () => store.get('a'),
      () => store.size(),
    ])
      await expect(call()).rejects.toMatchObject({
        code: 'Unavailable',
        reason: 'no-bucket',
        retryable: false,
      })
  })

  it('names the clock and how long to wait', async () => {
    const { store } = open()
    loopback.script = (_, response) => fail(response, 403, 'RequestTimeTooSkewed')
    await expect(store.get('a')).rejects.toThrow(/clock/)
    loopback.script = (_, response) =>
      send(response, 429, { 'retry-after': '0' }, '<Error><Code>SlowDown</Code></Error>')
    await expect(store.get('a')).rejects.toMatchObject({ code: 'RateLimited', retryAfterMs: 0 })
  })
})

describe('a transfer', () => {
  it.each([0, 1, 1000, 65_536, 299_999])('that is cut after %d bytes goes on where it was', async cut => {
    const { store, objects } = open()
    objects.put('long', long)
    loopback.script = times(1, (received, response) => {
      if (!isRead(received)) return false
      response.writeHead(200, {
        'content-length': String(long.length),
        etag: `${objects.objects.get('long')?.etag}`,
      })
      response.write(long.subarray(0, cut), () => response.destroy())
      return true
    })
    expect(Buffer.from((await store.get('long')) as Uint8Array).equals(long)).toBe(true)
    expect(asked(loopback, 'GET')).toBe(2)
    if (cut > 0) expect(loopback.received[1]?.headers).toMatchObject({ range: `bytes=${cut}-299999` })
  })

  it('never goes on with another value', async () => {
    const { store, objects } = open()
    objects.put('long', long)
    loopback.script = times(1, (_, response) => {
      response.writeHead(200, {
        'content-length': String(long.length),
        etag: `${objects.objects.get('long')?.etag}`,
      })
      response.write(long.subarray(0, 1000), () => {
        objects.put('long', Buffer.alloc(long.length))
        response.destroy()
      })
      return true
    })
    await expect(store.get('long')).rejects.toMatchObject({ code: 'Unavailable', retryable: true })
  })

  it('does not believe a server that goes on with another value, whatever was asked', async () => {
    const { store, objects } = open()
    objects.put('long', long)
    loopback.script = ({ headers }, response) => {
      const resumed = /^bytes=(\d+)-/.exec(headers.range ?? '')
      if (resumed !== null) {
        const rest = Buffer.alloc(long.length - Number(resumed[1]))
        return send(
          response,
          206,
          { etag: '"other"', 'content-range': `bytes ${resumed[1]}-299999/300000` },
          rest,
        )
      }
      response.writeHead(200, {
        'content-length': String(long.length),
        etag: `${objects.objects.get('long')?.etag}`,
      })
      response.write(long.subarray(0, 1000), () => response.destroy())
      return true
    }
    await expect(store.get('long')).rejects.toMatchObject({ code: 'Unavailable' })
  })

  it('that is cut again and again is Corrupt, and never shorter', async () => {
    const { store, objects } = open()
    objects.put('long', long)
    loopback.script = (_, response) => {
      response.writeHead(200, {
        'content-length': String(long.length),
        etag: `${objects.objects.get('long')?.etag}`,
      })
      response.flushHeaders()
      setImmediate(() => response.destroy())
      return true
    }
    await expect(store.get('long')).rejects.toMatchObject({
      code: expect.stringMatching(/Corrupt|Unavailable/),
    })
  })

  it('with a wrong checksum is Corrupt', async () => {
    const { store, objects } = open()
    objects.put('key', Buffer.from('value'), { 'x-amz-checksum-crc32': 'AAAAAA==' })
    await expect(store.get('key')).rejects.toMatchObject({ code: 'Corrupt' })
  })

  it('of another range than was asked for is Corrupt', async () => {
    const { store, objects } = open()
    objects.put('key', Buffer.from('0123456789'))
    loopback.script = (_, response) =>
      send(response, 206, { 'content-range': 'bytes 0-2/10', etag: '"x"' }, '012')
    await expect(readRange(store, 'key', { start: 3, end: 6 })).rejects.toMatchObject({ code: 'Corrupt' })
    loopback.script = (_, response) => send(response, 200, { etag: '"x"' }, '0123456789')
    await expect(readRange(store, 'key', { start: 3, end: 6 })).rejects.toMatchObject({ code: 'Corrupt' })
  })

  it('that stalls ends with Timeout, also before its head', async () => {
    const { store, objects } = open({ timeout: 150 })
    objects.put('key', long)
    loopback.script = () => true
    await expect(store.get('key')).rejects.toMatchObject({ code: 'Timeout', retryable: true })
    loopback.script = (_, response) => {
      response.writeHead(200, { 'content-length': '10', etag: '"x"' })
      response.write('01')
      return true
    }
    await expect(store.get('key')).rejects.toMatchObject({ code: expect.stringMatching(/Timeout|Corrupt/) })
  })

  it('that fails before anybody reads it ends no process', async () => {
    const { store, objects } = open()
    objects.put('key', long)
    loopback.script = times(1, (_, response) => {
      response.writeHead(200, {
        'content-length': String(long.length),
        etag: `${objects.objects.get('key')?.etag}`,
        'x-amz-checksum-crc32': 'AAAAAA==',
      })
      response.write('0')
      setTimeout(() => response.destroy(), 20)
      return true
    })
    const stream = await readStream(store, 'key')
    await new Promise(resolve => setTimeout(resolve, 100))
    await stream?.cancel()
  })
})

describe('values', () => {
  it('come as they are stored, whatever their encoding says', async () => {
    const { store, objects } = open()
    const zipped = Buffer.from('1f8b080000000000000303000000000000000000', 'hex')
    objects.put('page.gz', zipped, { 'content-encoding': 'gzip' })
    expect(Buffer.from((await store.get('page.gz')) as Uint8Array).equals(zipped)).toBe(true)
    expect((await store.stat('page.gz'))?.size).toBe(20)
  })

  it.each(['"0123-7"', 'W/"weak"', '"with \\" quote"', 'bare'])(
    'keep their etag as it is: %s',
    async etag => {
      const { store, objects } = open()
      objects.put('key', Buffer.from('a'))
      loopback.script = ({ method }, response) =>
        method === 'HEAD' && send(response, 200, { etag, 'content-length': '1' })
      expect((await store.stat('key'))?.etag).toBe(etag)
      loopback.script = ({ headers }, response) =>
        send(response, headers['if-match'] === etag ? 200 : 412, { etag })
      await store.set('key', bytes('b'), { ifMatch: etag })
    },
  )

  it('that are archived are there, are not read, and are not replaced by a default', async () => {
    const { store, objects } = open()
    objects.put('film', Buffer.from('frames'), { 'x-amz-storage-class': 'GLACIER' })
    loopback.script = (received, response) => isRead(received) && fail(response, 403, 'InvalidObjectState')
    expect(await store.has('film')).toBe(true)
    expect((await store.stat('film'))?.size).toBe(6)
    const archived = { code: 'Unavailable', reason: 'archived', retryable: false }
    await expect(store.get('film')).rejects.toMatchObject(archived)
    await expect(store.get('film')).rejects.toThrow(/restore\(store, key/)
    await expect(getOrInsert(store, 'film', () => bytes('default'))).rejects.toMatchObject(archived)
    expect(objects.objects.get('film')?.body.toString()).toBe('frames')
    await restore(store, 'film', { days: 2 })
    const [sent] = loopback.received.filter(({ method }) => method === 'POST')
    expect(sent?.query.has('restore') && sent.body.toString()).toMatch(/<Days>2<\/Days>/)
  })

  it('survive an answer that is no XML', async () => {
    const { store } = open()
    loopback.script = (_, response) => send(response, 500, {}, 'not <xml')
    await expect(store.get('a')).rejects.toMatchObject({ code: 'Unavailable' })
    loopback.script = (received, response) => received.query.has('list-type') && sendXml(response, '<html>')
    await expect(store.size()).rejects.toSatisfy(isStoreError)
  })
})
