import { memory, readOnly } from '@kvdol/core'
import { type Exported, everyExport } from '@kvdol/test-support'
import { MongoClient } from 'mongodb'
import { describe, it } from 'vitest'
import * as mongo from '../src/index.ts'
import { type SpiedCall, spied } from './support/spy.ts'

/** A collection that tells whether anybody has asked it for anything, and stores of it. */
function open() {
  const client = new MongoClient('mongodb://127.0.0.1:1/')
  const { through, calls } = spied(client.db('db').collection('c'))
  return { client, through, calls, records: mongo.documents(through), bytes: mongo.blobs(through) }
}

type Subject = ReturnType<typeof open>

function untouched({ calls }: { readonly calls: readonly SpiedCall[] }): void {
  if (calls.length > 0) throw new Error(`the collection was asked to ${calls.map(({ method }) => method)}`)
}

const flag = ['true', 0, null]
const common = { timeout: [0, 1.5, '5', null], writeConcern: [{ w: 0 }, { w: 1, j: true }, 'majority', null] }
const change = () => {}

/** Stores that a function of documents cannot work on. */
function notDocuments(call: (store: never) => unknown): NonNullable<Exported<Subject>['refuses']> {
  return [
    [() => call(null as never), 'null is no store'],
    [() => call(memory() as never), 'documents() of @kvdol/mongo'],
    [({ bytes }) => call(bytes as never), 'documents() of @kvdol/mongo'],
  ]
}

/** Places where no collection is. */
function notPlaces(call: (place: never) => unknown): NonNullable<Exported<Subject>['refuses']> {
  const address = { url: 'mongodb://127.0.0.1:1/', database: 'db', collection: 'c' }
  return [
    [() => call(null as never), 'a collection of the driver'],
    [() => call('mongodb://127.0.0.1:1/' as never), 'a collection of the driver'],
    [() => call({ ...address, nonsense: 1 } as never), 'nonsense'],
    [() => call({ ...address, url: 'http://127.0.0.1/' } as never), 'mongodb://'],
    [() => call({ ...address, database: 'a/b' } as never), 'database'],
    [() => call({ ...address, collection: 'a$b' } as never), 'collection'],
    [() => call({ ...address, client: [] } as never), 'client'],
  ]
}

const table: Record<string, Exported<Subject>> = {
  aggregate: {
    refuses: [
      ...notDocuments(store => mongo.aggregate(store, [])),
      [({ records }) => mongo.aggregate(records, 'x' as never), 'list of stages'],
      [({ records }) => mongo.aggregate(records, [{ $out: 'x' }]), '$out writes'],
    ],
  },
  append: {
    refuses: [
      ...notDocuments(store => mongo.append(store, {})),
      [({ records }) => mongo.append(records, null as never), 'plain object'],
      [({ records }) => mongo.append(readOnly(records) as never, {}), 'only be read'],
    ],
  },
  blobs: {
    options: (options, { through }) => mongo.blobs(through, options as never),
    bad: {
      ...common,
      large: ['yes', null],
      mustExist: flag,
      expires: flag,
      onForeign: [5, null],
      allowClear: flag,
    },
    refuses: notPlaces(mongo.blobs),
  },
  collectOrphans: {
    options: (options, { bytes }) => mongo.collectOrphans(bytes, options as never),
    bad: { olderThan: [-1, Number.NaN, '5', null] },
    refuses: [
      [({ records }) => mongo.collectOrphans(records as never), 'blobs() of @kvdol/mongo'],
      [({ bytes }) => mongo.collectOrphans(readOnly(bytes) as never), 'only be read'],
    ],
  },
  connect: {
    options: options => mongo.connect('mongodb://127.0.0.1:1/', options as never),
    bad: { maxPoolSize: [-1, 'x'] },
    refuses: [
      [() => mongo.connect(5 as never), 'address'],
      [() => mongo.connect('http://127.0.0.1/'), 'mongodb'],
    ],
  },
  database: {
    options: (options, { client }) => mongo.database(client.db('db'), options as never),
    bad: { timeout: common.timeout, open: [5, null] },
    refuses: [[() => mongo.database(null as never), 'a database of the driver']],
  },
  distinct: {
    refuses: [
      ...notDocuments(store => mongo.distinct(store, 'a')),
      [({ records }) => mongo.distinct(records, '$where'), 'field'],
    ],
  },
  documents: {
    options: (options, { through }) => mongo.documents(through, options as never),
    bad: {
      ...common,
      key: ['a.b', '$a', '', null],
      value: ['a.b', '_id', null],
      filter: [[], 'x', null, { a: undefined }],
      match: ['some', null],
      sort: [{}, { a: 2 }, 'a', null],
      limit: [0, 1.5, null],
      skip: [-1, '1', null],
      int64: ['long', null],
      intervals: [{ begin: 'a' }, 'x', null],
      onForeign: [5, null],
      allowClear: flag,
      allowTornReads: [...flag, true],
    },
    refuses: notPlaces(mongo.documents),
  },
  extend: {
    refuses: [
      ...notDocuments(store => mongo.extend(store, [])),
      [({ records }) => mongo.extend(records, 5 as never), 'iterable'],
      [({ records }) => mongo.extend(records, [5] as never), 'plain object'],
    ],
  },
  modify: {
    options: (options, { records }) => mongo.modify(records, 'k', change, options as never),
    bad: { retries: [-1, 1.5, '5', null], signal: ['now', 5, null] },
    refuses: [
      ...notDocuments(store => mongo.modify(store, 'k' as never, change)),
      [({ records }) => mongo.modify(records, { $ne: null }, change), 'not an object'],
      [({ records }) => mongo.modify(records, 'k', 5 as never), 'function'],
    ],
  },
  push: {
    refuses: [
      ...notDocuments(store => mongo.push(store, 'k' as never, [] as never)),
      [({ records }) => mongo.push(records, 'k', [] as never), 'one value field'],
      [({ through }) => mongo.push(mongo.documents(through, { value: 'a' }), 'k', 5 as never), 'list'],
    ],
  },
  server: {
    options: (options, { client }) => mongo.server(client, options as never),
    bad: { timeout: common.timeout, open: [5, null] },
    refuses: [[() => mongo.server(null as never), 'a client of the driver']],
  },
  watch: {
    options: (options, { records }) => mongo.watch(records, options as never),
    bad: { signal: ['now', 5, {}] },
    refuses: [
      ...notDocuments(store => mongo.watch(store)).slice(0, 2),
      [({ through }) => mongo.watch(mongo.documents(through, { key: 'a' })), 'key is _id'],
    ],
  },
}

describe('every export refuses', () => {
  for (const { name, run } of everyExport({ module: mongo, table, open, untouched })) it(name, run)
})
