import { gzipSync } from 'node:zlib'
import { readRange, readStream } from '@kvdol/core'
import { bytes, closedAfterTest, joined, rejection, text } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { internet } from '../src/internet.ts'
import type { InternetOptions } from '../src/options.ts'
import { CERTIFICATE } from './support/certificate.ts'
import { ranged, raw, web } from './support/web.ts'

const open = (options?: InternetOptions) => closedAfterTest(internet(options))

describe('reads', () => {
  it('gives what a GET brings, and nothing for 404 and 410', async () => {
    const server = await web(({ url }, response) => {
      if (url === '/a') response.end('content')
      else response.writeHead(url === '/gone' ? 410 : 404).end('no')
    })
    const store = open()
    expect(text(await store.get(`${server.origin}/a`))).toBe('content')
    expect(await store.get(`${server.origin}/b`)).toBeUndefined()
    expect(await store.get(`${server.origin}/gone`)).toBeUndefined()
    expect(await store.has(`${server.origin}/a`)).toBe(true)
    expect(await store.has(`${server.origin}/b`)).toBe(false)
    expect(await readStream(store, `${server.origin}/b`)).toBeUndefined()
    expect(await rejection(store.getOrThrow(`${server.origin}/b`))).toMatchObject({ code: 'NotFound' })
  })

  it('tells size, date, etag and type, by HEAD or where that is refused by GET', async () => {
    const modified = 'Wed, 01 Jan 2025 00:00:00 GMT'
    for (const refused of [undefined, 405, 403]) {
      const server = await web((request, response) => {
        if (request.method === 'HEAD' && refused !== undefined) return response.writeHead(refused).end()
        response.setHeader('last-modified', modified)
        response.setHeader('content-type', 'text/csv')
        return ranged(bytes('0123456789'), '"one"')(request, response, 0)
      })
      expect(await open().stat(`${server.origin}/a`)).toEqual({
        size: 10,
        etag: '"one"',
        modified: new Date(modified),
        contentType: 'text/csv',
      })
      expect(server.asked.map(({ method }) => method)).toEqual(
        refused === undefined ? ['HEAD'] : ['HEAD', 'GET'],
      )
    }
  })

  it.each([true, false])('reads ranges exactly, whether the server can (%s)', async can => {
    const content = bytes('0123456789')
    const server = await web(can ? ranged(content, '"one"') : content)
    const store = open()
    const url = `${server.origin}/a`
    const read = async (range: object) => text(await readRange(store, url, range))
    expect(await read({ start: 2, end: 5 })).toBe('234')
    expect(await read({ start: 8 })).toBe('89')
    expect(await read({ end: 3 })).toBe('012')
    expect(await read({ start: 7, end: 99 })).toBe('789')
    expect(await read({ suffix: 3 })).toBe('789')
    expect(await read({ suffix: 30 })).toBe('0123456789')
    expect(await read({ suffix: 0 })).toBe('')
    expect(await read({ start: 4, end: 4 })).toBe('')
    expect(await rejection(read({ start: 10 }))).toMatchObject({ code: 'RangeNotSatisfiable' })
    expect(await rejection(read({ start: 11, end: 11 }))).toMatchObject({ code: 'RangeNotSatisfiable' })
  })

  it('refuses to list', async () => {
    const error = await rejection(async () => {
      for await (const _ of open().keys()) return
    })
    expect(error).toMatchObject({ code: 'Unsupported' })
  })

  it('sends headers, and decodes what is encoded unasked', async () => {
    const server = await web(({ headers }, response) => {
      response.setHeader('content-encoding', 'gzip')
      response.end(
        gzipSync(JSON.stringify([headers['x-key'], headers['accept-encoding'], headers['user-agent']])),
      )
    })
    const store = open({ headers: { 'X-Key': 'k' } })
    expect(JSON.parse(text((await store.get(`${server.origin}/`)) as Uint8Array))).toEqual([
      'k',
      'identity',
      'kvdol',
    ])
    expect((await store.stat(`${server.origin}/`))?.size).toBeUndefined()
  })

  it('accepts a 100 Continue that nobody asked for', async () => {
    const server = await raw(socket =>
      socket.end('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'),
    )
    const store = open()
    expect(text(await store.get(`${server.origin}/`))).toBe('ok')
    expect(text(await store.get(`${server.origin}/`))).toBe('ok')
    expect(server.requests).toHaveLength(3)
  })
})

describe('failures', () => {
  const STATUSES = [
    [401, 'Unauthenticated', false],
    [402, 'PermissionDenied', false],
    [403, 'PermissionDenied', false],
    [400, 'Unavailable', false],
    [418, 'Unavailable', false],
    [408, 'Timeout', true],
    [429, 'RateLimited', true],
    [451, 'PermissionDenied', false],
    [500, 'Unavailable', true],
    [501, 'Unsupported', false],
    [502, 'Unavailable', true],
    [503, 'Unavailable', true],
    [204, 'Unavailable', false],
    [304, 'Unavailable', false],
  ] as const

  it.each(STATUSES)('%i is %s', async (status, code, retryable) => {
    const server = await web((_, response) => response.writeHead(status, { 'retry-after': '0' }).end())
    const error = await rejection(open({ retries: 0 }).get(`${server.origin}/`))
    expect(error).toMatchObject({
      code,
      retryable,
      outcome: 'not-applied',
      op: 'get',
      key: `${server.origin}/`,
    })
    expect(server.asked).toHaveLength(1)
  })

  it('waits as long as Retry-After says, by seconds or a date', async () => {
    const server = await web((_, response) => response.writeHead(429, { 'retry-after': '7' }).end())
    const store = open({ timeout: 1000 })
    expect(await rejection(store.get(`${server.origin}/`))).toMatchObject({
      code: 'RateLimited',
      retryAfterMs: 7000,
    })
    expect(server.asked).toHaveLength(1)
    server.answer = (_, response) =>
      response.writeHead(503, { 'retry-after': new Date(Date.now() + 60_000).toUTCString() }).end()
    const { retryAfterMs } = await rejection(store.get(`${server.origin}/`))
    expect(retryAfterMs).toBeGreaterThan(50_000)
    expect(retryAfterMs).toBeLessThanOrEqual(60_000)
  })

  it('tries again what passes, and nothing else', async () => {
    const server = await web((_, response, count) =>
      count < 3 ? response.writeHead(503).end() : response.end('at last'),
    )
    const store = open()
    expect(text(await store.get(`${server.origin}/`))).toBe('at last')
    expect(server.asked).toHaveLength(3)
    server.answer = (_, response) => response.writeHead(403).end()
    await rejection(store.get(`${server.origin}/`))
    expect(server.asked).toHaveLength(4)
  })

  it('never begins a stream again', async () => {
    const server = await web((_, response) => {
      response.writeHead(200, { 'content-length': 100 })
      response.write('12345', () => response.destroy())
    })
    const stream = await readStream(open(), `${server.origin}/`)
    const got: Uint8Array[] = []
    const error = await rejection(async () => {
      for await (const chunk of stream as unknown as AsyncIterable<Uint8Array>) got.push(chunk)
    })
    expect(error).toMatchObject({ code: 'Corrupt', reason: 'cut' })
    expect(server.asked).toHaveLength(1)
    expect(text(await joined(got))).toBe('12345')
  })

  it('tells a server that is not there, a bad certificate and a good one apart', async () => {
    const server = await web('x')
    await server.down()
    expect(await rejection(open({ retries: 0 }).get(`${server.origin}/`))).toMatchObject({
      code: 'Unavailable',
    })
    const secure = await web('secret', { secure: true })
    const untrusted = await rejection(open().get(`${secure.origin}/`))
    expect(untrusted).toMatchObject({ code: 'Unavailable', retryable: false })
    expect(untrusted.message).toContain('certificate')
    expect(text(await open({ ca: [CERTIFICATE] }).get(`${secure.origin}/`))).toBe('secret')
    const plain = await web('x')
    expect(await rejection(open().get(plain.origin.replace('http:', 'https:')))).toMatchObject({
      code: 'Unavailable',
      retryable: false,
    })
  })

  it('is aborted by its caller, with the reason as cause', async () => {
    const server = await web(() => {})
    const controller = new AbortController()
    const call = rejection(open().get(`${server.origin}/`, { signal: controller.signal }))
    await expect.poll(() => server.asked.length).toBe(1)
    controller.abort(new Error('enough'))
    expect(await call).toMatchObject({ code: 'Aborted', cause: { message: 'enough' } })
  })

  it('is closed for good', async () => {
    const server = await web('x')
    const store = internet()
    await store.get(`${server.origin}/`)
    await store.close()
    expect(await rejection(store.get(`${server.origin}/`))).toMatchObject({ code: 'Closed' })
  })
})
