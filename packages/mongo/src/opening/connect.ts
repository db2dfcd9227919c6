import { createRequire } from 'node:module'
import { withoutSecrets } from '@kvdol/core/adapter'
import type { MongoClient, MongoClientOptions } from 'mongodb'
import { secretsOf } from './secrets.ts'

/** Longest time to find a server, in milliseconds, where neither the address nor the options say another. */
const CONNECT_WITHIN = 5000

/**
 * A client of the driver `mongodb` for a server, which connects at the first call and looks for a server for 5 seconds
 * (`serverSelectionTimeoutMS`). Whoever makes it closes it, with `close` or `await using`. The first call loads the
 * driver, by `require`: where that is not wanted, make a `MongoClient` yourself.
 *
 * Throws `TypeError` for an address or options that the driver does not take; unlike the driver's own error it holds no
 * credentials.
 *
 * @example
 * ```ts
 * await using client = connect('mongodb://localhost')
 * const notes = pipe(blobs(client.db('app').collection('notes')), textValues())
 * ```
 */
export function connect(url: string, options: MongoClientOptions = {}): MongoClient {
  if (typeof url !== 'string') throw new TypeError('connect: the address is a string, mongodb://…')
  if (!isClientOptions(options)) throw new TypeError(`connect: the options are ${CLIENT_OPTIONS}`)
  const driver = createRequire(import.meta.url)('mongodb') as Vendor
  try {
    return clientOf(driver, url, options)
  } catch (error) {
    const { message } = withoutSecrets(error, secretsOf(url, options))
    throw new TypeError(`connect: ${message}`)
  }
}

/** What the options of a client are. */
export const CLIENT_OPTIONS = "an object, as the driver's MongoClient takes it"

/** Whether the driver may get to see something as the options of a client. */
export function isClientOptions(options: unknown): boolean {
  return Object.prototype.toString.call(options) === '[object Object]'
}

/** A client for an address. Throws what the driver throws. */
export function clientOf({ MongoClient }: Vendor, url: string, options: MongoClientOptions): MongoClient {
  const said = /[?&]serverSelectionTimeoutMS=/i.test(url)
  return new MongoClient(url, said ? options : { serverSelectionTimeoutMS: CONNECT_WITHIN, ...options })
}

/** The package `mongodb`. */
export type Vendor = typeof import('mongodb')

/** Loads the driver, which takes most of a second. Bundlers give what is written with `require` as the default only. */
export async function vendor(): Promise<Vendor> {
  return (await import('mongodb')).default
}
