import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { readStream } from '@kvdol/core'
import { afterEach, describe, expect, it } from 'vitest'
import { zip } from '../src/index.ts'
import { STATUSES } from '../src/places/http-requests.ts'
import { craft } from './support/craft.ts'
import { collect, joined, text } from './support/helpers.ts'

const servers: Server[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
})

type Answer = (request: IncomingMessage, response: ServerResponse) => unknown

async function serve(answer: Answer): Promise<URL> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/a.zip?token=SECRET`)
}

/** Answers ranges of what `content` gives; notes how many bytes were sent. */
function ranged(content: () => Buffer, sent: number[] = []): Answer {
  return (request, response) => {
    const body = content()
    const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '') ?? []
    const start = from === '' ? Math.max(0, body.length - Number(to)) : Number(from)
    const end = from === '' || to === '' ? body.length : Math.min(Number(to) + 1, body.length)
    sent.push(end - start)
    response.writeHead(206, {
      etag: `"${body.length}"`,
      'content-range': `bytes ${start}-${end - 1}/${body.length}`,
    })
    response.end(body.subarray(start, end))
  }
}

const archive = craft([
  { name: 'a', data: 'aaa' },
  { name: 'long', data: Buffer.alloc(3_000_000, 'long') },
  { name: 'b', data: 'bbb', method: 8 },
])

describe('an archive at a web address', () => {
  it('is read by ranges: the directory, and what is asked for', async () => {
    const sent: number[] = []
    const store = zip(await serve(ranged(() => archive, sent)))
    expect(await collect(store.keys())).toEqual(['a', 'long', 'b'])
    expect(text(await store.get('a'))).toBe('aaa')
    expect(text(await store.get('b'))).toBe('bbb')
    expect(await store.get('none')).toBeUndefined()
    expect(sent.reduce((sum, length) => sum + length)).toBeLessThan(33_000)
    expect((await joined((await readStream(store, 'long')) as never)).length).toBe(3_000_000)
  })
  it('that was replaced is read again', async () => {
    let content = archive
    const store = zip(await serve(ranged(() => content)))
    expect(text(await store.get('a'))).toBe('aaa')
    content = craft([
      { name: 'x', data: 'x'.repeat(40_000) },
      { name: 'a', data: 'new' },
      { name: 'y', data: 'y'.repeat(40_000) },
    ])
    expect(text(await store.get('a'))).toBe('new')
  })
  it('on a server without ranges is refused with advice, or read whole when asked', async () => {
    const address = await serve((_, response) => response.end(archive))
    await expect(zip(address).get('a')).rejects.toMatchObject({
      code: 'Unsupported',
      message: expect.stringContaining('download: true'),
    })
    expect(text(await zip(address, { download: true }).get('a'))).toBe('aaa')
    const limits = { entryBytes: 1000 }
    await expect(zip(address, { download: true, limits }).get('a')).rejects.toMatchObject({
      code: 'TooLarge',
    })
    const chunked = await serve((_, response) => {
      response.write(archive.subarray(0, 2000))
      response.end(archive.subarray(2000))
    })
    await expect(zip(chunked, { download: true, limits }).get('a')).rejects.toMatchObject({
      code: 'TooLarge',
    })
  })
  it.each([...Object.entries(STATUSES), ['500', 'Unavailable'], ['503', 'Unavailable'], ['418', 'Unknown']])(
    'answer %s: %s',
    async (status, code) => {
      const address = await serve((_, response) =>
        response.writeHead(Number(status), { 'retry-after': '7' }).end('no'),
      )
      const error = await zip(address)
        .get('a')
        .catch(failure => failure)
      expect(error).toMatchObject({ code, key: 'a', store: 'zip' })
      expect(error.retryAfterMs).toBe(code === 'RateLimited' ? 7000 : undefined)
      expect(error.retryable).toBe(['Timeout', 'RateLimited'].includes(code) || Number(status) >= 500)
    },
  )
  it('a long stream may take longer than the timeout, as long as something comes', async () => {
    const answer = ranged(() => archive)
    const address = await serve(async (request, response) => {
      const [, from = '', to = ''] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
      if (Number(to) - Number(from) < 1_000_000) {
        answer(request, response)
        return
      }
      const body = archive.subarray(Number(from), Number(to) + 1)
      response.writeHead(206, {
        etag: `"${archive.length}"`,
        'content-range': `bytes ${from}-${to}/${archive.length}`,
      })
      for (let at = 0; at < body.length; at += 500_000) {
        response.write(body.subarray(at, at + 500_000))
        await new Promise(resolve => setTimeout(resolve, 60))
      }
      response.end()
    })
    const stream = await readStream(zip(address, { timeout: 200 }), 'long')
    expect((await joined(stream as never)).length).toBe(3_000_000)
    let length = 0
    for await (const chunk of (await readStream(zip(address, { timeout: 100 }), 'long')) ?? []) {
      if (length === 0) await new Promise(resolve => setTimeout(resolve, 150))
      length += chunk.byteLength
    }
    expect(length).toBe(3_000_000)
  })
  it('sends user and password, and never tells them', async () => {
    let seen: string | undefined
    const address = await serve((request, response) => {
      seen = request.headers.authorization
      response.destroy()
    })
    address.username = 'ann'
    address.password = 'p@ss word'
    const error = await zip(address)
      .get('a')
      .catch(failure => failure)
    expect(Buffer.from(seen?.slice(6) ?? '', 'base64').toString()).toBe('ann:p@ss word')
    expect(error).toMatchObject({ code: 'Unavailable', retryable: true })
    expect(inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error) + error.stack).not.toMatch(
      /p@ss|p%40ss|SECRET/,
    )
  })
  it('that hangs or breaks off: Timeout, Unavailable, and abort ends it', async () => {
    const hanging = await serve(() => {})
    await expect(zip(hanging, { timeout: 50 }).get('a')).rejects.toMatchObject({ code: 'Timeout' })
    const signal = AbortSignal.timeout(30)
    await expect(zip(hanging).get('a', { signal })).rejects.toMatchObject({ code: 'Aborted' })
    const broken = await serve((_, response) => {
      response.writeHead(206, { 'content-length': '1000', 'content-range': 'bytes 0-999/1000' }).write('x')
      setTimeout(() => response.destroy(), 5)
    })
    await expect(zip(broken).get('a')).rejects.toMatchObject({ code: 'Unavailable' })
    const dripping = await serve((_, response) => {
      response.writeHead(206, { 'content-range': 'bytes 0-99/100' }).flushHeaders()
      response.write('x')
    })
    await expect(zip(dripping, { timeout: 50 }).get('a')).rejects.toMatchObject({ code: 'Timeout' })
    const elsewhere = await serve((request, response) => {
      if (/-\d+$/.test(request.headers.range ?? '') && !request.headers.range?.includes('=-'))
        request.headers.range = 'bytes=7-19'
      return ranged(() => archive)(request, response)
    })
    await expect(zip(elsewhere).get('a')).rejects.toMatchObject({ code: 'Corrupt' })
    const cut = await serve((_, response) =>
      response.writeHead(206, { 'content-range': 'bytes 0-99/100' }).end('too short'),
    )
    await expect(zip(cut).get('a')).rejects.toMatchObject({ code: 'Unavailable' })
    const odd = await serve((_, response) => response.writeHead(206, {}).end('x'))
    await expect(zip(odd).get('a')).rejects.toMatchObject({ code: 'Corrupt' })
  })
})
