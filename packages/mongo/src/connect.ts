import { withoutSecrets } from '@kvdol/core'
import { MongoClient, type MongoClientOptions } from 'mongodb'
import { secretsOf } from './secrets.ts'

/**
 * A client of the driver `mongodb` for a server, which connects at the first call. Whoever makes it closes it, with
 * `close` or `await using`.
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
  try {
    return new MongoClient(url, options)
  } catch (error) {
    const { password } = options.auth ?? {}
    const { message } = withoutSecrets(error, [...secretsOf(url), ...(password ? [password] : [])])
    throw new TypeError(`connect: ${message}`)
  }
}
