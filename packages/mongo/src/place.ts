import type { MongoClientOptions } from 'mongodb'
import { connect } from './connect.ts'
import { secretsOf, secretsOfClient } from './secrets.ts'
import type { MongoCollection, MongoServer } from './shapes.ts'

/** Where a collection is. The store connects at its first call and disconnects when it is closed. */
export interface MongoAddress {
  /** `mongodb://…` or `mongodb+srv://…`; never printed. */
  readonly url: string
  readonly database: string
  readonly collection: string
  /** Options of the driver's `MongoClient`. */
  readonly client?: MongoClientOptions | undefined
}

/** A collection, and what belongs to it. */
export interface Place {
  readonly collection: MongoCollection
  /** What errors must not tell. */
  readonly secrets: readonly string[]
  /** Closes the client, where the store has made it. */
  readonly close?: () => Promise<void>
}

/** The collection that the caller gave or named. Throws `TypeError` for anything else; does not connect. */
export function placeOf(adapter: string, place: MongoCollection | MongoAddress): Place {
  if (isCollection(place)) return { collection: place, secrets: secretsOfClient(place.db?.client) }
  if (typeof place !== 'object' || place === null || typeof place.url !== 'string')
    throw new TypeError(`${adapter} takes a collection of the driver, or { url, database, collection }`)
  const unknown = Object.keys(place).find(name => !['url', 'database', 'collection', 'client'].includes(name))
  if (unknown !== undefined)
    throw new TypeError(
      `${adapter}: an address has no ${JSON.stringify(unknown)}; it has url, database, collection, client`,
    )
  checkDatabaseName(place.database)
  checkCollectionName(place.collection)
  const client: MongoServer = connect(place.url, place.client)
  return {
    collection: client.db(place.database).collection(place.collection),
    secrets: [...secretsOf(place.url), ...secretsOfClient(client)],
    close: () => client.close(),
  }
}

/** Refuses with `TypeError` what no server takes as the name of a database. */
function checkDatabaseName(name: unknown): asserts name is string {
  const legal = isText(name) && byteLength(name) <= 63 && !/[\0/\\. "$*<>:|?]/.test(name)
  if (!legal)
    throw new TypeError(
      'the name of a database has 1 to 63 bytes and none of the characters / \\ . " $ * < > : | ?, space, NUL',
    )
}

/** Refuses with `TypeError` what no server takes as the name of a collection, or keeps for itself. */
function checkCollectionName(name: unknown): asserts name is string {
  const legal =
    isText(name) && byteLength(name) <= 190 && !/[\0$]/.test(name) && !/^\.|\.$|\.\.|^system\./.test(name)
  if (!legal)
    throw new TypeError(
      'the name of a collection has 1 to 190 bytes, no $ and no NUL, no dot at either end and no two in a row, and does not begin with system.',
    )
}

function isText(name: unknown): name is string {
  return typeof name === 'string' && name !== '' && name.isWellFormed()
}

function byteLength(text: string): number {
  return Buffer.byteLength(text)
}

function isCollection(place: unknown): place is MongoCollection {
  const { findOne, bulkWrite, collectionName } = (place ?? {}) as Partial<MongoCollection>
  return (
    typeof findOne === 'function' && typeof bulkWrite === 'function' && typeof collectionName === 'string'
  )
}
