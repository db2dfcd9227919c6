import { lookup as systemLookup } from 'node:dns'
import { readdirSync } from 'node:fs'
import type { LookupFunction } from 'node:net'
import { gzipSync } from 'node:zlib'
import { pathOf, readStream, type Store } from '@kvdol/core'
import { bytes, closedAfterTest, collect, rejection, temporaryFolder, text } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { isPublic } from '../src/http/address-policy.ts'
import { defineRoute } from '../src/index.ts'
import { internet } from '../src/internet.ts'
import type { GrazeOptions, InternetOptions } from '../src/options.ts'
import { CERTIFICATE } from './support/certificate.ts'
import { grazing } from './support/open.ts'
import { raw, type Web, web } from './support/web.ts'

/** The files below a folder that are neither folders nor marks of its format. */
const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(each => each.isFile() && each.name !== '.kvdol')
    .map(({ name }) => name)

const open = (options?: InternetOptions) => closedAfterTest(internet({ retries: 0, ...options }))

/** Resolves these names, one address after the other where there are several, and every other name as the system does. */
function resolver(names: Readonly<Record<string, readonly string[]>>) {
  const asked: string[] = []
  const lookup: LookupFunction = (hostname, options, done) => {
    asked.push(hostname)
    const all = names[hostname]
    if (all === undefined) return systemLookup(hostname, options as never, done as never)
    const count = asked.filter(each => each === hostname).length
    const address = all[Math.min(count, all.length) - 1] as string
    if (options.all) done(null, [{ address, family: 4 }])
    else done(null, address, 4)
  }
  return { asked, lookup }
}

describe('1, 4: addresses that are not the public internet', () => {
  // Port 9 of this machine and of others: a connection would show as another error than a refusal.
  const FORMS = [
    'http://127.0.0.1:9/',
    'http://127.1:9/',
    'http://127.0.1:9/',
    'http://2130706433:9/',
    'http://0x7f000001:9/',
    'http://0x7f.0.0.1:9/',
    'http://0177.0.0.1:9/',
    'http://017700000001:9/',
    'http://127.0.0.1.:9/',
    'http://127.255.255.254:9/',
    'http://%31%32%37.0.0.1:9/',
    'http://①②⑦.0.0.1:9/',
    'http://localhost:9/',
    'http://localhost.:9/',
    'http://LOCALHOST:9/',
    'http://loop.test:9/',
    'http://private.test:9/',
    'http://0.0.0.0:9/',
    'http://0:9/',
    'http://10.0.0.1:9/',
    'http://100.64.0.1:9/',
    'http://169.254.169.254/latest/meta-data/',
    'http://0xa9fea9fe/',
    'http://2852039166/',
    'http://172.16.0.1:9/',
    'http://172.31.255.255:9/',
    'http://192.0.0.1:9/',
    'http://192.0.2.1:9/',
    'http://192.168.0.1:9/',
    'http://198.18.0.1:9/',
    'http://203.0.113.7:9/',
    'http://224.0.0.1:9/',
    'http://255.255.255.255:9/',
    'http://[::1]:9/',
    'http://[::]:9/',
    'http://[::ffff:127.0.0.1]:9/',
    'http://[::ffff:7f00:1]:9/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://[::127.0.0.1]:9/',
    'http://[64:ff9b::7f00:1]:9/',
    'http://[fe80::1]:9/',
    'http://[fc00::1]:9/',
    'http://[fd00:ec2::254]/',
    'http://[ff02::1]:9/',
    'http://[2001:db8::1]:9/',
    'http://[2002:7f00:1::]:9/',
    'http://[2001:0:7f00:1::]:9/',
  ]

  it.each(FORMS)('%s is refused', async url => {
    const { lookup } = resolver({
      'loop.test': ['127.0.0.1'],
      'private.test': ['10.1.2.3'],
      'localhost.': ['127.0.0.1'],
    })
    const error = await rejection(open({ allow: 'public', lookup }).get(url))
    expect(error).toMatchObject({ code: 'PermissionDenied', reason: 'address', retryable: false })
  })

  it('refuses users and passwords in a URL, and does not show them', async () => {
    const error = await rejection(open().get('http://example.org:hunter2secret@127.0.0.1:9/'))
    expect(error).toMatchObject({ code: 'InvalidKey', reason: 'credentials' })
    expect(error.detail).not.toContain('hunter2secret')
  })

  it('lets public addresses pass', () => {
    for (const address of [
      '93.184.216.34',
      '8.8.8.8',
      '172.32.0.1',
      '2606:4700::1111',
      '::ffff:8.8.8.8',
      '1.1.1.1',
    ])
      expect(isPublic(address), address).toBe(true)
    for (const name of ['example.org', '', '1.2.3', '::ffff:10.0.0.1', 'fe80::1%eth0', '::ffff:0a00:1'])
      expect(isPublic(name), name).toBe(false)
  })

  it('asks a function about the address that is connected to, named or numeric', async () => {
    const server = await web('content')
    const asked: string[] = []
    const allow = (address: string) => asked.push(address) > 0
    const { lookup } = resolver({ 'here.test': ['127.0.0.1'] })
    expect(text(await open({ allow, lookup }).get(`http://here.test:${server.port}/`))).toBe('content')
    expect(text(await open({ allow }).get(`${server.origin}/`))).toBe('content')
    expect(asked).toEqual(['127.0.0.1', '127.0.0.1'])
  })
})

describe('2: redirects', () => {
  it('checks the address of every hop', async () => {
    const inside = await web('secret')
    const outside = await web((_, response) =>
      response.writeHead(302, { location: `${inside.origin}/` }).end(),
    )
    const { lookup } = resolver({ 'out.test': ['127.0.0.1'] })
    // Only the first hop comes by its name.
    let hops = 0
    const allow = () => ++hops === 1
    const error = await rejection(open({ allow, lookup }).get(`http://out.test:${outside.port}/`))
    expect(error).toMatchObject({ code: 'PermissionDenied', reason: 'address' })
    expect(inside.asked).toHaveLength(0)
  })

  it.each(['file:///etc/passwd', 'data:text/plain,hello', 'ftp://127.0.0.1/', 'javascript:alert(1)'])(
    'does not follow to %s',
    async location => {
      const server = await web((_, response) => response.writeHead(301, { location }).end())
      expect(await rejection(open().get(`${server.origin}/`))).toMatchObject({
        code: 'PermissionDenied',
        reason: 'scheme',
      })
    },
  )

  it('does not follow from https to http', async () => {
    const plain = await web('content')
    const secure = await web((_, response) => response.writeHead(302, { location: plain.origin }).end(), {
      secure: true,
    })
    const error = await rejection(open({ ca: [CERTIFICATE] }).get(`${secure.origin}/`))
    expect(error).toMatchObject({ code: 'PermissionDenied', reason: 'downgrade' })
    expect(plain.asked).toHaveLength(0)
  })

  it('follows from http to https, and relative locations', async () => {
    const secure = await web(
      ({ url }, response) =>
        url === '/b' ? response.end('there') : response.writeHead(307, { location: '../b' }).end(),
      { secure: true },
    )
    const plain = await web((_, response) =>
      response.writeHead(301, { location: `${secure.origin}/x/` }).end(),
    )
    expect(text(await open({ ca: [CERTIFICATE] }).get(`${plain.origin}/a`))).toBe('there')
  })

  it('ends after so many hops, and needs to be told where', async () => {
    const server = await web((_, response, count) => response.writeHead(302, { location: `/${count}` }).end())
    expect(await rejection(open({ redirects: 4 }).get(`${server.origin}/`))).toMatchObject({
      code: 'Unavailable',
      reason: 'redirects',
      retryable: false,
    })
    expect(server.asked).toHaveLength(5)
    server.answer = (_, response) => response.writeHead(302).end()
    expect(await rejection(open().get(`${server.origin}/`))).toMatchObject({
      code: 'Unavailable',
      retryable: false,
    })
    server.answer = (_, response) => response.writeHead(302, { location: 'http://[' }).end()
    expect(await rejection(open().get(`${server.origin}/`))).toMatchObject({ code: 'Corrupt' })
  })
})

describe('3: a name that changes its address', () => {
  it('connects to the address that was checked, and looks up once', async () => {
    const server = await web('public content')
    const { asked, lookup } = resolver({ 'rebind.test': ['127.0.0.1', '127.0.0.2'] })
    const allow = (address: string) => address === '127.0.0.1'
    const read = () => open({ allow, lookup }).get(`http://rebind.test:${server.port}/`)
    expect(text(await read())).toBe('public content')
    expect(asked).toEqual(['rebind.test'])
    // A new connection looks the name up again, and now it is another's.
    expect(await rejection(read())).toMatchObject({ code: 'PermissionDenied', reason: 'address' })
    expect(server.asked).toHaveLength(1)
  })
})

describe('1: an address is checked', () => {
  it('by a store that keeps, and where a route leads', async () => {
    const server = await web('secret')
    const store = grazing({ allow: 'public', retries: 0 })
    for (const call of [() => store.get(`${server.origin}/`), () => readStream(store, `${server.origin}/`)])
      expect(await rejection(call)).toMatchObject({ code: 'PermissionDenied', reason: 'address' })
    const routed = defineRoute({ name: 'shelf', matches: () => true, target: () => `${server.origin}/` })
    const led = grazing({ allow: 'public', retries: 0, routes: [routed] })
    expect(await rejection(led.get('https://shelf.example/'))).toMatchObject({ reason: 'address' })
    expect(await store.size()).toBe(0)
    expect(server.asked).toHaveLength(0)
  })

  it('at every connection to a server that answers 100 Continue unasked', async () => {
    const server = await raw(socket =>
      socket.end('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'),
    )
    const asked: string[] = []
    let allowed = true
    const allow = (address: string) => asked.push(address) > 0 && allowed
    const store = open({ allow })
    expect(text(await store.get(`${server.origin}/`))).toBe('ok')
    expect(new Set(asked)).toEqual(new Set(['127.0.0.1']))
    allowed = false
    expect(await rejection(store.get(`${server.origin}/`))).toMatchObject({ reason: 'address' })
  })
})

describe('5: credentials and redirects', () => {
  it('go to the server of the URL only, own inventions included', async () => {
    const other = await web('content')
    const first = await web(({ url }, response) =>
      url === '/same'
        ? response.writeHead(302, { location: '/next' }).end()
        : response.writeHead(302, { location: `${other.origin}/` }).end(),
    )
    const headers = {
      authorization: 'Bearer t0k3n',
      cookie: 'a=b',
      'x-api-key': 'k3y',
      'Accept-Language': 'fr',
    }
    await open({ headers }).get(`${first.origin}/same`)
    expect(first.asked.map(({ headers }) => headers['x-api-key'])).toEqual(['k3y', 'k3y'])
    const [arrived] = other.asked
    expect(arrived?.headers).toMatchObject({ 'accept-language': 'fr' })
    for (const name of ['authorization', 'cookie', 'x-api-key'])
      expect(arrived?.headers).not.toHaveProperty(name)
  })

  it('are in no message, cause or inspection', async () => {
    const { inspect } = await import('node:util')
    const server = await web((_, response) => response.writeHead(401).end('Bearer canary-t0k3n'))
    const store = open({ headers: { authorization: 'Bearer canary-t0k3n' } })
    const refused = await rejection(store.get(`${server.origin}/`))
    await server.down()
    const down = await rejection(store.get(`${server.origin}/`))
    for (const error of [refused, down])
      expect(inspect(error, { depth: 9 }) + JSON.stringify(error)).not.toContain('canary')
  })

  it('cannot smuggle lines into a request', () => {
    for (const headers of [
      { 'x-a': 'b\r\nhost: evil' },
      { 'x a': 'b' },
      { range: 'bytes=0-1' },
      { Host: 'evil' },
    ])
      expect(() => internet({ headers })).toThrow(/headers/)
  })
})

describe('8: bodies that are not what they say', () => {
  const head = 'HTTP/1.1 200 OK\r\n'
  const BAD: readonly [string, string][] = [
    ['cut before the end', `${head}content-length: 100\r\n\r\n0123456789`],
    ['cut within chunks', `${head}transfer-encoding: chunked\r\n\r\na\r\n0123456789\r\n`],
    ['cut within a chunk', `${head}transfer-encoding: chunked\r\n\r\nff\r\n0123456789`],
    ['cut within the headers', `${head}content-le`],
    ['no HTTP at all', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['two lengths', `${head}content-length: 5\r\ncontent-length: 7\r\n\r\n0123456789`],
    [
      'a length and chunks',
      `${head}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\na\r\n0123456789\r\n0\r\n\r\n`,
    ],
    ['a bad chunk', `${head}transfer-encoding: chunked\r\n\r\nzz\r\n0123456789\r\n0\r\n\r\n`],
    ['gzip that is none', `${head}content-encoding: gzip\r\ncontent-length: 10\r\n\r\n0123456789`],
    ['brotli that is none', `${head}content-encoding: br\r\ncontent-length: 10\r\n\r\n0123456789`],
  ]

  it.each(BAD)('%s rejects Corrupt', async (_, answer) => {
    const server = await raw(socket => socket.end(answer))
    expect(await rejection(open().get(`${server.origin}/`))).toMatchObject({ code: 'Corrupt' })
  })

  it.each(BAD)('%s leaves nothing in a cache, and what was there', async (_, answer) => {
    const server = await raw(socket => socket.end(answer))
    const url = `${server.origin}/`
    for (const read of [
      (store: Store<string, Uint8Array>) => store.get(url),
      (store: Store<string, Uint8Array>) => readStream(store, url),
      (store: Store<string, Uint8Array>) => pathOf(store, url),
    ]) {
      const folder = temporaryFolder()
      const store = grazing({ cache: folder, retries: 0 })
      expect(await rejection(read(store))).toMatchObject({ code: 'Corrupt' })
      expect(await store.has(url)).toBe(false)
      expect(await collect(store.keys())).toEqual([])
      expect(filesIn(folder)).toEqual([])
      await store.set(url, bytes('good'))
      expect(await rejection(read(grazing({ cache: folder, retries: 0, refresh: true })))).toMatchObject({
        code: 'Corrupt',
      })
      expect(text(await store.get(url))).toBe('good')
    }
  })

  it('takes no more than was declared', async () => {
    const server = await raw(socket => socket.end(`${head}content-length: 5\r\n\r\n0123456789`))
    const got = await open()
      .get(`${server.origin}/`)
      .then(text, error => error.code)
    expect(['01234', 'Corrupt']).toContain(got)
  })

  it('refuses a compressed body that is cut, and an encoding that is not known', async () => {
    const packed = gzipSync('x'.repeat(1000))
    const server = await web((_, response) => {
      response.setHeader('content-encoding', 'gzip')
      response.end(packed.subarray(0, packed.length - 12))
    })
    expect(await rejection(open().get(`${server.origin}/`))).toMatchObject({ code: 'Corrupt' })
    server.answer = (_, response) => response.writeHead(200, { 'content-encoding': 'zpaq' }).end('x')
    expect(await rejection(open().get(`${server.origin}/`))).toMatchObject({ code: 'Unsupported' })
  })

  it('stops bombs before memory is spent', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024))
    const server = await web((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    )
    const before = process.memoryUsage().rss
    expect(await rejection(open().get(`${server.origin}/`))).toMatchObject({
      code: 'TooLarge',
      reason: 'bomb',
    })
    expect(await rejection(open({ limit: 1000 }).get(`${server.origin}/`))).toMatchObject({
      code: 'TooLarge',
      reason: 'limit',
    })
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024)
  })
})

describe('8, 10: what is refused while it comes', () => {
  const packed = gzipSync(Buffer.alloc(100 * 1024 * 1024))
  it.each<[string, Web['answer'], GrazeOptions, string]>([
    [
      'a bomb',
      (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed),
      {},
      'TooLarge',
    ],
    [
      'an encoding that is not known',
      (_, response) => response.writeHead(200, { 'content-encoding': 'zpaq' }).end('x'),
      {},
      'Unsupported',
    ],
    ['more than the limit', (_, response) => response.end('x'.repeat(100_000)), { limit: 5000 }, 'TooLarge'],
    ['a body that never ends', (_, response) => void response.write('x'), { timeout: 100 }, 'Timeout'],
    [
      'redirects without end',
      (_, response) => response.writeHead(302, { location: '/' }).end(),
      {},
      'Unavailable',
    ],
  ])('%s leaves nothing in a cache', async (_, answer, options, code) => {
    const server = await web(answer)
    const url = `${server.origin}/`
    for (const read of [
      (store: Store<string, Uint8Array>) => store.get(url),
      (store: Store<string, Uint8Array>) => readStream(store, url),
    ]) {
      const folder = temporaryFolder()
      const store = grazing({ cache: folder, retries: 0, ...options })
      expect(await rejection(read(store))).toMatchObject({ code })
      expect(await collect(store.keys())).toEqual([])
      expect(filesIn(folder)).toEqual([])
    }
  })
})

describe('10: what does not end', () => {
  it('caps bodies by limit, declared or not', async () => {
    const server = await web((_, response) => {
      const more = (): unknown =>
        response.destroyed ? undefined : response.write(bytes('x'.repeat(1000)), more)
      more()
    })
    expect(await rejection(open({ limit: 5000 }).get(`${server.origin}/`))).toMatchObject({
      code: 'TooLarge',
    })
    server.answer = (_, response) => {
      response.writeHead(200, { 'content-length': 1e9 }).write('x')
    }
    expect(await rejection(open({ limit: 5000 }).get(`${server.origin}/`))).toMatchObject({
      code: 'TooLarge',
    })
  })

  it('gives up on servers that do not answer, in the middle too, and on those that drip', async () => {
    const server = await web(() => {})
    const store = open({ timeout: 100 })
    expect(await rejection(store.get(`${server.origin}/`))).toMatchObject({ code: 'Timeout' })
    server.answer = (_, response) => void response.write('x')
    expect(await rejection(store.get(`${server.origin}/`))).toMatchObject({ code: 'Timeout' })
    server.answer = (_, response) => {
      const drip = setInterval(() => response.write('x'), 20)
      response.on('close', () => clearInterval(drip))
    }
    const slow = open({ timeout: 5000, deadline: 200 })
    expect(await rejection(slow.get(`${server.origin}/`))).toMatchObject({
      code: 'Timeout',
      retryable: false,
    })
  })

  it('bounds headers', async () => {
    const server = await raw(socket => socket.end(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`))
    expect(await rejection(open().get(`${server.origin}/`))).toMatchObject({
      code: 'TooLarge',
      reason: 'headers',
    })
  })
})
