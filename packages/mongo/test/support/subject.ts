import type { ByteStore, Subject } from '@kvdol/conformance'
import { bundle, closedAfterTest, openLink, PATIENCE } from '@kvdol/test-support'
import { type Collection, Long, MongoClient, type MongoClientOptions, ObjectId } from 'mongodb'
import { type BlobsOptions, blobs, type MongoCollection } from '../../src/index.ts'
import type { Server } from './server.ts'

const program = bundle({ core: new URL('../../../core/src/index.ts', import.meta.url) })

/** Blobs in a collection of their own, with everything that the kit can do to it. */
export function subject(server: Server, options: BlobsOptions = {}): Subject {
  const places = new WeakMap<ByteStore, Place>()
  const placeOf = (store: ByteStore) => places.get(store) as Place
  const opened = (collection: Collection) => {
    const { through, moveTo } = movable(collection)
    const store = blobs(through, { allowClear: true, ...options })
    places.set(store, { collection, moveTo })
    return store
  }
  return {
    name: 'mongo',
    timeout: PATIENCE,
    open: () => opened(server.collection()),
    reopen: store => opened(placeOf(store).collection),
    async remove(store) {
      const { db, collectionName } = placeOf(store).collection
      const names = [collectionName, `${collectionName}.files`, `${collectionName}.chunks`]
      const made = await db.listCollections({ name: { $in: names } }, { nameOnly: true }).toArray()
      for (const { name } of made) await db.dropCollection(name)
    },
    canaries: store => plantCanaries(placeOf(store).collection),
    async crowd(store) {
      await store.set('to mark the collection', new Uint8Array())
      await store.delete('to mark the collection')
      const ids = [new ObjectId(), 5, { a: 1 }, new Date(0), true, Long.MAX_VALUE]
      await placeOf(store).collection.insertMany(ids.map(_id => ({ _id: _id as never, value: 'x' })))
    },
    outage: store => placeOf(store).moveTo('mongodb://127.0.0.1:1/', { serverSelectionTimeoutMS: 20 }),
    async slow(store, milliseconds) {
      const { port } = await openLink(Number(new URL(server.url).port), {
        split: take => data => void setTimeout(take, milliseconds / 2, data),
      })
      placeOf(store).moveTo(`mongodb://127.0.0.1:${port}/`)
    },
    async failWrite(store, key) {
      const { db, collectionName } = placeOf(store).collection
      const validator = { _id: { $ne: key } }
      const there = await db.listCollections({ name: collectionName }, { nameOnly: true }).hasNext()
      if (there) await db.command({ collMod: collectionName, validator })
      else await db.createCollection(collectionName, { validator })
    },
    async damage(store, key) {
      await placeOf(store).collection.updateOne({ _id: key as never }, { $set: { value: Buffer.alloc(10) } })
    },
    otherCore: () => import(program('core')),
    resources: server.busy,
    requests: () => server.commands.length,
  }
}

/** The collection of a store, and the way to it. */
interface Place {
  readonly collection: Collection
  /** Makes the store reach the collection by way of another address from now on. */
  moveTo(url: string, options?: MongoClientOptions): void
}

function movable(collection: Collection): { through: MongoCollection } & Pick<Place, 'moveTo'> {
  let current: Collection = collection
  const through = new Proxy(collection, {
    get(_, name) {
      const member: unknown = Reflect.get(current, name, current)
      return typeof member === 'function' ? member.bind(current) : member
    },
  })
  return {
    through,
    moveTo(url, options) {
      const client = closedAfterTest(new MongoClient(url, options))
      current = client.db(collection.dbName).collection(collection.collectionName)
    },
  }
}

/** Collections with names that begin as the store's does. */
async function plantCanaries({ db, collectionName }: Collection) {
  const neighbours = [`${collectionName}x`, `${collectionName}-evil`].map(name => db.collection(name))
  for (const neighbour of neighbours) await neighbour.insertOne({ _id: 'a' as never, canary: true })
  return {
    async check() {
      for (const neighbour of neighbours) {
        const found = await neighbour.find({}).toArray()
        if (JSON.stringify(found) !== JSON.stringify([{ _id: 'a', canary: true }]))
          throw new Error('something beside the collection has changed')
        await neighbour.drop()
      }
    },
  }
}
