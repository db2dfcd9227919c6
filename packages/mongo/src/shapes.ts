/** A document as it goes to the driver and comes from it. */
export type MongoRecord = Record<string, unknown>

// A collection declares its documents, and takes no others; what is written is checked where it is composed.
// biome-ignore lint/suspicious/noExplicitAny: constraint alias
type Declared = any

/** What is needed of a cursor. */
export interface MongoCursor {
  toArray(): Promise<MongoRecord[]>
  hasNext(): Promise<boolean>
  readBufferedDocuments(number?: number): MongoRecord[]
  close(): Promise<void>
}

/** What is needed of a change stream. */
interface MongoChangeStream extends AsyncIterable<unknown> {
  close(): Promise<void>
}

/** What is needed of a session. */
interface MongoSession {
  withTransaction<T>(work: () => Promise<T>, options?: object): Promise<T>
  endSession(): Promise<void>
}

/** What is needed of a collection: `Collection` of `mongodb` has it, and so has whatever wraps one. */
export interface MongoCollection {
  readonly collectionName: string
  readonly db: MongoDatabase
  findOne(filter: MongoRecord, options: object): Promise<unknown>
  find(filter: MongoRecord, options: object): MongoCursor
  aggregate(pipeline: MongoRecord[], options: object): MongoCursor
  distinct(field: string, filter: MongoRecord, options: object): Promise<unknown[]>
  countDocuments(filter: MongoRecord, options: object): Promise<number>
  insertOne(document: Declared, options: object): Promise<{ insertedId: unknown }>
  replaceOne(filter: MongoRecord, document: Declared, options: object): Promise<unknown>
  updateOne(filter: MongoRecord, change: MongoRecord, options: object): Promise<WriteCount>
  findOneAndReplace(filter: MongoRecord, document: Declared, options: object): Promise<unknown>
  findOneAndUpdate(filter: MongoRecord, change: MongoRecord, options: object): Promise<unknown>
  findOneAndDelete(filter: MongoRecord, options: object): Promise<unknown>
  deleteOne(filter: MongoRecord, options: object): Promise<{ deletedCount: number }>
  deleteMany(filter: MongoRecord, options: object): Promise<{ deletedCount: number }>
  bulkWrite(operations: readonly Declared[], options: object): Promise<unknown>
  createIndex(keys: Record<string, 1 | -1>, options: object): Promise<string>
  watch(pipeline: MongoRecord[], options: object): MongoChangeStream
}

/** How many documents a write met. */
interface WriteCount {
  readonly matchedCount: number
  readonly upsertedCount: number
}

/** What is needed of a database. */
export interface MongoDatabase {
  readonly databaseName: string
  readonly client: MongoServer
  collection(name: string): MongoCollection
  listCollections(filter: MongoRecord, options: object): MongoCursor
  aggregate(pipeline: MongoRecord[], options: object): MongoCursor
  command(command: MongoRecord, options: object): Promise<MongoRecord>
}

/** What is needed of a client. */
export interface MongoServer {
  db(name: string): MongoDatabase
  startSession(): MongoSession
  close(): Promise<void>
}
