import { given, opened, type Resource } from '@kvdol/core/adapter'
import type { MongoClient } from 'mongodb'
import type { MongoCollection } from '../shapes.ts'
import { checkAddress, type MongoAddress } from './address.ts'
import { clientOf, vendor } from './connect.ts'
import { secretsOf, secretsOfClient } from './secrets.ts'

/** A collection, and what belongs to it. */
export interface Place {
  readonly name: string
  /** Closing it closes the client, where the store has made it. */
  readonly collection: Resource<MongoCollection>
  /** What errors must not tell. */
  readonly secrets: () => readonly string[]
}

/** The collection that the caller gave or named. Throws `TypeError` for anything else; loads and connects nothing. */
export function placeOf(adapter: string, place: MongoCollection | MongoAddress): Place {
  if (isCollection(place)) {
    const secrets = () => secretsOfClient(place.db?.client)
    return { name: place.collectionName, collection: given(place), secrets }
  }
  const address = checkAddress(adapter, place)
  const { url, collection: name, client } = address
  return { name, collection: collectionAt(address), secrets: () => secretsOf(url, client) }
}

/** A collection by a client of our own. */
function collectionAt({ url, database, collection, client = {} }: MongoAddress): Resource<MongoCollection> {
  let current: MongoClient | undefined
  const resource = opened(open, () => current?.close())
  // Closing does not wait for a client that still looks for a server.
  const close = async () => void (await Promise.all([current?.close(), resource.close()]))
  return { ...resource, close }

  /** A client that could not connect is left: the driver makes no other connection for it. */
  async function open(): Promise<MongoCollection> {
    const made = clientOf(await vendor(), url, client)
    current = made
    try {
      return (await made.connect()).db(database).collection(collection)
    } catch (error) {
      await made.close()
      throw error
    }
  }
}

function isCollection(place: unknown): place is MongoCollection {
  const { findOne, bulkWrite, collectionName } = Object(place) as Partial<MongoCollection>
  return (
    typeof findOne === 'function' && typeof bulkWrite === 'function' && typeof collectionName === 'string'
  )
}
