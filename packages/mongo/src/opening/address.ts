import { option, secret, settingsOf } from '@kvdol/core/adapter'
import type { MongoClientOptions } from 'mongodb'
import { CLIENT_OPTIONS, isClientOptions } from './connect.ts'

/** Where a collection is. The store connects at its first call and disconnects when it is closed. */
export interface MongoAddress {
  /** `mongodb://…` or `mongodb+srv://…`; never printed. */
  readonly url: string
  readonly database: string
  readonly collection: string
  /** Options of the driver's `MongoClient`. */
  readonly client?: MongoClientOptions | undefined
}

const ADDRESS = {
  url: secret,
  database: option<string>(
    'the name of a database: 1 to 63 bytes and none of the characters / \\ . " $ * < > : | ?, space, NUL',
    name => isName(name, 63) && !/[\0/\\. "$*<>:|?]/.test(name),
  ),
  collection: option<string>(
    'the name of a collection: 1 to 190 bytes, no $ and no NUL, no dot at either end and no two in a row, and not system. first',
    name => isName(name, 190) && !/[\0$]|^\.|\.$|\.\.|^system\./.test(name),
  ),
  client: option<MongoClientOptions>(CLIENT_OPTIONS, isClientOptions),
}

/** Refuses with `TypeError` what is no address: names that no server takes, or that it keeps for itself. */
export function checkAddress(adapter: string, place: unknown): MongoAddress {
  const { url } = Object(place) as { url?: unknown }
  if (typeof url !== 'string')
    throw new TypeError(`${adapter} takes a collection of the driver, or { url, database, collection }`)
  if (!/^mongodb(\+srv)?:\/\//.test(url))
    throw new TypeError(`${adapter}: url begins with mongodb:// or mongodb+srv://`)
  const { database, collection, client } = settingsOf(adapter, ADDRESS, place as MongoAddress)
  if (database === undefined || collection === undefined)
    throw new TypeError(`${adapter}: an address needs database and collection beside url`)
  return { url, database, collection, client }
}

function isName(name: unknown, most: number): name is string {
  return typeof name === 'string' && name !== '' && name.isWellFormed() && Buffer.byteLength(name) <= most
}
