import { watch } from '@kvdol/core'
import { withService } from '@kvdol/services'
import { bytes, closedAfterTest, openLink, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { redis } from '../src/index.ts'
import { ownServer } from './support/own-server.ts'

await withService('redis', async () => {
  /** A store on a server that tells of changes, watched; what was told grows, after a note that watching has begun. */
  async function watched(address: string, options: object = {}) {
    const store = closedAfterTest(redis({ url: address, prefix: 'app[1]:', database: 2 }))
    const told: (string | undefined)[] = []
    const ended = new AbortController()
    const done = (async () => {
      for await (const change of watch(store, { signal: ended.signal, ...options })) {
        told.push(change.missed ? undefined : change.key)
      }
    })().catch(error => error)
    await expect.poll(() => told, { timeout: 10_000 }).toEqual([undefined])
    return { store, told, done, end: () => ended.abort() }
  }

  describe('watch', () => {
    it('tells what is set, deleted, renamed and ended, by whomever, and nothing else', async () => {
      await using own = await ownServer()
      await own.admin.configSet('notify-keyspace-events', 'KA')
      const { store, told, done, end } = await watched(own.url, { prefix: 'x/' })
      await store.set('x/first', bytes('v'))
      await own.admin.select(2)
      await own.admin.set('app[1]:x/other', 'v')
      await own.admin.set('app1:x/neighbour', 'v')
      await own.admin.set('app[1]:y', 'v')
      await store.set('x/ends', bytes('v'), { expiresAt: Date.now() + 20 })
      await store.delete('x/other')
      await expect
        .poll(() => new Set(told), { timeout: 10_000 })
        .toEqual(new Set([undefined, 'x/first', 'x/other', 'x/ends']))
      end()
      expect(await done).toMatchObject({ code: 'Aborted' })
    })

    it('says that something may have been missed when the connection was lost', async () => {
      await using own = await ownServer()
      await own.admin.configSet('notify-keyspace-events', 'Kg$xe')
      const link = await openLink(Number(new URL(own.url).port))
      const { store, told, end } = await watched(`redis://127.0.0.1:${link.port}`)
      await own.admin.sendCommand(['CLIENT', 'KILL', 'TYPE', 'pubsub'])
      await expect.poll(() => told, { timeout: 10_000 }).toEqual([undefined, undefined])
      await store.set('k', bytes('v'))
      await expect.poll(() => told, { timeout: 10_000 }).toContain('k')
      end()
    })

    it('is refused with the cure where the server does not tell', async () => {
      await using own = await ownServer()
      const store = closedAfterTest(redis({ url: own.url }))
      for (const flags of ['', 'Kg', 'EA']) {
        await own.admin.configSet('notify-keyspace-events', flags)
        const error = await rejection(watch(store)[Symbol.asyncIterator]().next())
        expect(error).toMatchObject({ code: 'Unsupported' })
        expect(error.message).toContain('CONFIG SET notify-keyspace-events KA')
      }
    })
  })
})
