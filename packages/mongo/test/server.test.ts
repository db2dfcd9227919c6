import { pipe, textValues } from '@kvdol/core'
import { withService } from '@kvdol/services'
import { collect, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { blobs, connect, database, documents, server, watch } from '../src/index.ts'
import { openServer } from './support/server.ts'

await withService('mongo', url => {
  const opened = openServer(url)

  describe('a server', () => {
    it('is a reader of databases, of collections, of documents', async () => {
      const { client, db } = opened
      await db.collection('people').insertOne({ name: 'ann' })
      const databases = server(client)
      expect(await collect(databases.keys())).toContain(db.databaseName)
      expect(await databases.has(db.databaseName)).toBe(true)
      expect(await databases.get('no-such-database')).toBe(undefined)
      const collections = await databases.getOrThrow(db.databaseName)
      expect(await collect(collections.keys())).toContain('people')
      expect(await collections.get('nobody')).toBe(undefined)
      expect(await collections.has('nobody')).toBe(false)
      for (const odd of ['a$b', 'system.x', '..', '\0', 'half '])
        expect(await collections.has(odd)).toBe(false)
      const people = await collections.getOrThrow('people')
      expect((await collect(people.values())).map(value => (value as { name: string }).name)).toEqual(['ann'])
      expect(
        await rejection((collections as never as Map<string, never>).set('x', {} as never) as never),
      ).toMatchObject({
        code: 'ReadOnly',
      })
    })

    it('opens collections as it is told', async () => {
      const collection = opened.collection()
      await pipe(blobs(collection), textValues()).set('k', 'text')
      const texts = database(opened.db, { open: each => pipe(blobs(each), textValues()) })
      const store = await texts.getOrThrow(collection.collectionName)
      expect(await store.get('k')).toBe('text')
    })
  })

  describe('an address', () => {
    it('is connected to at the first call, and left at close', async () => {
      const { dbName, collectionName } = opened.collection()
      const address = { url, database: dbName, collection: collectionName }
      const store = blobs(address)
      await store.set('k', new Uint8Array([1]))
      expect(await store.get('k')).toEqual(new Uint8Array([1]))
      await store.close()
      expect(await rejection(store.get('k'))).toMatchObject({ code: 'Closed' })
      await documents({ ...address, collection: `${collectionName}-2` }).close()
      // A collection that was passed in stays open.
      await blobs(opened.db.collection(collectionName)).close()
      expect(await opened.db.collection(collectionName).countDocuments()).toBe(2)
    })

    it('can be shared by a client of one’s own', async () => {
      const client = connect(url, { appName: 'kvdol' })
      const { dbName, collectionName } = opened.collection()
      const store = blobs(client.db(dbName).collection(collectionName))
      await store.set('k', new Uint8Array([1]))
      await client.close()
      const error = await store.get('k').catch((failure: unknown) => failure)
      if (error !== undefined) expect(error).toMatchObject({ code: 'Closed' })
      await client.close()
    })
  })

  describe('watching', () => {
    it('tells what happens, where the server has change streams', async ctx => {
      const store = blobs(opened.collection())
      await store.set('k', new Uint8Array([1]))
      const { setName } = await opened.db.command({ hello: 1 })
      if (setName === undefined) {
        for (const each of [store, documents(opened.collection())])
          expect(await rejection(collect(watch(each)))).toMatchObject({ code: 'Unsupported', op: 'watch' })
        ctx.skip('this server has no change streams; give one of a replica set in KVDOL_TEST_MONGO_URL')
      }
      const controller = new AbortController()
      const changes = watch(store, { signal: controller.signal })
      const first = changes.next()
      // The stream begins at some moment after the call.
      const writing = setInterval(() => void store.set('a', new Uint8Array([2])), 20)
      expect((await first).value).toEqual({ kind: 'set', key: 'a' })
      clearInterval(writing)
      await store.delete('a')
      for await (const { kind } of changes) if (kind === 'delete') break
      controller.abort()
      expect((await changes.next()).done).toBe(true)
    })

    it('needs a key that is _id, and a store of this package', async () => {
      const byName = documents(opened.collection(), { key: 'name' })
      expect(await rejection(collect(watch(byName)))).toMatchObject({ code: 'Unsupported' })
      await byName.close()
      expect(await rejection(collect(watch(byName)))).toMatchObject({ code: 'Closed' })
    })
  })
})
