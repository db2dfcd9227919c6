import { inspect } from 'node:util'
import { isStoreError, type Store } from '@kvdol/core'
import { collect, rejection } from '@kvdol/test-support'
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
import { errorOf, MEANINGS } from '../src/errors.ts'
import { blobs, type MongoCollection } from '../src/index.ts'
import { secretsOf } from '../src/opening/secrets.ts'

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
  const rows = Object.entries(MEANINGS).map(([native, meaning]) => {
    const code = typeof meaning === 'string' ? meaning : meaning[0]
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
      () => collect(store.keys()),
      () => collect(store.entries()),
      () => collect(store.getMany(['k'])),
      () => store.set('k', new Uint8Array()),
      () => store.delete('k'),
    ]) {
      const error = await rejection(call())
      expect(error).toMatchObject({ code, store: 'mongo' })
      expect((error as Error).message).not.toContain('secret words')
      expect((error as { cause: Error }).cause).not.toBe(native)
      expect((error as { cause: Error }).cause.message).toContain('secret words')
    }
  })

  it('knows classes below known ones', () => {
    class OfOurs extends MongoNetworkError {}
    const codeOf = (error: unknown) => errorOf(error, { op: 'get', writes: false })?.code
    expect(codeOf(new OfOurs('x'))).toBe('Unavailable')
    expect(codeOf(new MongoNetworkTimeoutError('x'))).toBe('Timeout')
    expect(codeOf(new MongoParseError('x'))).toBe('InvalidArgument')
    expect(codeOf(new MongoClientClosedError())).toBe('Closed')
    expect(codeOf(serverError(987_654))).toBe('Unknown')
    for (const bug of [new Error('x'), new TypeError('x'), 'x', undefined])
      expect(codeOf(bug)).toBe(undefined)
  })

  it('makes Unknown of what it does not know, which is not tried again', async () => {
    for (const bug of [new Error('x'), serverError(987_654)])
      expect(await rejection(blobs(failingWith(bug)).get('k'))).toMatchObject({
        code: 'Unknown',
        retryable: false,
      })
  })
})

describe('a unique index', () => {
  it('is named in the words of MongoDB, and nothing else of them is told', () => {
    const error = new MongoServerError({
      message:
        'E11000 duplicate key error collection: db.c index: email_1 dup key: { email: "secret words" }',
      code: 11000,
    })
    expect(errorOf(error, { op: 'set', writes: true })?.message).toBe(
      'another document has the same values in the unique index email_1 (11000)',
    )
  })
})

describe('a password in the words of the driver', () => {
  it('is not in the error, nor in its cause', async () => {
    const words = 'cannot reach mongodb://ann:p%40ss-canary@host/ with p@ss-canary'
    const collection = failingWith(new MongoNetworkError(words, { cause: new Error(words) }))
    Object.assign(collection.db, { client: { options: { credentials: { password: 'p@ss-canary' } } } })
    const error = await rejection(blobs(collection).get('k'))
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
  const meaningOf = (error: unknown) => errorOf(error, { op: 'set', writes: true })

  it('is known where the server refused, or nothing was sent', () => {
    for (const code of [13, 18, 112, 121, 10107, 13435, 11000, 10334])
      expect(meaningOf(serverError(code))).toMatchObject({ outcome: 'not-applied' })
    expect(meaningOf(new MongoParseError('x'))).toMatchObject({ outcome: 'not-applied' })
    expect(meaningOf(named('BSONError'))).toMatchObject({ outcome: 'not-applied' })
  })

  it('is unknown where the answer was lost, or not as safe as it should be', async () => {
    for (const code of [50, 64, 91, 189, 11600, 11602, 987_654])
      expect(meaningOf(serverError(code))).toMatchObject({ outcome: 'unknown' })
    expect(meaningOf(new MongoNetworkError('x'))).toMatchObject({ outcome: 'unknown' })
    expect(meaningOf(new MongoServerSelectionError('x', {} as never))).toMatchObject({ outcome: 'unknown' })
    const concern = { writeConcernError: { code: 64, errmsg: 'late' }, ok: 1 }
    expect(meaningOf(new MongoWriteConcernError(concern as never))).toMatchObject({ outcome: 'unknown' })
    // The write has happened, whatever else the number of the write concern's error means.
    const refusing = { writeConcernError: { code: 100, errmsg: 'x' }, ok: 1, code: 11000 }
    expect(meaningOf(new MongoWriteConcernError(refusing as never))).toMatchObject({ outcome: 'unknown' })
    // A batch that failed as a whole holds what went wrong.
    const wrapped = new MongoBulkWriteError(new MongoNetworkError('cut') as never, {} as never)
    expect(meaningOf(wrapped)).toMatchObject({ code: 'Unavailable', outcome: 'unknown' })
    const late = blobs(markedWith({ findOneAndReplace: () => new Promise(() => {}) }), { timeout: 30 })
    expect(await rejection(late.set('k', new Uint8Array(1)))).toMatchObject({
      code: 'Timeout',
      outcome: 'unknown',
    })
  })

  it('is not asked for when reading', () => {
    expect(errorOf(new MongoNetworkError('x'), { op: 'get', writes: false })?.outcome).toBe('not-applied')
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
    expect(await rejection(store.set('k', new Uint8Array(1)))).toMatchObject({
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
    expect(await rejection(store.get('k'))).toMatchObject({ code: 'Timeout' })
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
    const error = await rejection(other.set('k', new Uint8Array(1), { ifAbsent: true }))
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
    const error = await rejection(store.set('k', new Uint8Array(1)))
    expect(error).toMatchObject({ code: 'Unavailable', outcome: 'unknown' })
  })
})
