import { memory, type Store } from '@kvdol/core'
import { type Exported, everyExport } from '@kvdol/test-support'
import { describe, it } from 'vitest'
import * as s3 from '../src/index.ts'
import {
  type BucketOptions,
  bucket,
  buckets,
  definePreset,
  diagnose,
  prefixes,
  presign,
  probe,
  restore,
} from '../src/index.ts'
import { ACCOUNT } from './support/loopback.ts'

/** A store whose client tells whether anybody has asked it for anything. */
interface Subject {
  readonly store: Store<string, Uint8Array>
  readonly client: NonNullable<BucketOptions['client']>
  readonly sent: string[]
}

function open(): Subject {
  const sent: string[] = []
  const send = (command: object) => {
    sent.push(command.constructor.name)
    return Promise.reject(new Error('nothing is to be sent'))
  }
  const client = { send } as unknown as Subject['client']
  return { store: bucket('media', { client }), client, sent }
}

function untouched({ sent }: Subject): void {
  if (sent.length > 0) throw new Error(`it sent ${sent.join(', ')}`)
}

const flag = ['true', 0, null]
const milliseconds = [0, -1, 1.5, Number.NaN, '1', 2 ** 31, Number.POSITIVE_INFINITY]
const names = ['', 'a', 'a/b', '../x', 'bucket?', 'a..b', 7, null]

const ofBucket: Exported<Subject>['bad'] = {
  prefix: ['/a', 'a//b', 'a/../b', 'a/.', 'a\0', '\ud800', 'p'.repeat(600), 7],
  connection: [null, 5, 'https://objects.example.com', { endpont: 'https://x' }, { region: '' }],
  client: [{}, { send: true }, null, 5],
  preset: ['mini', '', {}, 5, null],
  keys: ['raw', 'Encoded', true],
  conditions: ['ifAbsent', ['ifNothing'], {}],
  onMissingBucket: ['ignore', true],
  contentTypes: ['guess', true, {}],
  keepMetadata: flag,
  onForeign: [true, 'log'],
  allowClear: flag,
  timeout: milliseconds,
}

const ofConnection: Exported<Subject>['bad'] = {
  preset: ['mini', {}, 5],
  endpoint: [
    'objects.example.com',
    'ftp://objects.example.com',
    5,
    `http://${ACCOUNT.accessKeyId}@127.0.0.1`,
  ],
  region: ['', 5],
  credentials: [{}, { accessKeyId: 'a' }, 'a', 5],
  anonymous: flag,
}

const { connection: _, client: __, preset: ___, ...ofBuckets } = ofBucket

const otherStore = /takes a store that bucket\(\) of @kvdol\/s3 has made/

const table: Record<string, Exported<Subject>> = {
  bucket: {
    options: options => bucket('media', options as BucketOptions),
    bad: ofBucket,
    refuses: [
      ...names.map(name => [() => bucket(name as string), 'name of a bucket'] as const),
      ...Object.entries(ofConnection).flatMap(([name, values]) =>
        values.map(value => [() => bucket('media', { connection: { [name]: value } }), name] as const),
      ),
    ],
  },
  probe: {
    options: options => probe('media', options as BucketOptions),
    bad: ofBucket,
    refuses: names.map(name => [() => probe(name as string), 'name of a bucket'] as const),
  },
  buckets: {
    options: options => buckets({}, options as object),
    bad: ofBuckets,
    refuses: [
      [() => buckets(null as never), 'connection'],
      [() => buckets({ nonsense: 1 } as object), 'nonsense'],
      [() => buckets({}, { client: {} } as object), 'client'],
      ...Object.entries(ofConnection).flatMap(([name, values]) =>
        values.map(value => [() => buckets({ [name]: value }), name] as const),
      ),
    ],
  },
  diagnose: {
    options: options => diagnose({ endpoint: 'http://127.0.0.1:1' }, options as object),
    bad: { bucket: ['', 'a/b', 7, null], write: flag, timeout: milliseconds },
    refuses: [
      [() => diagnose(null as never), 'connection'],
      [() => diagnose({ nonsense: 1 } as object), 'nonsense'],
      ...Object.entries(ofConnection).flatMap(([name, values]) =>
        values.map(value => [() => diagnose({ [name]: value }), name] as const),
      ),
    ],
  },
  definePreset: {
    options: options => definePreset(withNeeded({ name: 'ours' }, options)),
    bad: {
      name: ['', 5, null],
      hosts: [/a/g, 'objects.example.com'],
      endpoint: ['https://objects.example.com'],
      region: ['', 5],
      pathStyle: flag,
      conditions: ['ifAbsent', ['x']],
      keys: ['all'],
      nesting: ['no'],
      order: ['utf8'],
      checksums: flag,
      batchDelete: flag,
      mixedHeads: flag,
    },
    refuses: [
      [() => definePreset({} as never), 'name is'],
      [() => definePreset({ nonsense: 1 } as never), 'nonsense'],
      [() => definePreset(null as never), 'options'],
    ],
  },
  presets: { because: 'they are data' },
  prefixes: {
    options: (options, { store }) => prefixes(store, '', options as object),
    bad: { signal: ['now', 5, {}, null] },
    refuses: [
      [({ store }) => prefixes(store, 7 as never), 'prefix'],
      [({ store }) => prefixes(store, '\ud800'), 'prefix'],
      [({ store }) => prefixes(store, null as never), 'prefix'],
      [() => prefixes(null as never), 'no store'],
    ],
  },
  presign: {
    options: (options, { store }) => presign(store, 'a', options as object),
    bad: { method: ['POST', 'get', 1], expiresIn: [0, -1, 1.5, Number.NaN, '60'] },
    refuses: [
      [({ store }) => presign(store, ''), 'key'],
      [({ store }) => presign(store, '../x'), 'the key has a part'],
      [({ store }) => presign(store, 7 as never), 'key'],
      [() => presign(memory(), 'a'), otherStore],
      [() => presign(new Map() as never, 'a' as never), 'fromMap(map)'],
    ],
  },
  restore: {
    options: (options, { store }) => restore(store, 'a', withNeeded({ days: 1 }, options)),
    bad: { days: [0, -1, 1.5, Number.NaN, '2', Number.POSITIVE_INFINITY], tier: ['Fast', 1] },
    refuses: [
      [({ store }) => restore(store, 'a', {} as never), 'days'],
      [({ store }) => restore(store, '', { days: 1 }), 'key'],
      [() => restore(memory(), 'a', { days: 1 }), otherStore],
    ],
  },
}

/** Options that lack nothing, where they are options. */
function withNeeded<T extends object>(needed: T, options: unknown): T {
  const plain = Object.prototype.toString.call(options) === '[object Object]'
  return (plain ? { ...needed, ...(options as object) } : options) as T
}

describe('every export refuses what it cannot heed', () => {
  for (const { name, run } of everyExport({ module: s3, table, open, untouched })) it(name, run)
})
