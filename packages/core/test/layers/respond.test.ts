import { request as ask, createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { afterTest, bytes, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { createStore, gzip, mapValues, memory, pipe, type Reader, textValues } from '../../src/index.ts'
import { observed, type RespondOptions, respond } from '../../src/layers.ts'

const MODIFIED = new Date('2026-05-04T10:00:00.500Z')
const DATE = 'Mon, 04 May 2026 10:00:00 GMT'
const LATER = 'Mon, 04 May 2026 10:00:01 GMT'
const EARLIER = 'Mon, 04 May 2026 09:59:59 GMT'
const TEXT = 'Hello, web!'

/** One value, of which the store knows this much. */
function shelf(stat: object = { etag: 'v1', modified: MODIFIED, contentType: 'text/plain' }, value = TEXT) {
  const found = () => ({ value: bytes(value), stat: { size: value.length, ...stat } })
  const only = (key: string) => (key === 'a.txt' ? found() : undefined)
  return createStore({
    name: 'shelf',
    get: key => only(key)?.value,
    keys: () => ['a.txt'],
    stat: key => only(key)?.stat,
    getWithStat: key => only(key),
  })
}

const ask1 = (headers: Record<string, string> = {}, method = 'GET') =>
  new Request('http://localhost/a.txt', { method, headers })

const ways = [
  ['at once', {}],
  ['by stream', { stream: true }],
] as const

describe.each(ways)('a request that is answered %s', (_, how: RespondOptions) => {
  const answer = (
    headers: Record<string, string>,
    method = 'GET',
    store: Reader<string, Uint8Array> = shelf(),
  ) => respond(store, 'a.txt', ask1(headers, method), how)

  it('gives the value with all that is known of it', async () => {
    const response = await answer({})
    expect(Object.fromEntries(response.headers)).toEqual({
      'accept-ranges': 'bytes',
      'content-length': '11',
      'content-type': 'text/plain',
      etag: '"v1"',
      'last-modified': DATE,
    })
    expect([response.status, await response.text()]).toEqual([200, TEXT])
  })

  it('gives what HTTP clients are to do with it', async () => {
    const told = { cacheControl: 'no-cache', contentDisposition: 'attachment', contentEncoding: 'br' }
    const { headers } = await answer({}, 'GET', shelf(told))
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-cache',
      'content-disposition': 'attachment',
      'content-encoding': 'br',
    })
  })

  it.each([
    ['if-none-match', '"v1"', 304],
    ['if-none-match', 'W/"v1"', 304],
    ['if-none-match', '"v0", W/"v1" ,"v2"', 304],
    ['if-none-match', '"a, b", "v1"', 304],
    ['if-none-match', ' * ', 304],
    ['if-none-match', '"v0", "v2"', 200],
    ['if-none-match', 'v1', 200],
    ['if-none-match', '', 200],
    ['if-modified-since', DATE, 304],
    ['if-modified-since', LATER, 304],
    ['if-modified-since', EARLIER, 200],
    ['if-modified-since', 'Monday, 04-May-26 10:00:00 GMT', 304],
    ['if-modified-since', 'Mon May  4 10:00:00 2026', 304],
    ['if-modified-since', 'Mon May  4 09:59:59 2026', 200],
    ['if-modified-since', '2026-06-01', 200],
    ['if-modified-since', 'Monday, some time', 200],
    ['if-match', '"v1"', 200],
    ['if-match', '*', 200],
    ['if-match', '"v0", "v1"', 200],
    ['if-match', 'W/"v1"', 412],
    ['if-match', '"v0"', 412],
    ['if-unmodified-since', DATE, 200],
    ['if-unmodified-since', EARLIER, 412],
    ['if-unmodified-since', 'yesterday', 200],
  ])('%s: %s comes to %i', async (name, value, status) => {
    const response = await answer({ [name]: value })
    expect(response.status).toBe(status)
    expect(response.headers.get('etag')).toBe(status === 412 ? null : '"v1"')
    expect(await response.text()).toBe(status === 200 ? TEXT : '')
    expect((await answer({ [name]: value }, 'HEAD')).status).toBe(status)
  })

  it('an etag counts more than a time', async () => {
    expect((await answer({ 'if-none-match': '"v0"', 'if-modified-since': LATER })).status).toBe(200)
    expect((await answer({ 'if-match': '"v1"', 'if-unmodified-since': EARLIER })).status).toBe(200)
    expect((await answer({ 'if-match': '"v0"', 'if-none-match': '"v1"' })).status).toBe(412)
  })

  it.each([
    ['bytes=0-4', '0-4', 'Hello'],
    ['bytes=7-', '7-10', 'web!'],
    ['bytes=-4', '7-10', 'web!'],
    ['bytes=-99', '0-10', TEXT],
    ['bytes=10-99999999999999999999999', '10-10', '!'],
    ['Bytes=0-0', '0-0', 'H'],
  ])('the range %s gives the bytes %s', async (range, given, text) => {
    const response = await answer({ range })
    expect(response.status).toBe(206)
    expect(response.headers.get('content-range')).toBe(`bytes ${given}/11`)
    expect(response.headers.get('content-length')).toBe(String(text.length))
    expect(await response.text()).toBe(text)
  })

  it.each(['bytes=11-', 'bytes=99-100', 'bytes=-0', 'bytes=99999999999999999999999-'])(
    'the range %s is in no value of 11 bytes',
    async range => {
      const response = await answer({ range })
      expect([response.status, response.headers.get('content-range')]).toEqual([416, 'bytes */11'])
      expect(await response.text()).toBe('')
    },
  )

  it.each([
    'bytes=4-2',
    'bytes=-',
    'bytes=0-1,4-5',
    'lines=0-4',
    'xbytes=0-4',
    'bytes',
    'bytes=a-b',
    'bytes=1.5-',
  ])('the range %s is ignored', async range => {
    const response = await answer({ range })
    expect([response.status, await response.text()]).toEqual([200, TEXT])
  })

  it.each([
    ['"v1"', 206],
    [DATE, 206],
    ['W/"v1"', 200],
    ['"v0"', 200],
    [LATER, 200],
    ['v1', 200],
  ])('a part is given if-range: %s agrees: %i', async (value, status) => {
    expect((await answer({ 'if-range': value, range: 'bytes=0-4' })).status).toBe(status)
    // What is not there of another version says nothing of this one.
    expect((await answer({ 'if-range': value, range: 'bytes=50-' })).status).toBe(status === 206 ? 416 : 200)
  })

  it('HEAD gives the same headers and no body, whatever the range', async () => {
    const [head, get] = [await answer({ range: 'bytes=0-4' }, 'HEAD'), await answer({})]
    expect([head.status, await head.text()]).toEqual([200, ''])
    expect(Object.fromEntries(head.headers)).toEqual(Object.fromEntries(get.headers))
  })

  it('a value without etag and time has neither header, and is always given', async () => {
    const store = shelf({})
    const response = await answer(
      { 'if-none-match': '"undefined"', 'if-modified-since': LATER },
      'GET',
      store,
    )
    expect([response.status, response.headers.has('etag'), response.headers.has('last-modified')]).toEqual([
      200,
      false,
      false,
    ])
    expect((await answer({ 'if-none-match': '*' }, 'GET', store)).status).toBe(304)
    expect((await answer({ 'if-range': '"x"', range: 'bytes=0-1' }, 'GET', store)).status).toBe(200)
  })

  it('an empty value is whole, or has no such part', async () => {
    const empty = shelf({ etag: 'e' }, '')
    expect((await answer({}, 'GET', empty)).headers.get('content-length')).toBe('0')
    expect((await answer({ range: 'bytes=0-' }, 'GET', empty)).status).toBe(416)
    expect((await answer({ range: 'bytes=-5' }, 'GET', empty)).status).toBe(200)
  })

  it('an etag of any characters comes back as it was given', async () => {
    const tags = ['a"b', 'a%22b', 'é ü', 'W/"x"']
    const given = await Promise.all(
      tags.map(async etag => (await answer({}, 'GET', shelf({ etag }))).headers.get('etag') ?? ''),
    )
    expect(new Set(given).size).toBe(tags.length)
    for (const [index, etag] of tags.entries())
      expect((await answer({ 'if-none-match': given[index] ?? '' }, 'GET', shelf({ etag }))).status).toBe(304)
  })

  it('what is not there, and what cannot be a key, is not found', async () => {
    for (const method of ['GET', 'HEAD'])
      for (const key of ['b.txt', '', '\ud800'])
        expect((await respond(shelf(), key, ask1({ 'if-match': '"x"' }, method), how)).status).toBe(404)
  })

  it('other methods are not allowed', async () => {
    const response = await answer({}, 'PUT')
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  })

  it('a failure of the store is its own, and a request that is given up ends the call', async () => {
    const fail = () => {
      throw new Error('down')
    }
    const broken = createStore({ name: 'broken', get: fail, stat: fail, keys: () => [] })
    expect(await rejection(respond(broken, 'a', ask1(), how))).toMatchObject({ code: 'Unknown', key: 'a' })
    const hanging = createStore({
      name: 'hanging',
      get: () => new Promise<undefined>(() => {}),
      stat: () => new Promise<undefined>(() => {}),
      keys: () => [],
    })
    const controller = new AbortController()
    const request = new Request('http://localhost/a', { signal: controller.signal })
    const answering = rejection(respond(hanging, 'a', request, how))
    controller.abort()
    expect(await answering).toMatchObject({ code: 'Aborted' })
  })

  it('a value behind a codec is given decoded, with its own length', async () => {
    const store = pipe(memory(), mapValues(gzip()))
    await store.set('a.txt', bytes('Hello, web! '.repeat(100)))
    const part = await answer({ range: 'bytes=-5' }, 'GET', store)
    expect([part.status, await part.text()]).toEqual([206, 'web! '])
    const head = await answer({}, 'HEAD', store)
    expect([head.headers.has('content-length'), head.headers.has('etag')]).toEqual([false, true])
  })
})

describe('what an answer takes of the storage', () => {
  function counting() {
    const ops: string[] = []
    return { ops, store: pipe(shelf(), observed({ end: ({ op }) => void ops.push(op) })) }
  }

  it.each([
    [{}, 'GET'],
    [{ range: 'bytes=0-4' }, 'GET'],
    [{ 'if-none-match': '"v1"' }, 'GET'],
    [{}, 'HEAD'],
  ])('is one request: %o %s', async (headers, method) => {
    const { ops, store } = counting()
    await (await respond(store, 'a.txt', ask1(headers as Record<string, string>, method))).text()
    expect(ops).toEqual([method === 'HEAD' ? 'stat' : 'getWithStat'])
  })

  it('is no value by stream where the client has it', async () => {
    const { ops, store } = counting()
    await respond(store, 'a.txt', ask1({ 'if-none-match': '"v1"' }), { stream: true })
    expect(ops).toEqual(['stat'])
  })
})

describe('an answer by stream', () => {
  /** A value of many chunks, and how many of them were read; `change` replaces it. */
  function changing() {
    const state = { version: 1, read: 0, ended: false, stats: 0, size: 4 }
    const store = createStore({
      name: 'changing',
      get: () => new Uint8Array(state.size).fill(state.version),
      keys: () => ['a'],
      stat: () => {
        state.stats++
        return { size: state.size, etag: `v${state.version}` }
      },
      readStream: async function* (_, range = {}) {
        const { version } = state
        const { start = 0, end = state.size } = range as { start?: number; end?: number }
        try {
          for (let at = start; at < end; at++) {
            state.read++
            yield Uint8Array.of(version)
          }
        } finally {
          state.ended = true
        }
      },
    })
    return { state, store }
  }

  it('reads only the part that is asked for, and no further than the client does', async () => {
    const { state, store } = changing()
    state.size = 1_000_000
    const response = await respond(store, 'a', ask1({ range: 'bytes=10-999' }), { stream: true })
    const reader = response.body?.getReader()
    expect((await reader?.read())?.value).toEqual(Uint8Array.of(1))
    await reader?.cancel()
    expect(state.read).toBeLessThan(5)
    expect(state.ended).toBe(true)
  })

  it('is of the version whose etag it has, also when the value is replaced meanwhile', async () => {
    const { state, store } = changing()
    const replaced = createStore({
      name: 'replaced',
      get: key => store.get(key),
      keys: () => ['a'],
      stat: async key => {
        const stat = await store.stat(key)
        // Once, between what is said of the value and its bytes.
        if (state.stats === 1) Object.assign(state, { version: 2, size: 6 })
        return stat
      },
      readStream: async (_, range) => {
        const { start = 0, end = state.size } = (range ?? {}) as { start?: number; end?: number }
        const { version } = state
        return (async function* () {
          yield new Uint8Array(end - start).fill(version)
        })()
      },
    })
    const response = await respond(replaced, 'a', ask1({ range: 'bytes=-3' }), { stream: true })
    expect([response.headers.get('etag'), response.headers.get('content-range')]).toEqual([
      '"v2"',
      'bytes 3-5/6',
    ])
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([2, 2, 2])
  })

  it('rejects when somebody writes all the time', async () => {
    const { state, store } = changing()
    const restless = createStore({
      name: 'restless',
      get: key => store.get(key),
      keys: () => ['a'],
      stat: () => ({ size: 4, etag: `v${state.version++}` }),
    })
    expect(await rejection(respond(restless, 'a', ask1(), { stream: true }))).toMatchObject({
      code: 'Conflict',
      retryable: true,
    })
  })
})

describe('a server of Node', () => {
  it('answers from any store', async () => {
    const site = memory()
    await site.set('häuser/a b.txt', bytes(TEXT), { contentType: 'text/plain' })
    const server = createServer(async ({ method = 'GET', url = '/', headers }, outgoing) => {
      try {
        const key = decodeURIComponent(new URL(url, 'http://localhost').pathname.slice(1))
        const request = { method, headers: new Headers(headers as Record<string, string>) }
        const response = await respond(site, key, request, { headers: { 'cache-control': 'no-cache' } })
        outgoing.writeHead(response.status, Object.fromEntries(response.headers))
        await pipeline(response.body ?? [], outgoing)
      } catch {
        outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(500).end()
      }
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    afterTest(() => new Promise(resolve => server.close(resolve)))
    const { port } = server.address() as AddressInfo

    const fetched = (headers: Record<string, string>, method = 'GET') =>
      new Promise<{ status: number | undefined; headers: IncomingHttpHeaders; body: string }>(
        (resolve, reject) => {
          const path = `/${encodeURIComponent('häuser')}/a%20b.txt`
          ask({ host: '127.0.0.1', port, path, method, headers, agent: false }, async response => {
            const body = (await response.toArray()).join('')
            resolve({ status: response.statusCode, headers: response.headers, body })
          })
            .on('error', reject)
            .end()
        },
      )

    const whole = await fetched({})
    expect(whole).toMatchObject({ status: 200, body: TEXT })
    expect(whole.headers).toMatchObject({ 'content-type': 'text/plain', 'cache-control': 'no-cache' })
    const etag = whole.headers.etag ?? ''
    expect(await fetched({ 'if-none-match': `"x", ${etag}` })).toMatchObject({ status: 304, body: '' })
    expect(await fetched({ range: 'bytes=-4', 'if-range': etag })).toMatchObject({
      status: 206,
      body: 'web!',
    })
    expect(await fetched({ range: 'bytes=50-' })).toMatchObject({ status: 416, body: '' })
    expect(await fetched({}, 'HEAD')).toMatchObject({ status: 200, body: '' })
    expect((await fetched({}, 'HEAD')).headers['content-length']).toBe('11')
    expect(await fetched({}, 'DELETE')).toMatchObject({ status: 405 })
  })
})

describe('options of answers', () => {
  it('name a media type for what has none', async () => {
    const answered = await respond(shelf({}), 'a.txt', ask1(), { contentType: 'text/css' })
    expect(answered.headers.get('content-type')).toBe('text/css')
    const known = await respond(shelf(), 'a.txt', ask1(), { contentType: 'text/css' })
    expect(known.headers.get('content-type')).toBe('text/plain')
  })

  it('stand before what the store says', async () => {
    const store = shelf({ cacheControl: 'no-cache' })
    const answered = await respond(store, 'a.txt', ask1(), { headers: { 'cache-control': 'no-store' } })
    expect(answered.headers.get('cache-control')).toBe('no-store')
  })

  it('need values that are bytes', async () => {
    const texts = pipe(memory(), textValues())
    await texts.set('a', 'b')
    expect(await rejection(respond(texts as never, 'a' as never, ask1()))).toMatchObject({
      code: 'InvalidValue',
      key: 'a',
      op: 'respond',
    })
  })
})
it('headers are texts by name, or refused', async () => {
  for (const headers of ['x: y', ['a'], { 'cache-control': 5 }, { a: 'x', b: undefined }, 5])
    expect(await rejection(respond(shelf(), 'a.txt', ask1(), { headers } as never))).toMatchObject({
      code: 'InvalidArgument',
    })
  const answered = await respond(shelf(), 'a.txt', ask1(), { headers: { 'x-a': '1', 'x-b': '2' } })
  expect([answered.headers.get('x-a'), answered.headers.get('x-b')]).toEqual(['1', '2'])
})
describe('conditions that are written in other ways', () => {
  const status = async (headers: Record<string, string>) => {
    const store = shelf()
    return (await respond(store, 'a.txt', { method: 'GET', headers: new Headers(headers) })).status
  }

  it('and parts stand in headers of any kind, which need not cut the spaces off', async () => {
    const headers = (all: Record<string, string>) => ({ get: (name: string) => all[name] ?? null })
    const ask = (all: Record<string, string>) =>
      respond(shelf(), 'a.txt', { method: 'GET', headers: headers(all) })
    expect((await ask({ 'if-match': ' * ' })).status).toBe(200)
    expect((await ask({ range: ' bytes=0-4 ' })).status).toBe(206)
    expect((await ask({ range: 'bytes=0-4', 'if-range': ' "v1" ' })).status).toBe(206)
    expect((await ask({ range: 'bytes=0-4', 'if-range': 'W/"v1"' })).status).toBe(200)
  })

  it('an etag stands as it is where it may, and encoded elsewhere', async () => {
    const shown = async (etag: string) =>
      (await respond(shelf({ etag }), 'a.txt', ask1())).headers.get('etag')
    expect(await shown('a/b:c=')).toBe('"a/b:c="')
    expect(await shown('a/b c"')).toBe('"a%2Fb%20c%22"')
    expect(await shown('"')).toBe('"%22"')
  })

  it('name any value by a star, and none by what is no list of etags', async () => {
    expect(await status({ 'if-match': ' * ' })).toBe(200)
    expect(await status({ 'if-none-match': '*' })).toBe(304)
    expect(await status({ 'if-match': 'nonsense' })).toBe(412)
    expect(await status({ 'if-none-match': 'nonsense' })).toBe(200)
    expect(await status({ 'if-none-match': '' })).toBe(200)
  })

  it('a date may be in the three forms of HTTP, and is ignored in any other', async () => {
    for (const late of ['Sun, 06 Nov 2094 08:49:37 GMT', 'Sun Nov  6 08:49:37 2094']) {
      expect(await status({ 'if-modified-since': late })).toBe(304)
      expect(await status({ 'if-unmodified-since': late })).toBe(200)
    }
    for (const early of [
      'Sun, 06 Nov 1994 08:49:37 GMT',
      'Sunday, 06-Nov-94 08:49:37 GMT',
      'Sun Nov  6 08:49:37 1994',
    ]) {
      expect(await status({ 'if-modified-since': early })).toBe(200)
      expect(await status({ 'if-unmodified-since': early })).toBe(412)
    }
    for (const none of ['2094-11-06', 'Sun, nonsense', '1', 'tomorrow, Sun, 06 Nov 2094 08:49:37 GMT']) {
      expect(await status({ 'if-modified-since': none })).toBe(200)
      expect(await status({ 'if-unmodified-since': none })).toBe(200)
    }
  })
})
