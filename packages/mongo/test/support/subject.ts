import type { ByteStore, Subject } from '@kvdol/conformance'
import { type Collection, Long, MongoClient, ObjectId } from 'mongodb'
import { type BlobsOptions, blobs, type MongoCollection } from '../../src/index.ts'
import type { Server } from './server.ts'

/** Blobs in a collection of their own, with everything that the kit can do to it. */
export function subject(server: Server, options: BlobsOptions = {}): Subject {
  const places = new WeakMap<ByteStore, { collection: Collection; lose(): void }>()
  const placeOf = (store: ByteStore) => places.get(store) as { collection: Collection; lose(): void }
  const opened = (collection: Collection) => {
    const { through, lose } = losable(collection)
    const store = blobs(through, { allowClear: true, ...options })
    places.set(store, { collection, lose })
    return store
  }
  return {
    name: 'mongo',
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
    outage: store => placeOf(store).lose(),
    async damage(store, key) {
      await placeOf(store).collection.updateOne({ _id: key as never }, { $set: { value: Buffer.alloc(10) } })
    },
    resources: server.busy,
    requests: () => server.commands.length,
  }
}

/** The same collection until it is lost; then one of a server that does not answer. */
function losable(collection: Collection): { through: MongoCollection; lose(): void } {
  let current: Collection = collection
  const through = new Proxy(collection, {
    get(_, name) {
      const member: unknown = Reflect.get(current, name, current)
      return typeof member === 'function' ? member.bind(current) : member
    },
  })
  return {
    through,
    lose() {
      const nobody = new MongoClient('mongodb://127.0.0.1:1/', { serverSelectionTimeoutMS: 20 })
      current = nobody.db(collection.dbName).collection(collection.collectionName)
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
