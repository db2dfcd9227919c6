import { abandonedWrites, type KnownStores, knownStores, whenReady } from '@kvdol/core/adapter'
import { type CollectionCalls, collectionCalls } from '../../collection-calls.ts'
import { callOptions } from '../../guarantees.ts'
import type { Place } from '../../opening/place.ts'
import type { MongoRecord } from '../../shapes.ts'
import type { Settings } from '../options.ts'

/** What the parts of a blobs driver share. */
export interface Context {
  /** The documents of the keys, with all values but large ones. */
  readonly values: CollectionCalls
  /** The documents of GridFS that stand for large values, and their bytes. */
  readonly files: CollectionCalls
  readonly chunks: CollectionCalls
  readonly settings: Settings
  readonly options: ReturnType<typeof optionsOf>
  /** The condition for documents whose time has not come, by the clock of this process. */
  live(): MongoRecord
  /** The same for a call with this signal. */
  withSignal(signal: AbortSignal | undefined): Context
}

/** The stores that `blobs` has made. */
export const blobsStores: KnownStores<Context> = knownStores('blobs() of @kvdol/mongo')

/** The context of a place; no call of the server. */
export function contextOf({ collection }: Place, settings: Settings): Context {
  const beside = (ending: string) => ({
    get: () =>
      whenReady(collection.get(), ({ db, collectionName }) => db.collection(collectionName + ending)),
  })
  const [files, chunks] = [beside('.files'), beside('.chunks')]
  const options = optionsOf(settings)
  const writes = abandonedWrites()
  const make = (signal?: AbortSignal): Context => ({
    values: collectionCalls(collection, settings.timeout, signal, writes),
    files: collectionCalls(files, settings.timeout, signal, writes),
    chunks: collectionCalls(chunks, settings.timeout, signal, writes),
    settings,
    options,
    live: settings.expires ? () => ({ expires: { $not: over() } }) : () => ({}),
    withSignal: other => (other === undefined ? plain : make(other)),
  })
  const plain = make()
  return plain
}

/** The condition for an end that has come. */
export function over(): MongoRecord {
  return { $lte: new Date(Date.now()) }
}

/** The options of every kind of call, made once and not for each. */
function optionsOf({ writeConcern }: Settings) {
  const { read, write } = callOptions(writeConcern)
  return {
    read,
    write,
    readId: { ...read, projection: { _id: 1 } },
    readValue: { ...read, projection: { modified: 0 } },
    readWhole: read,
    readStat: { ...read, projection: { value: 0 } },
    readKind: { ...read, projection: { kind: 1, version: 1, size: 1 } },
    readVersion: {
      ...read,
      projection: { version: 1 },
      ...(writeConcern.w === 'majority' && { readConcern: { level: 'majority' } }),
    },
    readFile: { ...read, projection: { file: 1 } },
    upsert: { ...write, upsert: true, returnDocument: 'before', projection: { file: 1 } },
    replace: { ...write, returnDocument: 'before', projection: { file: 1 } },
    remove: { ...write, projection: { file: 1, expires: 1 } },
  }
}
