import { type Fail, failWithout } from '../fail.ts'
import type { Place } from '../place.ts'
import { callOptions } from '../settings.ts'
import type { MongoCollection } from '../shapes.ts'
import { timed } from '../timed.ts'
import type { Settings } from './options.ts'

/** What the parts of a blobs driver share. */
export interface Context {
  readonly collection: MongoCollection
  /** The documents of GridFS that stand for large values, and their bytes. */
  readonly files: MongoCollection
  readonly chunks: MongoCollection
  readonly settings: Settings
  readonly secrets: readonly string[]
  readonly fail: Fail
  readonly options: ReturnType<typeof optionsOf>
}

/** The context of a place; no call of the server. */
export function contextOf({ collection: untimed, secrets }: Place, settings: Settings): Context {
  const collection = timed(untimed, settings.timeout)
  const { db, collectionName } = collection
  return {
    collection,
    files: db.collection(`${collectionName}.files`),
    chunks: db.collection(`${collectionName}.chunks`),
    settings,
    secrets,
    fail: failWithout(secrets),
    options: optionsOf(settings),
  }
}

/** The options of every kind of call, made once and not for each. */
function optionsOf(settings: Settings) {
  const { read, write } = callOptions(settings)
  return {
    read,
    write,
    readId: { ...read, projection: { _id: 1 } },
    readValue: { ...read, projection: { modified: 0 } },
    readStat: { ...read, projection: { value: 0 } },
    readKind: { ...read, projection: { kind: 1, version: 1, size: 1 } },
    readVersion: {
      ...read,
      projection: { version: 1 },
      ...(settings.writeConcern.w === 'majority' && { readConcern: { level: 'majority' } }),
    },
    readFile: { ...read, projection: { file: 1 } },
    upsert: { ...write, upsert: true, returnDocument: 'before', projection: { file: 1 } },
    replace: { ...write, returnDocument: 'before', projection: { file: 1 } },
    remove: { ...write, projection: { file: 1 } },
  }
}
