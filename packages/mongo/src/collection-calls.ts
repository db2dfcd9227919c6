import { type AbandonedWrites, abandonedWrites } from '@kvdol/core/adapter'
import { type Calls, callsOf, type Documents, type Source } from './calls.ts'
import type { MongoCollection, MongoRecord } from './shapes.ts'

/** The methods of a collection that are one call. */
type OneCall = Omit<MongoCollection, 'collectionName' | 'db' | 'find' | 'aggregate' | 'watch'>

/** The methods of a collection as calls that end at a deadline, and when their caller aborts. */
export interface CollectionCalls extends Calls<MongoCollection>, OneCall {
  find(filter: MongoRecord, options: object): Documents
  aggregate(pipeline: readonly MongoRecord[], options: object): Documents
  /** The same for a caller with this signal. */
  withSignal(signal: AbortSignal | undefined): CollectionCalls
}

/** The calls of a collection, for a caller with this signal. */
export function collectionCalls(
  source: Source<MongoCollection>,
  timeout: number,
  signal?: AbortSignal,
  writes: AbandonedWrites = abandonedWrites(),
): CollectionCalls {
  const { ask, write, query } = callsOf(source, timeout, signal, writes)
  return {
    ask,
    write,
    query,
    withSignal: other => collectionCalls(source, timeout, other, writes),
    find: (filter, options) => query(options, (each, how) => each.find(filter, how)),
    aggregate: (pipeline, options) => query(options, (each, how) => each.aggregate([...pipeline], how)),
    bulkWrite: (writes, options) => write(options, (each, how) => each.bulkWrite(writes, how)),
    countDocuments: (filter, options) => ask(options, (each, how) => each.countDocuments(filter, how)),
    createIndex: (keys, options) => write(options, (each, how) => each.createIndex(keys, how)),
    deleteMany: (filter, options) => write(options, (each, how) => each.deleteMany(filter, how)),
    deleteOne: (filter, options) => write(options, (each, how) => each.deleteOne(filter, how)),
    distinct: (field, filter, options) => ask(options, (each, how) => each.distinct(field, filter, how)),
    findOne: (filter, options) => ask(options, (each, how) => each.findOne(filter, how)),
    findOneAndDelete: (filter, options) => write(options, (each, how) => each.findOneAndDelete(filter, how)),
    findOneAndReplace: (filter, document, options) =>
      write(options, (each, how) => each.findOneAndReplace(filter, document, how)),
    findOneAndUpdate: (filter, change, options) =>
      write(options, (each, how) => each.findOneAndUpdate(filter, change, how)),
    insertOne: (document, options) => write(options, (each, how) => each.insertOne(document, how)),
    replaceOne: (filter, document, options) =>
      write(options, (each, how) => each.replaceOne(filter, document, how)),
    updateOne: (filter, change, options) =>
      write(options, (each, how) => each.updateOne(filter, change, how)),
  }
}
