import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { watch } from '@kvdol/core'
import { withService } from '@kvdol/services'
import { bytes, closedAfterTest, openLink, rejection } from '@kvdol/test-support'
import { createClient } from 'redis'
import { describe, expect, it, vi } from 'vitest'
import { redis } from '../src/index.ts'
import { ownServer } from './support/own-server.ts'
import { openServer } from './support/server.ts'

const opened = (options: Parameters<typeof redis>[0]) => closedAfterTest(redis(options))

describe('a server that cannot be reached', () => {
  it('is named at once, and nothing is written', async () => {
    const store = opened({ url: 'redis://user:s3cr3t@127.0.0.1:1' })
    for (const call of [store.get('k'), store.set('k', bytes('v'))]) {
      const error = await rejection(call)
      expect(error).toMatchObject({ code: 'Unavailable', retryable: true, outcome: 'not-applied' })
      expect(error.message).toContain('127.0.0.1:1: nothing listens at the address')
      expect(`${error.message} ${error.cause} ${JSON.stringify(error)}`).not.toContain('s3cr3t')
    }
  })

  it('is named when its name is unknown', async () => {
    const error = await rejection(opened({ url: 'redis://no-such-host.invalid' }).get('k'))
    expect(error).toMatchObject({ code: 'Unavailable' })
    expect(error.message).toContain('no-such-host.invalid: the name of the host')
  })

  it('is named when its socket is missing', async () => {
    const error = await rejection(
      opened({ url: 'unix://user:s3cr3t@/tmp/kvdol-none.sock' }).set('k', bytes('v')),
    )
    expect(error).toMatchObject({ code: 'Unavailable', retryable: true, outcome: 'not-applied' })
    expect(error.message).toContain('/tmp/kvdol-none.sock: there is no socket')
    expect(error.message).not.toContain('s3cr3t')
  })

  it('does not keep closing waiting for a client that was never connected', async () => {
    const store = redis({ url: 'redis://127.0.0.1:1' })
    await store.close()
    expect(await rejection(store.get('k'))).toMatchObject({ code: 'Closed' })
  })
})

it('a watcher whose client tries again for ever: Timeout, and no connection is left that tries', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  const client = createClient({ url: `redis://127.0.0.1:${port}`, socket: { reconnectStrategy: 10 } })
  for (const [options, code] of [
    [{}, 'Timeout'],
    [{ signal: AbortSignal.timeout(100) }, 'Aborted'],
  ] as const) {
    const changes = watch(redis({ client, timeout: 200 }), options)[Symbol.asyncIterator]()
    expect(await rejection(changes.next() as Promise<unknown>)).toMatchObject({ code, op: 'watch' })
  }
  let late = 0
  const again = createServer(socket => {
    late++
    socket.destroy()
  }).listen(port, '127.0.0.1')
  await once(again, 'listening')
  await new Promise(resolve => setTimeout(resolve, 200))
  again.close()
  expect(late).toBe(0)
})

it('a client that is not connected yet is named', async () => {
  const store = redis({ client: createClient({ url: 'redis://127.0.0.1:1' }) })
  const error = await rejection(store.get('k'))
  expect(error).toMatchObject({ code: 'Closed' })
  expect(error.message).toContain('not connected yet')
})

await withService('redis', async url => {
  const server = await openServer(url)

  /** A store by way of a link that can be disturbed, and another one that cannot. */
  async function linked(timeout = 5000) {
    const link = await openLink(Number(new URL(url).port))
    const prefix = server.freshPrefix()
    const store = opened({ url: `redis://127.0.0.1:${link.port}`, prefix, timeout })
    const direct = redis({ client: server, prefix })
    await store.set('k', bytes('old'))
    return { link, store, direct }
  }

  describe('a connection that is cut', () => {
    it('before a write: unknown, the old value, and the next call connects anew', async () => {
      const { link, store, direct } = await linked()
      link.cutBefore('EVAL')
      const error = await rejection(store.set('k', bytes('new')))
      expect(error).toMatchObject({ code: 'Unavailable', outcome: 'unknown', retryable: true })
      expect(await direct.get('k')).toEqual(bytes('old'))
      link.heal()
      await store.set('k', bytes('newer'))
      expect(await direct.get('k')).toEqual(bytes('newer'))
    })

    it('after a write: unknown, never Conflict', async () => {
      const { link, store, direct } = await linked()
      link.cutAfter('EVAL')
      const error = await rejection(store.set('new', bytes('v'), { ifAbsent: true }))
      expect(error).toMatchObject({ code: 'Unavailable', outcome: 'unknown' })
      expect(await direct.get('new')).toEqual(bytes('v'))
    })

    it('in the middle of an answer: no shorter value', async () => {
      const { link, store } = await linked()
      await store.set('long', new Uint8Array(100_000))
      link.cutReplyAt(50_000)
      const error = await rejection(store.get('long'))
      expect(error).toMatchObject({ code: 'Unavailable', outcome: 'not-applied' })
    })

    it('during a batch: each entry is told', async () => {
      const { link, store } = await linked()
      link.cutBefore('EVAL')
      const error = await rejection(
        store.setMany([
          ['a', bytes('1')],
          ['b', bytes('2')],
        ]),
      )
      expect([...(error.failures?.keys() ?? [])]).toEqual(['a', 'b'])
      expect(error.failures?.get('a')).toMatchObject({ code: 'Unavailable', outcome: 'unknown' })
    })

    it('while idle: the next call does not notice', async () => {
      const { link, store } = await linked()
      await store.get('k')
      const ids = await server.sendCommand(['CLIENT', 'LIST'])
      const [, id] = /id=(\d+) [^\n]*cmd=get/.exec(String(ids)) ?? []
      await server.sendCommand(['CLIENT', 'KILL', 'ID', id as string])
      await new Promise(resolve => setTimeout(resolve, 50))
      expect(await store.get('k')).toEqual(bytes('old'))
      expect(link.connections()).toBeLessThanOrEqual(1)
    })
  })

  it('a silent server: Timeout at the deadline, unknown for a write, and the next call connects anew', async () => {
    const { link, store } = await linked(1000)
    link.hang()
    expect(await rejection(store.get('k'))).toMatchObject({ code: 'Timeout', outcome: 'not-applied' })
    expect(await rejection(store.set('k', bytes('v')))).toMatchObject({ code: 'Timeout', outcome: 'unknown' })
    link.heal()
    // The connection that is being made was still silent.
    await vi.waitFor(async () => expect(await store.get('k')).toEqual(bytes('old')), 10_000)
  })

  it('an aborted call leaves the connection to the others', async () => {
    const { store } = await linked()
    const controller = new AbortController()
    const [aborted, other] = [store.get('k', { signal: controller.signal }), store.get('k')]
    controller.abort()
    expect(await rejection(aborted)).toMatchObject({ code: 'Aborted' })
    expect(await other).toEqual(bytes('old'))
  })

  it('wrong credentials: Unauthenticated, and no message holds them', async () => {
    const { host } = new URL(url)
    const error = await rejection(opened({ url: `redis://nobody:p%40ssw0rd@${host}` }).get('k'))
    expect(error).toMatchObject({ code: 'Unauthenticated', retryable: false })
    expect(error.message).toContain('(WRONGPASS)')
    expect(`${error.message}${error.stack}${error.cause}`).not.toMatch(/p(%40|@)ssw0rd/)
  })

  it('a user who may only read: PermissionDenied for writes', async () => {
    const name = server.freshPrefix().replace(/\W/g, '')
    await server.sendCommand([
      'ACL',
      'SETUSER',
      name,
      'on',
      '>pw',
      '~*',
      '+@read',
      '+@connection',
      '+eval_ro',
    ])
    const { host } = new URL(url)
    const store = opened({ url: `redis://${name}:pw@${host}`, prefix: server.freshPrefix() })
    expect(await store.get('k')).toBeUndefined()
    expect(await store.stat('k')).toBeUndefined()
    const error = await rejection(store.set('k', bytes('v')))
    expect(error).toMatchObject({ code: 'PermissionDenied', outcome: 'not-applied' })
    await server.sendCommand(['ACL', 'DELUSER', name])
  })

  it('a database that the server does not have: InvalidArgument', async () => {
    expect(await rejection(opened({ url, database: 4711 }).get('k'))).toMatchObject({
      code: 'InvalidArgument',
    })
  })

  describe('a server of its own', () => {
    it('killed in the middle of a call: Unavailable, then its address', async () => {
      await using own = await ownServer()
      const store = opened({ url: own.url })
      await store.set('k', bytes('v'))
      own.signal('SIGSTOP')
      const call = rejection(store.set('k', bytes('w')))
      await new Promise(resolve => setTimeout(resolve, 50))
      own.signal('SIGKILL')
      expect(await call).toMatchObject({ code: 'Unavailable', outcome: 'unknown' })
      const error = await rejection(store.get('k'))
      expect(error.message).toContain(own.host)
    })

    it('paused for writes: Timeout, and the value comes or does not', async () => {
      await using own = await ownServer()
      const store = opened({ url: own.url, timeout: 1000 })
      await store.set('k', bytes('old'))
      await own.admin.sendCommand(['CLIENT', 'PAUSE', '20000', 'WRITE'])
      expect(await rejection(store.set('k', bytes('new')))).toMatchObject({
        code: 'Timeout',
        outcome: 'unknown',
      })
      expect(await store.get('k')).toEqual(bytes('old'))
      await own.admin.sendCommand(['CLIENT', 'UNPAUSE'])
    })

    it('out of memory: OutOfSpace, also in a batch, and the old value stays', async () => {
      await using own = await ownServer()
      const store = opened({ url: own.url })
      await store.set('k', bytes('old'))
      await own.admin.configSet('maxmemory', '1mb')
      const single = await rejection(store.set('k', new Uint8Array(3_000_000)))
      expect(single).toMatchObject({ code: 'OutOfSpace', outcome: 'not-applied' })
      const batch = await rejection(store.setMany([['a', bytes('1')]]))
      expect(batch.failures?.get('a')).toMatchObject({ code: 'OutOfSpace' })
      expect(await store.get('k')).toEqual(bytes('old'))
      await store.delete('k')
    })

    it('that wants a password: Unauthenticated', async () => {
      await using own = await ownServer()
      await own.admin.configSet('requirepass', 'pw')
      const error = await rejection(opened({ url: own.url }).get('k'))
      expect(error).toMatchObject({ code: 'Unauthenticated' })
      expect(error.message).toContain('(NOAUTH)')
    })

    it('a replica: reads, and says where writes go', async () => {
      await using own = await ownServer()
      await own.admin.set('k', 'v')
      await own.admin.replicaOf('127.0.0.1', 1)
      const store = opened({ url: own.url })
      expect(await store.get('k')).toEqual(bytes('v'))
      expect((await store.stat('k'))?.size).toBe(1)
      const error = await rejection(store.set('k', bytes('w')))
      expect(error).toMatchObject({ code: 'Unavailable', outcome: 'not-applied' })
      expect(error.message).toContain('connect to the primary (READONLY)')
    })

    it('that tells TLS and plain connections apart: the address says which', async () => {
      await using own = await ownServer()
      const error = await rejection(opened({ url: own.url.replace('redis:', 'rediss:') }).get('k'))
      expect(error).toMatchObject({ code: 'Unavailable', outcome: 'not-applied' })
      expect(error.message).toContain(own.host)
    })
  })
})
