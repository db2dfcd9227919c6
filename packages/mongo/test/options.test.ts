import { guarantees } from '@kvdol/core'
import { MongoClient } from 'mongodb'
import { describe, expect, it } from 'vitest'
import { blobs, connect, database, documents, server } from '../src/index.ts'
import { successor } from '../src/prefix-range.ts'

const client = new MongoClient('mongodb://127.0.0.1:1/')
const collection = client.db('db').collection('c')
const address = { url: 'mongodb://127.0.0.1:1/', database: 'db', collection: 'c' }

describe('options', () => {
  it.each([
    ['blobs', { nonsense: 1 }, 'blobs has no option "nonsense"; it has'],
    ['blobs', { timeout: 0 }, 'timeout is a whole number of milliseconds'],
    ['blobs', { timeout: '5' }, 'timeout is'],
    ['blobs', { writeConcern: { w: 0 } }, 'writeConcern is'],
    ['blobs', { writeConcern: { w: 'majority', j: true } }, 'writeConcern is'],
    ['blobs', { large: 'yes' }, "large is 'gridfs' or 'refuse'"],
    ['blobs', { mustExist: 1 }, 'mustExist is true or false'],
    ['blobs', { onForeign: 1 }, 'onForeign is a function'],
    ['blobs', null, 'the options are an object'],
    ['documents', { key: [] }, 'at least one field'],
    ['documents', { key: 'a.b' }, 'key is a name'],
    ['documents', { key: '$where' }, 'key is a name'],
    ['documents', { key: ['a', 'a'] }, 'named twice'],
    ['documents', { key: 5 }, 'fields are a name'],
    ['documents', { value: '_id' }, 'key or value, not both'],
    ['documents', { filter: [] }, 'filter is an object'],
    ['documents', { filter: { a: undefined } }, 'filter.a is undefined'],
    ['documents', { filter: { $or: [{ a: { $in: [undefined] } }] } }, 'is undefined'],
    ['documents', { match: 'some' }, "match is 'unique', 'first' or 'all', not 'some'"],
    ['documents', { sort: {} }, 'sort is'],
    ['documents', { sort: { a: 2 } }, 'sort is'],
    ['documents', { limit: 0 }, 'limit is a whole number from 1'],
    ['documents', { skip: -1 }, 'skip is a whole number from 0'],
    ['documents', { int64: 'long' }, "int64 is 'number' or 'bigint'"],
    ['documents', { intervals: { begin: 'a' } }, 'intervals is'],
    ['documents', { allowTornReads: true }, "allowTornReads belongs to match: 'all'"],
  ])('%s refuses %j', (adapter, options, message) => {
    const open = () => (adapter === 'blobs' ? blobs : documents)(collection, options as never)
    expect(open).toThrow(TypeError)
    expect(open).toThrow(message)
  })

  it('of other functions are checked as well', () => {
    expect(() => server(client, { open: 1 } as never)).toThrow(TypeError)
    expect(() => server({} as never)).toThrow(TypeError)
    expect(() => database(undefined as never)).toThrow(TypeError)
    expect(() => database(client.db('x'), { nonsense: 1 } as never)).toThrow(TypeError)
    expect(() => connect(5 as never)).toThrow(TypeError)
    expect(() => connect('mongodb://localhost', { nonsense: 1 } as never)).toThrow(TypeError)
  })
})

describe('places', () => {
  it.each([
    undefined,
    null,
    5,
    'mongodb://localhost',
    {},
    { ...address, url: 5 },
    { ...address, url: 'http://localhost' },
    { ...address, nonsense: 1 },
    { ...address, database: '' },
    { ...address, database: 'a/b' },
    { ...address, database: 'a.b' },
    { ...address, database: 'a\0' },
    { ...address, database: 'x'.repeat(64) },
    { ...address, collection: '' },
    { ...address, collection: 'a$b' },
    { ...address, collection: '.a' },
    { ...address, collection: 'a..b' },
    { ...address, collection: 'system.users' },
    { ...address, collection: 'a\0b' },
    { ...address, collection: 'half \ud800' },
    { ...address, collection: undefined },
  ])('%j is none', place => {
    expect(() => blobs(place as never)).toThrow(TypeError)
    expect(() => documents(place as never)).toThrow(TypeError)
  })

  it('with odd but legal names are taken', () => {
    for (const name of ['a b', 'Ä', '🍪', 'a.b', 'select', "a'b", 'A', 'x'.repeat(190)])
      expect(() => blobs({ ...address, collection: name })).not.toThrow()
  })
})

describe('guarantees', () => {
  it('are those of the options', () => {
    expect(guarantees(blobs(collection))).toMatchObject({
      order: 'utf8-bytes',
      atomicOverwrite: true,
      durability: 'power-loss',
      conditions: ['ifAbsent', 'ifMatch', 'deleteIfMatch'],
      maxKeyBytes: 1024,
      maxValueBytes: null,
      rejects: [],
      multiProcess: true,
    })
    expect(guarantees(blobs(collection, { large: 'refuse' })).maxValueBytes).toBe(
      16 * 1024 * 1024 - 16 * 1024,
    )
    expect(guarantees(documents(collection)).conditions).toHaveLength(3)
    expect(guarantees(documents(collection, { key: 'name' })).conditions).toEqual([])
    const torn = documents(collection, { match: 'all', allowTornReads: true })
    expect(guarantees(torn).atomicOverwrite).toBe(false)
  })
})

describe('without a server', () => {
  const nobody = { ...address, url: 'mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=30' }

  it('what is no key is refused before anything is sent', async () => {
    // The client waits for a server for half a minute.
    await using store = documents(address)
    const operator = { $ne: null } as never
    const refused = { code: 'InvalidKey' }
    await expect(store.get(operator)).rejects.toMatchObject(refused)
    await expect(store.has(operator)).rejects.toMatchObject(refused)
    await expect(store.stat(operator)).rejects.toMatchObject(refused)
    await expect(store.set(operator, {})).rejects.toMatchObject(refused)
    await expect(store.delete(operator)).rejects.toMatchObject(refused)
  })

  it('calls are refused as ones that may succeed later, all at once and one by one', async () => {
    for (const open of [() => blobs(nobody, { timeout: 2000 }), () => documents(nobody, { timeout: 2000 })]) {
      await using store = open()
      const calls = [store.get('a' as never), store.has('a' as never), store.size()]
      for (const result of await Promise.allSettled(calls))
        expect(result).toMatchObject({ reason: { code: 'Unavailable', retryable: true } })
      await expect(store.get('a' as never)).rejects.toMatchObject({ code: 'Unavailable' })
    }
  })
})

describe('the end of a prefix', () => {
  it('is the first string behind all that begin with it, by code points', () => {
    expect(successor('a')).toBe('b')
    expect(successor('a\u{10ffff}')).toBe('b')
    expect(successor('\u{10ffff}\u{10ffff}')).toBe(undefined)
    expect(successor('')).toBe(undefined)
    expect(successor('a\ud7ff')).toBe('a\ue000')
    expect(successor('\uffff')).toBe('\u{10000}')
    expect(successor('😀')).toBe('😁')
  })
})
