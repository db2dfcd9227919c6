import { inspect } from 'node:util'
import { isStoreError, type Store } from '@kvdol/core'
import {
  MongoBulkWriteError,
  MongoClientClosedError,
  MongoNetworkError,
  MongoNetworkTimeoutError,
  MongoParseError,
  MongoServerError,
  MongoServerSelectionError,
  MongoWriteConcernError,
} from 'mongodb'
import { describe, expect, it } from 'vitest'
import { CODES, toStoreError } from '../src/errors.ts'
import { blobs, type MongoCollection } from '../src/index.ts'
import { secretsOf } from '../src/secrets.ts'
import { all, failing } from './support/collect.ts'

/** A collection whose calls all fail. */
function failingWith(error: unknown): MongoCollection {
  const reject = async () => {
    throw error
  }
  const cursor = { toArray: reject, hasNext: reject, readBufferedDocuments: () => [], close: async () => {} }
  const calls = ['findOne', 'countDocuments', 'insertOne', 'findOneAndReplace', 'findOneAndUpdate']
  const writes = ['findOneAndDelete', 'deleteMany', 'bulkWrite', 'createIndex']
  const db = { collection: () => collection, listCollections: () => cursor, client: {} }
  const collection = {
    ...Object.fromEntries([...calls, ...writes].map(name => [name, reject])),
    collectionName: 'c',
    db,
    find: () => cursor,
  } as unknown as MongoCollection
  return collection
}

const serverError = (code: number) => new MongoServerError({ message: 'secret words', code })

const named = (name: string) => Object.defineProperty(new Error('secret words'), 'name', { value: name })

describe('the table of errors', () => {
  const rows = Object.entries(CODES).map(([native, code]) => {
    const number = Number(native)
    return [native, code, Number.isNaN(number) ? named(native) : serverError(number)] as const
  })

  it.each(rows)('%s is %s, on every path', async (_, code, native) => {
    const store: Store<string, Uint8Array> = blobs(failingWith(native))
    for (const call of [
      () => store.get('k'),
      () => store.has('k'),
      () => store.stat('k'),
      () => store.size(),
      () => all(store.keys()),
      () => all(store.entries()),
      () => all(store.getMany(['k'])),
      () => store.set('k', new Uint8Array()),
      () => store.delete('k'),
    ]) {
      const error = await failing(call())
      expect(error).toMatchObject({ code, store: 'mongo' })
      expect((error as Error).message).not.toContain('secret words')
      expect((error as { cause: Error }).cause).not.toBe(native)
      expect((error as { cause: Error }).cause.message).toContain('secret words')
    }
  })

  it('has no code twice, and knows classes below known ones', () => {
    class OfOurs extends MongoNetworkError {}
    expect(toStoreError(new OfOurs('x'), {}).code).toBe('Unavailable')
    expect(toStoreError(new MongoNetworkTimeoutError('x'), {}).code).toBe('Timeout')
    expect(toStoreError(new MongoParseError('x'), {}).code).toBe('InvalidArgument')
    expect(toStoreError(new MongoClientClosedError(), {}).code).toBe('Closed')
    expect(toStoreError(new Error('x'), {})).toMatchObject({ code: 'Unknown', retryable: false })
    expect(toStoreError('x', {}).code).toBe('Unknown')
    expect(toStoreError(serverError(987_654), {}).code).toBe('Unknown')
  })
})

describe('a password in the words of the driver', () => {
  it('is not in the error, nor in its cause', async () => {
    const words = 'cannot reach mongodb://ann:p%40ss-canary@host/ with p@ss-canary'
    const collection = failingWith(new MongoNetworkError(words, { cause: new Error(words) }))
    Object.assign(collection.db, { client: { options: { credentials: { password: 'p@ss-canary' } } } })
    const error = await failing(blobs(collection).get('k'))
    expect(error).toMatchObject({ code: 'Unavailable' })
    expect(inspect(error, { depth: 9 })).toContain('cannot reach')
    expect(inspect(error, { depth: 9 })).not.toContain('canary')
    const url = 'mongodb://ann:p@ss/canary@host/?nonsense=canary'
    for (const secret of secretsOf(url)) expect(url).toContain(secret)
    expect(secretsOf(url)).toContain('p@ss/canary')
    expect(secretsOf('mongodb://ann:p%40ss@host/')).toEqual(expect.arrayContaining(['p%40ss', 'p@ss']))
    expect(secretsOf('mongodb://host/')).toEqual(['mongodb://host/'])
  })
})

describe('the outcome of a write', () => {
  const outcomeOf = (error: unknown) => toStoreError(error, { writes: true }).outcome

  it('is known where the server refused, or nothing was sent', () => {
    for (const code of [13, 18, 112, 121, 10107, 11000, 10334])
      expect(outcomeOf(serverError(code))).toBe('not-applied')
    expect(outcomeOf(new MongoParseError('x'))).toBe('not-applied')
    expect(outcomeOf(named('BSONError'))).toBe('not-applied')
  })

  it('is unknown where the answer was lost, or not as safe as it should be', () => {
    for (const code of [50, 64, 91, 189, 11600, 11602, 987_654])
      expect(outcomeOf(serverError(code))).toBe('unknown')
    expect(outcomeOf(new MongoNetworkError('x'))).toBe('unknown')
    expect(outcomeOf(new MongoServerSelectionError('x', {} as never))).toBe('unknown')
    const concern = { writeConcernError: { code: 64, errmsg: 'late' }, ok: 1 }
    expect(outcomeOf(new MongoWriteConcernError(concern as never))).toBe('unknown')
    expect(outcomeOf(named('DeadlineError'))).toBe('unknown')
    // A batch that failed as a whole holds what went wrong.
    const wrapped = new MongoBulkWriteError(new MongoNetworkError('cut') as never, {} as never)
    expect(toStoreError(wrapped, { writes: true })).toMatchObject({ code: 'Unavailable', outcome: 'unknown' })
  })

  it('is not asked for when reading', () => {
    expect(toStoreError(new MongoNetworkError('x'), {}).outcome).toBe('not-applied')
  })
})

/** A collection that is marked, with some methods of its own. */
function markedWith(methods: object): MongoCollection {
  const marker = { _id: { kvdol: 'format' }, kind: 'blobs', version: 1 }
  return {
    ...failingWith(new Error('not expected')),
    db: {
      collection: () => failingWith(new Error('not expected')),
      listCollections: () => ({ toArray: async () => [] }),
      client: {},
    },
    findOne: async () => marker,
    findOneAndUpdate: async () => marker,
    ...methods,
  } as unknown as MongoCollection
}

describe('a write that met another one', () => {
  it('is tried again, a number of times', async () => {
    const asFerretdbSays = new MongoServerError({ message: 'duplicate key value violates …', code: 1 })
    let left = [serverError(11000), serverError(112), asFerretdbSays]
    const findOneAndReplace = async () => {
      const error = left.shift()
      if (error) throw error
      return null
    }
    const store = blobs(markedWith({ findOneAndReplace }))
    await store.set('k', new Uint8Array(1))
    expect(left).toEqual([])
    left = Array.from({ length: 100 }, () => serverError(112))
    expect(await failing(store.set('k', new Uint8Array(1)))).toMatchObject({
      code: 'Unavailable',
      outcome: 'not-applied',
      retryable: true,
    })
    expect(left).toHaveLength(90)
  })
})

describe('a driver that does not heed signals', () => {
  it('is not waited for', async () => {
    const store = blobs(markedWith({ findOne: () => new Promise(() => {}) }), { timeout: 30 })
    expect(await failing(store.get('k'))).toMatchObject({ code: 'Timeout' })
  })
})

describe('a write that the driver tried twice', () => {
  it('does not take its own document for somebody else’s', async () => {
    // The first try is applied and its answer lost; the second finds the document that the first one left.
    const documents = new Map<unknown, { version: string }>()
    const marker = { _id: { kvdol: 'format' }, kind: 'blobs', version: 1 }
    const methods = {
      findOne: async ({ _id }: { _id: { $eq: unknown } }) =>
        typeof _id.$eq === 'string' ? documents.get(_id.$eq) : marker,
      async insertOne(document: { _id: string; version: string }) {
        documents.set(document._id, document)
        throw serverError(11000)
      },
      async findOneAndReplace(_: unknown, document: { _id: string; version: string }) {
        documents.set(document._id, document)
        return null
      },
    }
    const store = blobs(markedWith(methods))
    await store.set('k', new Uint8Array(1), { ifAbsent: true })
    await store.set('k', new Uint8Array(2), { ifMatch: 'etag' })
    const insertOne = async () => {
      documents.set('k', { version: 'of somebody else' })
      throw serverError(11000)
    }
    const other = blobs(markedWith({ ...methods, insertOne }))
    const error = await failing(other.set('k', new Uint8Array(1), { ifAbsent: true }))
    expect(isStoreError(error, 'Conflict')).toBe(true)
  })

  it('is not taken for safe when the server says that it is not', async () => {
    // The document is there, and has not reached as many servers as it should.
    const documents = new Map<unknown, { version: string }>()
    const marker = { _id: { kvdol: 'format' }, kind: 'blobs', version: 1 }
    const store = blobs(
      markedWith({
        findOne: async ({ _id }: { _id: { $eq: unknown } }) =>
          typeof _id.$eq === 'string' ? documents.get(_id.$eq) : marker,
        async findOneAndReplace(_: unknown, document: { _id: string; version: string }) {
          documents.set(document._id, document)
          throw serverError(64)
        },
      }),
    )
    const error = await failing(store.set('k', new Uint8Array(1)))
    expect(error).toMatchObject({ code: 'Unavailable', outcome: 'unknown' })
  })
})
