import { inspect } from 'node:util'
import { withService } from '@kvdol/services'
import { bytes, collect, rejection } from '@kvdol/test-support'
import { MongoClient } from 'mongodb'
import { describe, expect, it } from 'vitest'
import { blobs, connect, documents } from '../src/index.ts'
import { type MongoLink, mongoLink } from './support/link.ts'
import { openServer } from './support/server.ts'

await withService('mongo', url => {
  const server = openServer(url)

  /** A store by way of a link that can be disturbed, and another one that cannot. */
  async function linked(timeout = 5000) {
    const link = await mongoLink(url)
    const client = new MongoClient(link.url, { serverSelectionTimeoutMS: timeout })
    const { dbName, collectionName } = server.collection()
    const through = client.db(dbName).collection(collectionName)
    const store = blobs(through, { timeout })
    const direct = blobs(server.db.collection(collectionName))
    await store.set('k', bytes('old'))
    const etag = (await store.stat('k'))?.etag as string
    const end = async () => {
      await client.close()
      await link.down()
    }
    return { link, client, through, store, direct, etag, [Symbol.asyncDispose]: end }
  }

  /** The connection is cut once, at a request or at its answer. */
  function cutOnce(link: MongoLink, when: 'onRequest' | 'onReply', ...commands: string[]): void {
    link[when] = command => {
      if (!commands.includes(command)) return 'pass'
      link[when] = () => 'pass'
      return 'cut'
    }
  }

  const WRITES = ['findAndModify', 'insert', 'update', 'delete']

  describe('a connection that is cut', () => {
    it('before a write: the old value, and a later call succeeds', async () => {
      await using place = await linked()
      cutOnce(place.link, 'onRequest', ...WRITES)
      expect(await rejection(place.store.set('k', bytes('new')))).toMatchObject({
        code: 'Unavailable',
        outcome: 'unknown',
        retryable: true,
      })
      expect(await place.direct.get('k')).toEqual(bytes('old'))
      await place.store.set('k', bytes('newer'))
      expect(await place.direct.get('k')).toEqual(bytes('newer'))
    })

    it('after a write: the store finds its own value there', async () => {
      await using place = await linked()
      const calls: (() => Promise<void>)[] = [
        () => place.store.set('k', bytes('new')),
        async () => {
          const etag = (await place.store.stat('k'))?.etag as string
          await place.store.set('k', bytes('conditional'), { ifMatch: etag })
        },
        () => place.store.set('other', bytes('first'), { ifAbsent: true }),
      ]
      for (const call of calls) {
        cutOnce(place.link, 'onReply', ...WRITES)
        await call()
      }
      expect(await place.direct.get('k')).toEqual(bytes('conditional'))
      expect(await place.direct.get('other')).toEqual(bytes('first'))
    })

    it('after a write that another one has replaced since: unknown, and never Conflict', async () => {
      await using place = await linked()
      place.link.onReply = command => {
        if (!WRITES.includes(command)) return 'pass'
        place.link.onReply = () => 'pass'
        return 'cut'
      }
      // Whoever looks at the version finds that of somebody else.
      let overtaken: Promise<void> | undefined
      place.link.onRequest = command => {
        if (command !== 'find' || overtaken !== undefined) return 'pass'
        overtaken = place.direct.set('k', bytes('overtaken'))
        return 'cut'
      }
      const error = await place.store
        .set('k', bytes('new'), { ifMatch: place.etag })
        .catch((failure: unknown) => failure)
      await overtaken
      if (error !== undefined) expect(error).toMatchObject({ code: 'Unavailable', outcome: 'unknown' })
      expect(await place.direct.get('k')).toEqual(bytes('overtaken'))
    })

    it('while reading: the driver reads again', async () => {
      await using place = await linked()
      for (const when of ['onRequest', 'onReply'] as const) {
        cutOnce(place.link, when, 'find')
        expect(await place.store.get('k')).toEqual(bytes('old'))
      }
    })

    it('during a batch: every key is in doubt, and the store goes on', async () => {
      await using place = await linked()
      cutOnce(place.link, 'onReply', 'update')
      const error = await rejection(
        place.store.setMany([
          ['a', bytes('1')],
          ['b', bytes('2')],
        ]),
      )
      expect(error).toMatchObject({ code: 'Unavailable', outcome: 'unknown' })
      expect([...(error.failures?.keys() ?? [])]).toEqual(['a', 'b'])
      cutOnce(place.link, 'onRequest', 'delete')
      expect(await rejection(place.store.deleteMany(['a', 'b']))).toMatchObject({ code: 'Unavailable' })
      await place.store.deleteMany(['a', 'b'])
      expect(await place.direct.size()).toBe(1)
    })
  })

  describe('a server that does not answer', () => {
    it('ends a call at its deadline, and does not spoil the pool', async () => {
      await using place = await linked(300)
      let busy = 0
      place.client.on('connectionCheckedOut', () => busy++).on('connectionCheckedIn', () => busy--)
      for (const [when, command] of [
        ['onRequest', 'findAndModify'],
        ['onReply', 'findAndModify'],
        ['onRequest', 'find'],
      ] as const) {
        place.link[when] = name => (name === command ? 'hang' : 'pass')
        const started = Date.now()
        const error = await rejection(
          command === 'find' ? place.store.get('k') : place.store.set('k', bytes('new')),
        )
        expect(error).toMatchObject({ code: 'Timeout', retryable: true })
        expect((error as { outcome: string }).outcome).toBe(command === 'find' ? 'not-applied' : 'unknown')
        expect(Date.now() - started).toBeLessThan(2000)
        place.link[when] = () => 'pass'
        await expect.poll(() => busy).toBe(0)
      }
      await place.store.set('k', bytes('after'))
      expect(await place.store.get('k')).toEqual(bytes('after'))
    })

    it('lets an aborted call go at once, and its connection', async () => {
      await using place = await linked(20_000)
      let busy = 0
      place.client.on('connectionCheckedOut', () => busy++).on('connectionCheckedIn', () => busy--)
      place.link.onRequest = name => (name === 'find' ? 'hang' : 'pass')
      const started = Date.now()
      const error = await rejection(place.store.get('k', { signal: AbortSignal.timeout(20) }))
      expect(error).toMatchObject({ code: 'Aborted' })
      // The signal has reached the driver, which waits for no answer any more.
      await expect.poll(() => busy).toBe(0)
      expect(Date.now() - started).toBeLessThan(10_000)
      place.link.onRequest = () => 'pass'
      expect(await place.store.get('k')).toEqual(bytes('old'))
    })
  })

  describe('a server that is down', () => {
    it('makes every call reject, and none say absent', async () => {
      await using place = await linked(200)
      const records = documents(place.through, { timeout: 200 })
      await records.has('k')
      await place.link.down()
      for (const call of [
        () => place.store.get('k'),
        () => place.store.has('k'),
        () => place.store.size(),
        () => place.store.set('k', bytes('x')),
        () => place.store.delete('k'),
        () => records.get('k'),
        () => records.set('k', { a: 1 }),
      ]) {
        const error = await rejection(call())
        expect(['Unavailable', 'Timeout']).toContain((error as { code: string }).code)
        expect(error).toMatchObject({ retryable: true })
      }
      expect(await place.direct.get('k')).toEqual(bytes('old'))
    })
  })

  describe('a server that cannot be reached', () => {
    const nowhere = 'mongodb://127.0.0.1:1/'

    it.each(['an address', 'a client that was passed in'])('is named, with the reason: %s', async kind => {
      await using client = new MongoClient(nowhere)
      const quick = { url: `${nowhere}?serverSelectionTimeoutMS=50`, database: 'db', collection: 'c' }
      // The client itself would look for half a minute.
      const place = kind === 'an address' ? quick : client.db('db').collection('c')
      await using store = blobs(place, { timeout: kind === 'an address' ? 20_000 : 500 })
      for (const call of [
        () => store.get('k'),
        () => store.set('k', bytes('x')),
        () => collect(store.keys()),
      ]) {
        const error = await rejection(call())
        expect(error).toMatchObject({ code: 'Unavailable', retryable: true })
        expect(error.message).toContain('no server could be reached at 127.0.0.1:1')
        expect(inspect(error.cause)).toContain('ECONNREFUSED')
      }
    })

    it('is not waited for by close', async () => {
      const link = await mongoLink(url)
      link.onRequest = () => 'hang'
      const address = { url: `${link.url}?serverSelectionTimeoutMS=60000`, database: 'db', collection: 'c' }
      const store = blobs(address, { timeout: 100 })
      expect(await rejection(store.get('k'))).toMatchObject({ code: 'Timeout' })
      // Without a time limit of its own: that of the test is shorter than that of the driver.
      await store.close()
    })

    it('is looked for 5 seconds, unless the address or the options say otherwise', async () => {
      const patience = (url: string, options = {}) => connect(url, options).options.serverSelectionTimeoutMS
      expect(patience(nowhere)).toBe(5000)
      expect(patience(`${nowhere}?serverSelectionTimeoutMS=7`)).toBe(7)
      expect(patience(nowhere, { serverSelectionTimeoutMS: 8 })).toBe(8)
    })
  })

  describe('credentials', () => {
    it('are in no error, however it is printed', async () => {
      const secret = 'p@ss/w0rd:canary'
      const spellings = [secret, encodeURIComponent(secret)]
      const urls = [
        `mongodb://user:${encodeURIComponent(secret)}@127.0.0.1:1/?serverSelectionTimeoutMS=50`,
        `mongodb://user:${encodeURIComponent(secret)}@127.0.0.1:${new URL(url).port}/?authMechanism=PLAIN`,
      ]
      for (const address of urls) {
        const store = blobs({ url: address, database: 'db', collection: 'c' }, { timeout: 1000 })
        const error = await rejection(store.get('k'))
        await store.close()
        expect(error).toBeInstanceOf(Error)
        const { stack } = error as Error
        const printed = [String(error), inspect(error, { depth: 9 }), JSON.stringify(error), stack].join()
        for (const spelling of spellings) expect(printed).not.toContain(spelling)
      }
      for (const malformed of [
        `mongodb://user:${secret}@localhost/`,
        `mongodb://user:${secret}@`,
        `http://user:${secret}@localhost/`,
        `mongodb://user:${encodeURIComponent(secret)}@localhost/?nonsense=${encodeURIComponent(secret)}`,
        `mongodb://user:${encodeURIComponent(secret)}@localhost:99999999/`,
      ]) {
        let printed = ''
        try {
          // The driver takes some of these, and fails when it connects.
          const store = blobs({ url: malformed, database: 'db', collection: 'c' }, { timeout: 200 })
          printed = inspect(await rejection(store.get('k')), { depth: 9 })
          await store.close()
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError)
          printed = inspect(error, { depth: 9 })
        }
        expect(printed).toContain('Error')
        for (const spelling of [...spellings, 'canary']) expect(printed).not.toContain(spelling)
      }
    })
  })
})
