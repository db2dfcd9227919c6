import { randomUUID } from 'node:crypto'
import { type Collection, type Db, type Document, MongoClient } from 'mongodb'
import { afterAll } from 'vitest'

/** A client for the tests of one file, and what it has done so far. */
export interface Server {
  readonly url: string
  readonly client: MongoClient
  /** A database of this file alone, dropped when its tests end. */
  readonly db: Db
  /** A collection that nobody else uses. */
  collection<T extends Document = Document>(): Collection<T>
  /** Names of the commands sent, in their order. */
  readonly commands: string[]
  /** Connections that are in use now. */
  readonly busy: () => number
}

/** Opens a client; closes it and drops its database after the tests of the file. */
export function openServer(url: string): Server {
  const client = new MongoClient(url, { monitorCommands: true })
  const commands: string[] = []
  let busy = 0
  client.on('commandStarted', ({ commandName }) => commands.push(commandName))
  client.on('connectionCheckedOut', () => busy++)
  client.on('connectionCheckedIn', () => busy--)
  const db = client.db(`kvdol-${randomUUID()}`)
  afterAll(async () => {
    await db.dropDatabase()
    await client.close()
  })
  return {
    url,
    client,
    db,
    collection: <T extends Document>() => db.collection<T>(`c-${randomUUID()}`),
    commands,
    busy: () => busy,
  }
}
