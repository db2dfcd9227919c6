import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { createStore, memory, pathOf, readStream, type Store } from '@kvdol/core'
import { bytes, joined, rejection, temporaryFolder, text } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { info } from '../src/index.ts'
import { grazing } from './support/open.ts'
import { ranged, raw, type Web, web } from './support/web.ts'

const streamed = async (store: Store<string, Uint8Array>, url: string, range = {}) =>
  text(await joined((await readStream(store, url, range)) as never))

/** Answers by `answer`, and breaks off after so many bytes at the first requests. */
const cutting = (at: number, times: number, answer: Web['answer']): Web['answer'] => {
  return (request, response, count) => {
    if (count > times) return answer(request, response, count)
    const send = response.end.bind(response)
    response.end = ((chunk: Uint8Array) => {
      if (!(chunk instanceof Uint8Array)) return send(chunk)
      response.write(chunk.subarray(0, at), () => response.destroy())
      return response
    }) as never
    return answer(request, response, count)
  }
}

const CONTENT = bytes(Array.from({ length: 20_000 }, (_, line) => `line ${line}\n`).join(''))
const WAYS = ['whole', 'by stream'] as const
const read = (way: (typeof WAYS)[number], store: Store<string, Uint8Array>, url: string) =>
  way === 'whole' ? store.get(url).then(value => text(value as Uint8Array)) : streamed(store, url)

describe.each(WAYS)('122: a download that breaks off, %s', way => {
  it('leaves nothing, not even a record', async () => {
    const server = await raw(socket => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n0123456789'))
    const cache = memory()
    const store = grazing({ cache, retries: 0 })
    expect(await rejection(read(way, store, `${server.origin}/a`))).toMatchObject({
      code: 'Corrupt',
      reason: 'cut',
    })
    expect(await store.has(`${server.origin}/a`)).toBe(false)
    expect(await cache.size()).toBe(0)
    const long = `${server.origin}/${'x'.repeat(2000)}`
    expect(await rejection(read(way, store, long))).toMatchObject({ code: 'Corrupt' })
    expect(await cache.size()).toBe(0)
  })

  it('goes on where it stopped, with the same content', async () => {
    const server = await web(cutting(70_000, 1, ranged(CONTENT, '"1"')))
    const store = grazing()
    expect(await read(way, store, `${server.origin}/a`)).toBe(text(CONTENT))
    expect(server.asked.map(({ headers }) => [headers.range?.slice(0, 6), headers['if-range']])).toEqual([
      [undefined, undefined],
      ['bytes=', '"1"'],
    ])
    expect(server.asked[1]?.headers.range).not.toBe('bytes=0-')
    expect((await store.stat(`${server.origin}/a`))?.size).toBe(CONTENT.length)
  })

  it('starts again where the content was replaced, or the server cannot go on', async () => {
    const other = bytes('new content')
    for (const then of [ranged(other, '"2"'), ranged(CONTENT, 'W/"weak"')]) {
      const server = await web((request, response, count) =>
        cutting(70_000, 1, count === 1 ? ranged(CONTENT, '"1"') : then)(request, response, count),
      )
      const store = grazing()
      const wanted =
        then === undefined ? CONTENT : await read(way, grazing(), `${(await web(then)).origin}/a`).then(bytes)
      expect(await read(way, store, `${server.origin}/a`)).toBe(text(wanted))
    }
    const weak = await web(cutting(70_000, 1, ranged(CONTENT, 'W/"weak"')))
    expect(await read(way, grazing(), `${weak.origin}/a`)).toBe(text(CONTENT))
    expect(weak.asked.map(({ headers }) => headers.range)).toEqual([undefined, undefined])
  })

  it('6: keeps no error page, and replaces nothing by one', async () => {
    const server = await web('good content')
    const cache = memory()
    const store = grazing({ cache, refresh: true, retries: 0 })
    const url = `${server.origin}/a`
    await read(way, store, url)
    for (const status of [500, 403, 404, 206, 204, 302]) {
      server.answer = (_, response) =>
        response
          .writeHead(status, status === 206 ? { 'content-range': 'bytes 0-1/9' } : {})
          .end(status === 204 ? '' : 'no')
      await read(way, store, url).catch(() => {})
      expect(text((await cache.get(`url/${url}`)) as Uint8Array), String(status)).toBe('good content')
    }
  })

  it('9: says so when the content changes at every attempt', async () => {
    let version = 0
    const server = await web((request, response, count) =>
      cutting(70_000, 99, ranged(CONTENT, `"${version++}"`))(request, response, count),
    )
    const error = await rejection(read(way, grazing(), `${server.origin}/a`))
    expect(error).toMatchObject({ code: 'Corrupt' })
    expect(server.asked.length).toBe(6)
  })
})

describe('11: at the same time', () => {
  it('makes one request for 10,000 gets, and gives each its own bytes', async () => {
    const server = await web('content')
    for (const cache of [memory(), temporaryFolder()]) {
      const store = grazing({ cache })
      const before = server.asked.length
      const values = await Promise.all(Array.from({ length: 10_000 }, () => store.get(`${server.origin}/a`)))
      expect(server.asked.length - before).toBe(1)
      values[0]?.fill(0)
      expect(text(values[9999] as Uint8Array)).toBe('content')
      expect(text((await store.get(`${server.origin}/a`)) as Uint8Array)).toBe('content')
    }
  })

  it('shares one download between reads, streams and ranges', async () => {
    const server = await web('0123456789')
    const store = grazing()
    const url = `${server.origin}/a`
    const all = await Promise.all([
      streamed(store, url, { start: 2, end: 4 }),
      store.get(url),
      streamed(store, url),
    ])
    expect([all[0], text(all[1] as Uint8Array), all[2]]).toEqual(['23', '0123456789', '0123456789'])
    expect(server.asked).toHaveLength(1)
  })

  it('asks nobody for a range that what is kept does not have', async () => {
    const server = await web('0123456789')
    const store = grazing()
    await store.get(`${server.origin}/a`)
    const read = streamed(store, `${server.origin}/a`, { start: 10 })
    expect(await rejection(read)).toMatchObject({ code: 'RangeNotSatisfiable' })
    expect(server.asked).toHaveLength(1)
  })

  it('lets each caller leave, and ends the request when the last has left', async () => {
    const server = await web(() => {})
    const store = grazing()
    const [one, two] = [new AbortController(), new AbortController()]
    const calls = [one, two].map(({ signal }) => rejection(store.get(`${server.origin}/a`, { signal })))
    await expect.poll(() => server.asked.length).toBe(1)
    one.abort()
    expect(await calls[0]).toMatchObject({ code: 'Aborted' })
    expect(server.asked[0]?.socket.destroyed).toBe(false)
    two.abort()
    expect(await calls[1]).toMatchObject({ code: 'Aborted' })
    await expect.poll(() => server.asked[0]?.socket.destroyed).toBe(true)
  })

  it('does not undo a deletion or a write in the meantime', async () => {
    let answer: () => unknown = () => {}
    const server = await web((_, response) => {
      response.write('con')
      answer = () => response.end('tent')
    })
    for (const way of WAYS)
      for (const write of ['delete', 'set'] as const) {
        const store = grazing()
        const url = `${server.origin}/${way}/${write}`
        const before = server.asked.length
        const reading = read(way, store, url)
        await expect.poll(() => server.asked.length).toBe(before + 1)
        const writing = write === 'delete' ? store.delete(url) : store.set(url, bytes('mine'))
        await writing
        if (way === 'by stream') await expect.poll(() => server.asked.length).toBe(before + 2)
        answer()
        expect(await reading).toBe('content')
        expect(await store.has(url)).toBe(write === 'set')
        if (write === 'set') expect(text((await store.get(url)) as Uint8Array)).toBe('mine')
      }
  })
})

describe('a cache that fails', () => {
  function failing(...methods: string[]): Store<string, Uint8Array> {
    const below = memory()
    const fail = () => Promise.reject(Object.assign(new Error('the disk is on fire'), { code: 'EIO' }))
    return createStore({
      name: 'failing',
      get: below.get.bind(below),
      keys: () => below.keys(),
      set: (key: string, value: Uint8Array) => below.set(key, value),
      delete: (key: string) => below.delete(key),
      ...Object.fromEntries(methods.map(each => [each, fail])),
    })
  }

  it.each(WAYS)('never fails a read %s, and is told', async way => {
    const server = await web('content')
    for (const method of ['get', 'set']) {
      const told: string[] = []
      const store = grazing({ cache: failing(method), onCacheError: (_, url) => void told.push(url) })
      expect(await read(way, store, `${server.origin}/a`)).toBe('content')
      expect(told.length).toBeGreaterThan(0)
    }
    const nothing = grazing({ cache: failing('get'), source: () => undefined, onCacheError: () => {} })
    await expect(read(way, nothing, 'https://a.org/')).rejects.toThrow()
  })
})

describe('13, 15: names and headers of servers', () => {
  it('never make a path, and are bounded and escaped in what is kept', async () => {
    const server = await raw(socket =>
      socket.end(
        `HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-disposition: attachment; filename="../../evil"\r\n` +
          `content-type: text/x-"\\\r\netag: "${'e'.repeat(4000)}"\r\nx-y: z\r\n\r\nok`,
      ),
    )
    const cache = memory()
    const store = grazing({ cache })
    const url = `${server.origin}/..%2f..%2fevil`
    await store.get(url)
    const keys = []
    for await (const key of cache.keys()) keys.push(key)
    expect(keys.sort()).toEqual([
      `about/url/${server.origin}/..%2F..%2Fevil`,
      `url/${server.origin}/..%2F..%2Fevil`,
    ])
    const record = text((await cache.get(keys[0] as string)) as Uint8Array)
    expect(JSON.parse(record)).not.toHaveProperty('etag')
    expect(record).not.toContain('attachment')
    expect((await info(store, url))?.contentType).toBe('text/x-"\\')

    const folder = temporaryFolder()
    const inFolder = grazing({ cache: path.join(folder, 'in', 'cache') })
    await inFolder.get(url)
    expect(readFileSync(await pathOf(inFolder, url), 'utf8')).toBe('ok')
    expect(readdirSync(folder)).toEqual(['in'])
    expect(readdirSync(path.join(folder, 'in'))).toEqual(['cache'])
  })

  it('with control characters are refused', async () => {
    const server = await raw(socket =>
      socket.end('HTTP/1.1 200 OK\r\nx: \u001b[31m\r\ncontent-length: 2\r\n\r\nok'),
    )
    expect(await rejection(grazing({ retries: 0 }).get(server.origin))).toMatchObject({ code: 'Corrupt' })
  })
})
