import type { MongoCollection, MongoCursor, MongoDatabase } from './shapes.ts'
import { within } from './within.ts'

/** The same collection, whose calls end after so many milliseconds; each step of a cursor by itself. */
export function timed(collection: MongoCollection, milliseconds: number): MongoCollection {
  const run = <T>(options: object, work: (options: object) => Promise<T>) =>
    within(milliseconds, signal => work({ ...options, signal }))
  return {
    collectionName: collection.collectionName,
    db: timedDatabase(collection.db, milliseconds),
    findOne: (filter, options) => run(options, how => collection.findOne(filter, how)),
    find: (filter, options) => timedCursor(milliseconds, options, how => collection.find(filter, how)),
    aggregate: (pipeline, options) =>
      timedCursor(milliseconds, options, how => collection.aggregate(pipeline, how)),
    distinct: (field, filter, options) => run(options, how => collection.distinct(field, filter, how)),
    countDocuments: (filter, options) => run(options, how => collection.countDocuments(filter, how)),
    insertOne: (document, options) => run(options, how => collection.insertOne(document, how)),
    replaceOne: (filter, document, options) =>
      run(options, how => collection.replaceOne(filter, document, how)),
    updateOne: (filter, change, options) => run(options, how => collection.updateOne(filter, change, how)),
    findOneAndReplace: (filter, document, options) =>
      run(options, how => collection.findOneAndReplace(filter, document, how)),
    findOneAndUpdate: (filter, change, options) =>
      run(options, how => collection.findOneAndUpdate(filter, change, how)),
    findOneAndDelete: (filter, options) => run(options, how => collection.findOneAndDelete(filter, how)),
    deleteOne: (filter, options) => run(options, how => collection.deleteOne(filter, how)),
    deleteMany: (filter, options) => run(options, how => collection.deleteMany(filter, how)),
    bulkWrite: (writes, options) => run(options, how => collection.bulkWrite(writes, how)),
    createIndex: (keys, options) => run(options, how => collection.createIndex(keys, how)),
    watch: (pipeline, options) => collection.watch(pipeline, options),
  }
}

/** The same database, whose calls end after so many milliseconds. */
export function timedDatabase(db: MongoDatabase, milliseconds: number): MongoDatabase {
  return {
    databaseName: db.databaseName,
    client: db.client,
    collection: name => timed(db.collection(name), milliseconds),
    listCollections: (filter, options) =>
      timedCursor(milliseconds, options, how => db.listCollections(filter, how)),
    aggregate: (pipeline, options) => timedCursor(milliseconds, options, how => db.aggregate(pipeline, how)),
    command: (command, options) =>
      within(milliseconds, signal => db.command(command, { ...options, signal })),
  }
}

/** A cursor whose steps end after so many milliseconds; one that is late ends the cursor. */
function timedCursor(
  milliseconds: number,
  options: object,
  open: (options: object) => MongoCursor,
): MongoCursor {
  const controller = new AbortController()
  const cursor = open({ ...options, signal: controller.signal })
  const run = <T>(work: () => Promise<T>) =>
    within(milliseconds, late => {
      late.addEventListener('abort', () => controller.abort(late.reason), { once: true })
      return work()
    })
  return {
    toArray: () => run(() => cursor.toArray()),
    hasNext: () => run(() => cursor.hasNext()),
    readBufferedDocuments: number => cursor.readBufferedDocuments(number),
    close: () => cursor.close(),
  }
}
