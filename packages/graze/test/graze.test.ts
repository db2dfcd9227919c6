import { readFileSync } from 'node:fs'
import path from 'node:path'
import {
  createStore,
  fromMap,
  gzip,
  mapKeys,
  mapValues,
  memory,
  pathOf,
  pipe,
  prefix,
  readStream,
  writeStream,
} from '@kvdol/core'
import { files } from '@kvdol/fs'
import { bytes, collect, joined, rejection, temporaryFolder, text } from '@kvdol/test-support'
import { describe, expect, it, vi } from 'vitest'
import { canonicalUrl, defineRoute, graze, info, kindOf, noDownload, shareLinks } from '../src/index.ts'
import { grazing } from './support/open.ts'
import { ranged, web } from './support/web.ts'

const DAY = 24 * 3600 * 1000
const nothing = (): undefined => undefined

describe('keeps', () => {
  it('118, 119: downloads once; has, listings, stat and deletes use no network', async () => {
    const server = await web('content')
    const store = grazing()
    const url = `${server.origin}/a`
    expect(await store.has(url)).toBe(false)
    expect(await store.stat(url)).toBeUndefined()
    expect(await collect(store.keys())).toEqual([])
    expect(await store.size()).toBe(0)
    await store.delete(url)
    expect(await collect(store.entries())).toEqual([])
    expect(server.asked).toHaveLength(0)

    expect(text(await store.get(url))).toBe('content')
    server.answer = (_, response) => response.end('other content')
    expect(text(await store.get(url))).toBe('content')
    expect(await store.has(url)).toBe(true)
    expect((await store.stat(url))?.size).toBe(7)
    expect(await collect(store.keys())).toEqual([url])
    expect((await collect(store.entries())).map(([key, value]) => [key, text(value)])).toEqual([
      [url, 'content'],
    ])
    expect(server.asked).toHaveLength(1)

    await store.delete(url)
    expect(await store.has(url)).toBe(false)
    expect(text(await store.get(url))).toBe('other content')
    expect(server.asked).toHaveLength(2)
  })

  it('118: takes a source of one’s own; another store on the cache gives what is kept, and refresh replaces it', async () => {
    const cache = memory()
    const url = 'https://example.org/a'
    expect(text(await grazing({ cache, source: () => bytes('one') }).get(url))).toBe('one')
    expect(text(await grazing({ cache, source: () => bytes('two') }).get(url))).toBe('one')
    expect(
      text(await grazing({ cache, source: fromMap(new Map([[url, bytes('two')]])), refresh: true }).get(url)),
    ).toBe('two')
    expect(text(await grazing({ cache, source: () => bytes('three') }).get(url))).toBe('two')
    expect(await grazing({ source: () => undefined }).get(url)).toBeUndefined()
  })

  it('118: a cacheKey names the entry, by a text or by a function', async () => {
    const cache = memory()
    const source = (url: string) => bytes(url)
    const signed = 'https://example.org/a?signature=1'
    const byText = grazing({ cache, source, cacheKey: 'latest' })
    await byText.get(signed)
    expect(text(await byText.get('https://example.org/elsewhere'))).toBe(signed)
    expect(await cache.has('key/latest')).toBe(true)
    expect(await collect(byText.keys())).toEqual([signed])

    const unsigned = grazing({ cache, source, cacheKey: url => url.split('?', 1)[0] as string })
    await unsigned.get(signed)
    expect(text(await unsigned.get('https://example.org/a?signature=2'))).toBe(signed)
    // Each lists what it would read itself.
    expect(await collect(unsigned.keys())).toEqual([signed])
    expect(await collect(grazing({ cache }).keys())).toEqual([])
    const bad = await rejection(grazing({ cache, source, cacheKey: () => '' }).get(signed))
    expect(bad.message).toContain('cacheKey')
  })

  it('117: keeps a URL beside one that goes on, in a folder, one file for each', async () => {
    const folder = temporaryFolder()
    const store = grazing({ cache: folder, source: url => bytes(url) })
    const urls = [
      'https://x.org/a',
      'https://x.org/a/b',
      'https://x.org/a/',
      'http://www.example.com/subdir1/subdir2/file.txt',
    ]
    for (const url of urls) await store.get(url)
    expect((await collect(store.keys())).sort()).toEqual([...urls].sort())
    const file = await pathOf(store, urls[3] as string)
    expect(file).toBe(path.join(folder, 'url/http%3a/%/www.example.com/subdir1/subdir2/file.txt='))
    expect(readFileSync(file, 'utf8')).toBe(urls[3])
    for (const url of urls) expect(text(await store.get(url))).toBe(url)
  })

  it('keeps URLs of any length and oddity without collision, in any store', async () => {
    const long = `https://x.org/${'é'.repeat(2000)}?q=${'x'.repeat(3000)}`
    const odd = [
      'a',
      'A',
      '..%2f..',
      'a%00b',
      '?q=1&p=2',
      '?p=2&q=1',
      "'; drop--",
      '%2e%2e%2fetc',
      '__proto__',
      'con',
      'a b',
      '~',
    ]
    const urls = [...odd.map(each => `https://x.org/${each}`), long, `${long}1`, `${long}2`].map(canonicalUrl)
    for (const cache of [
      memory(),
      temporaryFolder(),
      files(temporaryFolder()),
      files(temporaryFolder(), { keys: 'encoded' }),
    ]) {
      const store = grazing({ cache, source: url => bytes(url) })
      for (const url of urls) await store.get(url)
      expect(new Set(await collect(store.keys()))).toEqual(new Set(urls))
      expect(await store.size()).toBe(new Set(urls).size)
      for (const url of urls) expect(text((await store.get(url)) as Uint8Array)).toBe(url)
      expect(
        await collect(store.keys({ prefix: canonicalUrl(`https://x.org/${'é'.repeat(2000)}`) })),
      ).toHaveLength(3)
      for (const url of urls) await store.delete(url)
      expect(await store.size()).toBe(0)
    }
  })

  it('takes what is put in by hand, by stream too, and forgets nothing of it', async () => {
    const server = await web('from the web')
    const store = grazing()
    await store.set(`${server.origin}/a`, bytes('by hand'))
    await writeStream(store, `${server.origin}/b`, [bytes('by '), bytes('stream')])
    expect(text(await store.get(`${server.origin}/a`))).toBe('by hand')
    expect(text(await store.get(`${server.origin}/b`))).toBe('by stream')
    expect(await info(store, `${server.origin}/b`)).toMatchObject({ origin: 'set', size: 9 })
    expect(server.asked).toHaveLength(0)
  })

  it('keeps in a folder of the application by default', async () => {
    const home = temporaryFolder()
    vi.stubEnv('XDG_DATA_HOME', home)
    try {
      await using store = graze({ application: '@a/b', source: () => bytes('x') })
      await store.get('https://example.org/a')
      expect(await pathOf(store, 'https://example.org/a')).toContain(home)
      expect(await pathOf(store, 'https://example.org/a')).toContain('kvdol-graze')
    } finally {
      vi.unstubAllEnvs()
    }
  })

  it('gives a path where the cache keeps files, also through key transforms, and downloads for it', async () => {
    const server = await web(({ url }, response) =>
      url === '/a' ? response.end('x') : response.writeHead(404).end(),
    )
    const url = `${server.origin}/a`
    const inFolder = files(temporaryFolder(), { keys: 'encoded' })
    const caches = [
      temporaryFolder(),
      inFolder,
      files(temporaryFolder()),
      pipe(inFolder, mapKeys(prefix('web/'))),
    ]
    for (const [index, cache] of caches.entries()) {
      const file = await pathOf(grazing({ cache }), url)
      expect(readFileSync(file, 'utf8')).toBe('x')
      expect(server.asked).toHaveLength(index + 1)
      expect(await pathOf(grazing({ cache, offline: true }), url)).toBe(file)
    }
    expect(
      await rejection(pathOf(grazing({ cache: temporaryFolder() }), `${server.origin}/b`)),
    ).toMatchObject({
      code: 'NotFound',
      op: 'pathOf',
      key: `${server.origin}/b`,
    })
  })

  it('asks nobody for a path that there cannot be', async () => {
    const server = await web('x')
    const url = `${server.origin}/a`
    const zipped = pipe(files(temporaryFolder()), mapValues(gzip()))
    for (const cache of [memory(), zipped])
      expect(await rejection(pathOf(grazing({ cache }), url))).toMatchObject({ code: 'Unsupported' })
    expect(server.asked).toHaveLength(0)
    expect(await rejection(info(memory(), 'https://a.org/'))).toMatchObject({ code: 'InvalidArgument' })
  })

  it('gives no path of what could not be kept', async () => {
    const server = await web('x')
    const below = files(temporaryFolder(), { keys: 'encoded' })
    const full = createStore({
      name: 'full',
      get: (key: string, options) => below.get(key, options),
      keys: options => below.keys(options),
      set: () => Promise.reject(new Error('the disk is full')),
      delete: (key, options) => below.delete(key, options),
      pathOf: key => pathOf(below, key),
    })
    const store = grazing({ cache: full, onCacheError: () => {} })
    expect(await rejection(pathOf(store, `${server.origin}/a`))).toMatchObject({ code: 'Unavailable' })
  })

  it('tells what is known of what is kept', async () => {
    const server = await web(({ url }, response) => {
      if (url === '/a') return response.writeHead(302, { location: '/b' }).end()
      return response
        .writeHead(200, {
          etag: '"1"',
          'content-type': 'text/plain',
          'last-modified': 'Wed, 01 Jan 2025 00:00:00 GMT',
        })
        .end('content')
    })
    const store = grazing()
    const url = `${server.origin}/a`
    expect(await info(store, url)).toBeUndefined()
    const before = Date.now()
    await store.get(url)
    const known = await info(store, url)
    expect(known).toMatchObject({
      url,
      size: 7,
      origin: 'web',
      finalUrl: `${server.origin}/b`,
      contentType: 'text/plain',
      etag: '"1"',
      lastModified: 'Wed, 01 Jan 2025 00:00:00 GMT',
    })
    expect(known?.fetched?.getTime()).toBeGreaterThanOrEqual(before)
    expect(await store.stat(url)).toMatchObject({ contentType: 'text/plain', size: 7 })
  })

  it('knows a record that belongs to another content', async () => {
    const cache = memory()
    const store = grazing({ cache, source: () => bytes('one') })
    await store.get('https://a.org/')
    await cache.set('url/https://a.org/', bytes('changed behind its back'))
    expect(await info(store, 'https://a.org/')).toEqual({
      url: 'https://a.org/',
      size: 23,
      fetched: undefined,
      checked: undefined,
    })
    await cache.set('about/url/https://a.org/', bytes('no record'))
    expect((await info(store, 'https://a.org/'))?.fetched).toBeUndefined()
  })
})

describe('120: options', () => {
  it.each([
    [{ maxAge: 1, refresh: true }, 'maxAge and refresh'],
    [{ maxAge: 1, freshness: 'http' }, 'maxAge and freshness'],
    [{ refresh: true, freshness: 'http' }, 'refresh and freshness'],
    [{ offline: true, refresh: true }, 'offline and refresh'],
    [{ offline: true, source: nothing }, 'offline and source'],
    [{ cache: memory(), application: 'a' }, 'cache and application'],
    [{ headers: () => ({ authorization: 'x' }) }, 'identity'],
    [{ source: nothing, allow: 'public' }, 'allow has no effect'],
    [{ source: nothing, timeout: 5 }, 'timeout has no effect'],
    [{ kind: 'pdf' }, "kind is 'html'"],
    [{ ttl: 5 }, 'no option'],
    [{ cache: new Map() }, 'fromMap'],
    [{ cache: 5 }, 'cache is a store'],
    [{ routes: [{}] }, 'routes is a list'],
  ])('%o is refused', (options, message) => {
    expect(() => graze({ cache: memory(), ...(options as object) })).toThrow(message)
  })
})

describe('121: age', () => {
  const clock = (time: number) => vi.useFakeTimers({ toFake: ['Date'], now: time })

  it('gives what is fresh, and asks again when it has expired', async () => {
    const server = await web((_, response, count) => response.end(`version ${count}`))
    try {
      clock(0)
      const store = grazing({ maxAge: DAY, cache: temporaryFolder() })
      const url = `${server.origin}/a`
      expect(text(await store.get(url))).toBe('version 1')
      clock(DAY)
      expect(text(await store.get(url))).toBe('version 1')
      clock(DAY + 1)
      expect(text(await store.get(url))).toBe('version 2')
      expect(text(await joined((await readStream(store, url)) as never))).toBe('version 2')
      // A clock that was set back makes nothing fresh for ever.
      clock(5)
      expect(text(await store.get(url))).toBe('version 3')
    } finally {
      vi.useRealTimers()
    }
  })

  it('asks by etag and date, and downloads only what has changed', async () => {
    const date = 'Wed, 01 Jan 2025 00:00:00 GMT'
    const server = await web(({ headers }, response) => {
      if (headers['if-none-match'] === '"1"') return response.writeHead(304, { etag: '"1"' }).end()
      return response.writeHead(200, { etag: '"1"', 'last-modified': date }).end('content')
    })
    const store = grazing({ refresh: true })
    const url = `${server.origin}/a`
    await store.get(url)
    const first = await info(store, url)
    expect(text(await store.get(url))).toBe('content')
    expect(text(await joined((await readStream(store, url)) as never))).toBe('content')
    expect(
      server.asked.map(({ headers }) => [headers['if-none-match'], headers['if-modified-since']]),
    ).toEqual([
      [undefined, undefined],
      ['"1"', date],
      ['"1"', date],
    ])
    const then = await info(store, url)
    expect(then?.fetched).toEqual(first?.fetched)
    expect(then?.checked?.getTime()).toBeGreaterThanOrEqual(first?.checked?.getTime() as number)
    server.answer = (_, response) => response.end('new content')
    expect(text(await store.get(url))).toBe('new content')

    const always = grazing({ refresh: true, revalidate: false })
    await always.get(url)
    await always.get(url)
    expect(server.asked.slice(-2).map(({ headers }) => headers['if-none-match'])).toEqual([
      undefined,
      undefined,
    ])
  })

  it('gives stale content on errors where that is wanted, and says so; a 404 is no error', async () => {
    const server = await web('content')
    const told: [string, Error][] = []
    const cache = memory()
    const options = { cache, refresh: true, retries: 0 }
    const store = grazing({
      ...options,
      onError: 'stale',
      onStale: (error, url) => void told.push([url, error]),
    })
    const url = `${server.origin}/a`
    await store.get(url)
    server.answer = (_, response) => response.writeHead(500).end()
    expect(text(await store.get(url))).toBe('content')
    expect(text(await joined((await readStream(store, url)) as never))).toBe('content')
    expect(told.map(([which, error]) => [which, (error as { code?: string }).code])).toEqual([
      [url, 'Unavailable'],
      [url, 'Unavailable'],
    ])
    expect(await rejection(grazing(options).get(url))).toMatchObject({ code: 'Unavailable' })
    expect(await rejection(store.get(`${server.origin}/b`))).toMatchObject({ code: 'Unavailable' })
    server.answer = (_, response) => response.writeHead(404).end()
    expect(await store.get(url)).toBeUndefined()
    expect(await rejection(store.getOrThrow(url))).toMatchObject({ code: 'NotFound', key: url })
    await server.down()
    expect(text(await store.get(url))).toBe('content')
  })

  it('warns by the process where nobody listens', async () => {
    const warnings: string[] = []
    const listen = (warning: Error) => void warnings.push(warning.message)
    process.on('warning', listen)
    try {
      const store = grazing({
        refresh: true,
        onError: 'stale',
        source: () => Promise.reject<undefined>(new Error('no')),
      })
      await store.set('https://a.org/?token=secret', bytes('x'))
      await store.get('https://a.org/?token=secret')
      await expect.poll(() => warnings.length).toBe(1)
      expect(warnings[0]).toContain('https://a.org/')
      expect(warnings[0]).not.toContain('secret')
    } finally {
      process.off('warning', listen)
    }
  })
})

describe('12: offline and HTTP’s rules', () => {
  it('offline gives what is kept, tells when it has expired, and never connects', async () => {
    const server = await web('content')
    const cache = memory()
    const url = `${server.origin}/a`
    await grazing({ cache }).get(url)
    const told: string[] = []
    const store = grazing({ cache, offline: true, maxAge: 0, onStale: (_, which) => void told.push(which) })
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(0))
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 1000 })
    try {
      expect(text(await store.get(url))).toBe('content')
    } finally {
      vi.useRealTimers()
    }
    expect(told).toEqual([url])
    expect(await rejection(store.get(`${server.origin}/b`))).toMatchObject({
      code: 'Unavailable',
      reason: 'offline',
      retryable: false,
    })
    expect(await rejection(readStream(store, `${server.origin}/b`))).toMatchObject({ reason: 'offline' })
    expect(server.asked).toHaveLength(1)
  })

  it('keeps by HTTP’s rules when asked to', async () => {
    const control: Record<string, string> = {
      '/fresh': 'max-age=60',
      '/stale': 'max-age=0',
      '/never': 'no-store',
      '/ask': 'no-cache',
      '/mine': 'private, max-age=60',
      '/varied': 'max-age=60',
    }
    const server = await web(({ url = '' }, response) => {
      response.setHeader('etag', '"1"')
      response.setHeader('cache-control', control[url] ?? '')
      if (url === '/varied') response.setHeader('vary', '*')
      response.end('content')
    })
    const cache = memory()
    const store = grazing({ cache, freshness: 'http' })
    const asked = async (url: string) => {
      const before = server.asked.length
      expect(text(await store.get(`${server.origin}${url}`))).toBe('content')
      return server.asked.length - before
    }
    for (const [url, again] of [
      ['/varied', 1],
      ['/fresh', 0],
      ['/stale', 1],
      ['/never', 1],
      ['/ask', 1],
      ['/mine', 0],
    ] as const) {
      expect(await asked(url), url).toBe(1)
      expect(await asked(url), url).toBe(again)
    }
    expect(await store.has(`${server.origin}/never`)).toBe(false)
    expect(text(await joined((await readStream(store, `${server.origin}/never`)) as never))).toBe('content')
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 })
    try {
      expect(await asked('/fresh')).toBe(1)
      expect(await asked('/fresh')).toBe(0)
    } finally {
      vi.useRealTimers()
    }
    // What a server says forbids nothing to who did not ask for its rules.
    const kept = grazing({ cache })
    await kept.get(`${server.origin}/never`)
    expect(await kept.has(`${server.origin}/never`)).toBe(true)
  })
})

describe('7: one form for each URL', () => {
  it.each([
    ['https://x.org/a#one', 'https://x.org/a'],
    ['https://x.org/a#', 'https://x.org/a'],
    ['HTTPS://X.ORG:443/a', 'https://x.org/a'],
    ['http://x.org:80/', 'http://x.org/'],
    ['http://x.org', 'http://x.org/'],
    ['https://x.org/%c3%a9', 'https://x.org/%C3%A9'],
    ['https://x.org/é', 'https://x.org/%C3%A9'],
    ['https://x.org/a/./b/../c', 'https://x.org/a/c'],
    ['https://x.org/a/%2e%2E/c', 'https://x.org/c'],
    ['https://bücher.example/', 'https://xn--bcher-kva.example/'],
    ['https://x.org/?b=1&a=2', 'https://x.org/?b=1&a=2'],
    ['https://x.org/%7Ea', 'https://x.org/%7Ea'],
    ['https://x.org/a/', 'https://x.org/a/'],
    ['https://x.org/a?', 'https://x.org/a?'],
    ['http://0x7f.1/', 'http://127.0.0.1/'],
    ['http://[0:0:0:0:0:0:0:1]/', 'http://[::1]/'],
  ])('%s is %s', (url, canonical) => {
    expect(canonicalUrl(url)).toBe(canonical)
    expect(canonicalUrl(canonical)).toBe(canonical)
  })

  it('fetches two spellings once, and lists the canonical one', async () => {
    const server = await web('content')
    const store = grazing()
    await store.get(`${server.origin}/t#one`)
    await store.get(`${server.origin}/x/../t#two`)
    expect(server.asked.map(({ url }) => url)).toEqual(['/t'])
    expect(await collect(store.keys())).toEqual([`${server.origin}/t`])
    await store.get(`${server.origin}/t/`)
    expect(await store.size()).toBe(2)
  })

  it.each([
    ['relative/path', 'url'],
    ['https://', 'url'],
    ['ftp://x.org/a', 'scheme'],
    ['file:///etc/passwd', 'scheme'],
    ['data:text/plain,hello', 'scheme'],
    [' https://x.org/', 'whitespace'],
    ['https://x.org/a\nb', 'whitespace'],
    ['https://me:pass@x.org/', 'credentials'],
  ])('%s is no key', async (url, reason) => {
    const store = grazing()
    for (const call of [
      store.get(url),
      store.has(url),
      store.set(url, bytes('x')),
      store.delete(url),
      store.stat(url),
    ])
      expect(await rejection(call)).toMatchObject({ code: 'InvalidKey', reason })
  })
})

describe('5: what was given to one is not given to another', () => {
  it('keeps the answers of each identity apart, in reading and in listings', async () => {
    const server = await web(({ headers }, response) => response.end(`for ${headers.authorization ?? 'all'}`))
    const cache = memory()
    const url = `${server.origin}/me`
    const stores = ['Bearer ann', 'Bearer bob'].map(authorization =>
      grazing({ cache, headers: { authorization } }),
    )
    const [ann, bob, all] = [...stores, grazing({ cache })] as const
    for (const [store, whom] of [
      [ann, 'Bearer ann'],
      [bob, 'Bearer bob'],
      [all, 'all'],
    ] as const)
      expect(text((await store?.get(url)) as Uint8Array)).toBe(`for ${whom}`)
    await ann?.delete(url)
    expect(await ann?.has(url)).toBe(false)
    expect(await collect(bob?.keys() as AsyncIterable<string>)).toEqual([url])
    expect(await all?.has(url)).toBe(true)
    for await (const key of cache.keys()) expect(key).not.toContain('Bearer')
  })

  it('6: keeps apart what a server gives by any header', async () => {
    const server = await web(({ headers }, response) =>
      response.end(`${headers['accept-language']} ${headers['x-forwarded-host']}`),
    )
    const cache = memory()
    const url = `${server.origin}/page`
    for (const freshness of ['kept', 'http'] as const)
      for (const headers of [
        { 'accept-language': 'fr' },
        { 'accept-language': 'de' },
        { 'accept-language': 'de', 'x-forwarded-host': 'evil.example' },
      ])
        expect(text(await grazing({ cache, freshness, headers }).get(url))).toBe(
          `${headers['accept-language']} ${headers['x-forwarded-host']}`,
        )
  })

  it('knows who asks by a name, so that tokens may change', async () => {
    const server = await web(({ headers }, response) => response.end(headers.authorization))
    let token = 1
    const store = grazing({ headers: async () => ({ authorization: `Bearer ${token++}` }), identity: 'ann' })
    expect(text(await store.get(`${server.origin}/`))).toBe('Bearer 1')
    expect(text(await store.get(`${server.origin}/`))).toBe('Bearer 1')
    expect(text(await store.get(`${server.origin}/b`))).toBe('Bearer 2')
  })
})

describe('123: links that people share', () => {
  const target = (url: string) =>
    shareLinks
      .find(each => each.matches(new URL(url)))
      ?.target(new URL(url))
      .toString()

  it.each([
    ['https://www.dropbox.com/s/abc/x.csv?dl=0', 'https://www.dropbox.com/s/abc/x.csv?dl=1'],
    ['https://www.dropbox.com/s/abc/x.csv', 'https://www.dropbox.com/s/abc/x.csv?dl=1'],
    [
      'https://www.dropbox.com/scl/fi/a/x.csv?rlkey=k%2bz&dl=0&st=q',
      'https://www.dropbox.com/scl/fi/a/x.csv?rlkey=k%2bz&st=q&dl=1',
    ],
    ['https://www.dropbox.com/scl/fo/a/b?rlkey=k&dl=0', 'https://www.dropbox.com/scl/fo/a/b?rlkey=k&dl=1'],
    [
      'https://drive.google.com/file/d/1aB-c_D/view?usp=sharing',
      'https://drive.google.com/uc?export=download&id=1aB-c_D',
    ],
    ['https://drive.google.com/open?id=1aB', 'https://drive.google.com/uc?export=download&id=1aB'],
    [
      'https://drive.google.com/file/d/1aB/view?resourcekey=0-x',
      'https://drive.google.com/uc?export=download&id=1aB&resourcekey=0-x',
    ],
    ['https://example.org/s/abc?dl=0', undefined],
    ['https://www.dropbox.com/home', undefined],
    ['https://drive.google.com/uc?export=download&id=1aB', undefined],
    ['https://docs.google.com/document/d/1aB/export?format=pdf', undefined],
  ])('%s leads to %s', (url, direct) => {
    expect(target(url)).toBe(direct)
  })

  it.each([
    ['https://drive.google.com/drive/folders/1aB', 'folder'],
    ['https://drive.google.com/drive/u/0/folders/1aB', 'folder'],
    ['https://docs.google.com/document/d/1aB/edit', 'export'],
    ['https://1drv.ms/u/s!abc', 'browser'],
    ['https://onedrive.live.com/?id=abc', 'browser'],
    ['https://a-my.sharepoint.com/:x:/g/personal/b/c', 'browser'],
  ])('%s is refused with the reason', async (url, why) => {
    const error = await rejection(grazing().get(url))
    expect(error).toMatchObject({ code: 'Unsupported', reason: 'route' })
    expect(error.message).toContain(why)
  })

  it('can be added to, and what is kept stays under the link', async () => {
    const server = await web(({ url }, response) => response.end(url))
    const route = defineRoute({
      name: 'shelf',
      matches: ({ host }) => host === 'shelf.example',
      target: ({ pathname }) =>
        pathname === '/no' ? (Promise.reject() as never) : `${server.origin}/raw${pathname}`,
    })
    const store = grazing({ routes: [route, ...shareLinks] })
    expect(text(await store.get('https://shelf.example/a'))).toBe('/raw/a')
    expect(await collect(store.keys())).toEqual(['https://shelf.example/a'])
    const refusing = defineRoute({
      ...route,
      target: () => {
        throw noDownload('shelf', 'it is empty')
      },
    })
    expect(
      (await rejection(grazing({ routes: [refusing] }).get('https://shelf.example/a'))).message,
    ).toContain('it is empty')
    const leaving = defineRoute({ ...route, target: () => 'file:///etc/passwd' })
    expect(await rejection(grazing({ routes: [leaving] }).get('https://shelf.example/a'))).toMatchObject({
      code: 'Unsupported',
    })
    expect(() => defineRoute({ name: 'x' } as never)).toThrow('defineRoute')
  })
})

describe('124: kinds of content', () => {
  const hex = (digits: string) => new Uint8Array(Buffer.from(digits.padEnd(600, '0'), 'hex'))
  it.each([
    ['html', bytes('<!DOCTYPE html><html><body>Sign in')],
    ['html', bytes('\ufeff\n <!-- a comment --> <HTML lang=en>')],
    ['archive', hex('504b0304140000000800')],
    ['archive', hex('1f8b0800000000000003')],
    ['image', hex('89504e470d0a1a0a0000000d49484452')],
    ['image', hex('ffd8ffe000104a46494600010100')],
    ['audio', hex('49443303000000002000')],
    ['audio', new Uint8Array(Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVEfmt '), Buffer.alloc(99)]))],
    [undefined, bytes('plain text, <b>nothing</b> more')],
    [undefined, bytes('%PDF-1.7\n')],
    [undefined, bytes('{"html": "<html>"}')],
    [undefined, new Uint8Array()],
  ])('%s', async (kind, content) => {
    expect(await kindOf(content)).toBe(kind)
  })

  it('refuses a page where an archive was wanted, whole or by stream, and keeps nothing', async () => {
    const page = `<html>${'x'.repeat(100_000)}`
    const server = await web(page)
    const store = grazing({ kind: 'archive' })
    for (const call of [
      () => store.get(`${server.origin}/a`),
      () => readStream(store, `${server.origin}/a`),
    ]) {
      const error = await rejection(call)
      expect(error).toMatchObject({ code: 'Incompatible', reason: 'kind', retryable: false })
      expect(error.message).toContain("'html'")
    }
    expect(await store.has(`${server.origin}/a`)).toBe(false)
    expect(text(await grazing({ kind: 'html' }).get(`${server.origin}/a`))).toBe(page)
    server.answer = (_, response) => response.end('plain text')
    expect(text(await store.get(`${server.origin}/b`))).toBe('plain text')
    expect(
      await rejection(grazing({ kind: 'image', source: () => bytes(page) }).get('https://a.org/')),
    ).toMatchObject({ code: 'Incompatible' })
  })
})

describe('progress', () => {
  it('is told, and ends the download when it throws', async () => {
    const content = bytes('x'.repeat(300_000))
    const server = await web(ranged(content, '"1"'))
    const told: [number, number | undefined][] = []
    const store = grazing({ onProgress: ({ received, total }) => void told.push([received, total]) })
    await store.get(`${server.origin}/a`)
    expect(told.at(-1)).toEqual([300_000, 300_000])
    const reason = new Error('enough')
    const ending = grazing({
      onProgress: () => {
        throw reason
      },
    })
    const error = await rejection(ending.get(`${server.origin}/a`))
    expect(error).toMatchObject({ code: 'Aborted', cause: reason })
    expect(await ending.has(`${server.origin}/a`)).toBe(false)
  })
})
