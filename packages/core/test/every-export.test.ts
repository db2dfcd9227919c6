import { type Exported, everyExport } from '@kvdol/test-support'
import { describe, it } from 'vitest'
import * as core from '../src/index.ts'
import { createStore, json, memory, pipe, prefix, type Store, text, textValues } from '../src/index.ts'
import * as layers from '../src/layers.ts'

/** A store that says whether anybody has asked its driver for anything. */
interface Subject {
  readonly store: Store<string, Uint8Array>
  readonly asked: string[]
}

function open(): Subject {
  const asked: string[] = []
  const note = (name: string) => () => void asked.push(name)
  return {
    asked,
    store: createStore<string, Uint8Array>({
      name: 'spy',
      guarantees: { conditions: ['ifAbsent', 'ifMatch', 'deleteIfMatch'] },
      get: note('get'),
      keys: () => {
        asked.push('keys')
        return []
      },
      has: () => asked.push('has') > 0,
      stat: note('stat'),
      set: note('set'),
      delete: note('delete'),
    }),
  }
}

function untouched({ asked }: Subject): void {
  if (asked.length > 0) throw new Error(`the driver was asked to ${asked.join(', ')}`)
}

const aborting = ['now', 5, {}]
const concurrency = [0, -1, 1.5, Number.NaN, '2', null]
const flag = ['true', 0, null]
const number = [-1, 1.5, Number.NaN, '2']
const bytes = new Uint8Array()

/** Wrong stores in the first place. */
function notStores(call: (store: never) => unknown): NonNullable<Exported<Subject>['refuses']> {
  return [
    [() => call(null as never), 'null is no store'],
    [() => call(new Map() as never), 'fromMap(map)'],
    [() => call(Promise.resolve(memory()) as never), 'await'],
    [() => call(memory as never), 'calling it'],
  ]
}

const compressing = (max: number): Pick<Exported<Subject>, 'bad'> => ({
  bad: { level: [max + 1, -1, 1.5, '9', Number.NaN], maxBytes: [0, -1, 1.5, Number.NaN, '5'] },
})

const table: Record<string, Exported<Subject>> = {
  // Stores
  createStore: {
    options: options => createStore({ name: 'x', get: () => bytes, keys: () => [] }, options as never),
    bad: { allowTornReads: flag },
    refuses: [
      [() => createStore(null as never), 'get and keys'],
      [() => createStore({ name: 'x', get: 5 } as never), 'get and keys'],
    ],
  },
  drill: {
    options: (options, { store }) => layers.drill(store, options as never),
    bad: { separator: ['', 5, null] },
    refuses: notStores(layers.drill),
  },
  fromMap: {
    refuses: [
      [() => core.fromMap({} as never), 'new Map(Object.entries(object))'],
      [() => core.fromMap([['a', 1]] as never), 'Map'],
      [({ store }) => core.fromMap(store as never), 'Map'],
    ],
  },
  fromObject: {
    refuses: [
      [() => core.fromObject(new Map() as never), 'fromMap(map)'],
      [() => core.fromObject([1] as never), 'plain object'],
      [() => core.fromObject(null as never), 'plain object'],
      [() => core.fromObject(new Date() as never), 'plain object'],
      [({ store }) => core.fromObject(store as never), 'plain object'],
    ],
  },
  memory: {
    options: options => memory(options as never),
    bad: {
      order: ['sorted', 5, null],
      maxEntries: [0, -1, 1.5, '2', null],
      maxBytes: [0, -1, Number.NaN, '2', null],
    },
  },

  // Transforms
  at: {
    refuses: [
      [({ store }) => core.at(store, 'a' as string), "ends in '/'"],
      ...notStores(store => core.at(store, 'a/')),
    ],
  },
  dialect: {
    refuses: [
      [({ store }) => layers.dialect(store, { load: 'gte' as never }), 'gte'],
      [({ store }) => layers.dialect(store, 5 as never), 'names'],
      ...notStores(store => layers.dialect(store, {})),
    ],
  },
  decodeValues: {
    refuses: [
      [() => core.decodeValues(5 as never), 'decodeValues takes a function from value and key'],
      [() => core.decodeValues(core.json as never), 'write json()'],
      ...notStores(core.decodeValues((_: string) => 1) as never),
    ],
  },
  filterKeys: {
    refuses: [
      [() => core.filterKeys(5 as never), 'filterKeys takes a function'],
      [() => core.filterKeys(/a/ as never), 'matching(/a/)'],
      ...notStores(core.filterKeys((_: string) => true) as never),
    ],
  },
  jsonValues: {
    options: options => core.jsonValues(options as never),
    bad: { space: [{}, true, null], replacer: [['a'], {}], reviver: ['a', null] },
    refuses: notStores(core.jsonValues() as never),
  },
  mapKeys: {
    refuses: [
      ...[core.prefix, core.template, core.mappedKeys, core.invertKeys].map(
        codec => [() => core.mapKeys(codec as never), `${codec.name}()`] as const,
      ),
      [() => core.mapKeys({ decode: () => 'a' } as never), 'both'],
      ...notStores(core.mapKeys(prefix('a')) as never),
    ],
  },
  mapValues: {
    refuses: [
      ...[json, text, core.schema, core.gzip, core.compose, core.field].map(
        codec => [() => core.mapValues(codec as never), `${codec.name}()`] as const,
      ),
      [() => core.mapValues({ decode: () => 'a' } as never), 'value codec'],
      [() => core.mapValues(null as never), 'value codec'],
      ...notStores(core.mapValues(text()) as never),
    ],
  },
  pipe: {
    refuses: [
      [({ store }) => core.pipe(store, textValues as never), 'textValues()'],
      [({ store }) => core.pipe(store, core.jsonValues as never), 'jsonValues()'],
      [({ store }) => core.pipe(store, layers.cachedKeys as never), 'cachedKeys()'],
      [({ store }) => core.pipe(store, text() as never), 'mapValues'],
      [({ store }) => core.pipe(store, prefix('a') as never), 'mapKeys'],
      [({ store }) => core.pipe(store, undefined as never), 'transform 1'],
      [({ store }) => core.pipe(store, (() => undefined) as never), 'transform 1'],
      [({ store }) => core.pipe(store, (async (s: unknown) => s) as never), 'transform 1'],
      ...notStores(pipe),
      ...notStores(store => pipe(store, textValues())),
    ],
  },
  pipeline: {
    refuses: [
      [() => core.pipeline(textValues as never), 'textValues()'],
      [() => core.pipeline(textValues(), 5 as never), 'transform 2'],
      ...notStores(core.pipeline(textValues())),
    ],
  },
  readOnly: { refuses: notStores(core.readOnly) },
  textValues: { refuses: notStores(textValues() as never) },

  // Predicates
  endsWith: { refuses: [[() => core.endsWith(['.a'] as never), 'endsWith takes strings']] },
  startsWith: { refuses: [[() => core.startsWith(/a/ as never), 'startsWith takes strings']] },
  matching: { refuses: [[() => core.matching('a' as never), 'RegExp']] },
  oneOf: {
    refuses: [
      [() => core.oneOf('abc' as never), "['abc']"],
      [() => core.oneOf(5 as never), 'list of keys'],
    ],
  },

  // Layers
  cachedKeys: {
    options: options => layers.cachedKeys(options as never),
    bad: { sort: ['asc', 1, null], keys: [5, null, 'abc', {}] },
    refuses: notStores(layers.cachedKeys() as never),
  },
  onMissing: {
    refuses: [
      [() => layers.onMissing('x' as never), 'onMissing takes a function'],
      ...notStores(layers.onMissing(() => bytes) as never),
    ],
  },
  skipErrors: {
    options: options => layers.skipErrors(options as never),
    bad: { onError: ['log', null], remember: flag },
    refuses: notStores(layers.skipErrors() as never),
  },

  fanout: {
    refuses: [
      [() => layers.fanout(null as never), 'null'],
      [() => layers.fanout({}), 'stores by name'],
      ...notStores(store => layers.fanout({ a: store })),
    ],
  },
  fields: {
    options: (options, { store }) =>
      layers.fields(
        options === null || Object.prototype.toString.call(options) !== '[object Object]'
          ? (options as never)
          : { store, key: 'a', ...(options as object) },
      ),
    bad: { values: [5, text, null, {}], unguarded: flag },
    refuses: [
      [({ store }) => layers.fields({ store, key: 5 as never }), 'not a value of type number'],
      [({ store }) => layers.fields({ store, key: 'a' }, 'b' as never), 'list of names'],
      [({ store }) => layers.fields({ store, key: 'a' }, [5] as never), 'list of names'],
      ...notStores(store => layers.fields({ store, key: 'a' as never })),
    ],
  },
  flatten: {
    options: (options, { store }) => layers.flatten(store as never, options as never),
    bad: { create: ['x', null, true] },
    refuses: notStores(store => layers.flatten(store)),
  },
  grouped: {
    refuses: [
      [({ store }) => layers.grouped(store, 'x' as never), 'function from key to group'],
      ...notStores(store => layers.grouped(store, () => 1)),
    ],
  },
  lazy: {
    refuses: [
      [() => layers.lazy(null as never), 'functions by name'],
      [() => layers.lazy({ a: 5 as never }), '"a" is a function'],
      [() => layers.lazy(new Map() as never), 'functions by name'],
    ],
  },
  malls: {
    refuses: [
      [({ store }) => layers.malls(store, null as never), 'transforms by name'],
      [({ store }) => layers.malls(store, { a: textValues as never }), 'textValues()'],
      [({ store }) => layers.malls(store, { a: 5 as never }), 'not a function'],
      [({ store }) => layers.malls(store, { 'a/b': core.readOnly }), 'folder'],
      [({ store }) => layers.malls(store, { '': core.readOnly }), 'folder'],
      [({ store }) => layers.malls(store, { a: (() => undefined) as never }), 'not a store'],
      ...notStores(store => layers.malls(store, { a: core.readOnly as never })),
    ],
  },
  mount: {
    refuses: [
      [() => layers.mount(null as never), 'null'],
      [() => layers.mount({}), 'by the prefix'],
      [({ store }) => layers.mount({ '': store }), 'not empty'],
      [({ store }) => layers.mount({ 's\ud800': store }), 'well-formed'],
      [({ store }) => layers.mount({ a: store, b: store, 'a/': store }), '"a/" begins with "a"'],
      ...notStores(store => layers.mount({ 'a/': store })),
    ],
  },
  nested: {
    options: (options, { store }) => layers.nested(store, options as never),
    bad: {
      separator: ['', 5, null],
      create: ['yes', 1, null],
      depth: [0, 1.5, '2'],
      unguarded: flag,
    },
    refuses: notStores(store => layers.nested(store)),
  },
  overlay: {
    refuses: [
      [() => layers.overlay([] as never), 'list of stores'],
      [({ store }) => layers.overlay(store as never), 'list of stores'],
      [({ store }) => layers.overlay([core.readOnly(store)] as never), 'writable'],
      ...notStores(store => layers.overlay([store])),
      ...notStores(store => layers.overlay([memory(), store])),
    ],
  },
  walk: {
    options: (options, { store }) => layers.walk(store, options as never),
    bad: {
      into: ['x', null],
      order: ['sorted', 5],
      branches: flag,
      depth: [0, 1.5, '2'],
      signal: aborting,
    },
    refuses: [
      [() => layers.walk(null as never), 'null'],
      [() => layers.walk(5 as never), '5'],
    ],
  },
  invalidAsAbsent: {
    options: options => layers.invalidAsAbsent(options as never),
    bad: { reasons: ['nul', null, [5]] },
    refuses: notStores(layers.invalidAsAbsent() as never),
  },
  layer: { refuses: notStores(store => layers.layer(store, 'x', {})) },
  sourced: {
    options: (options, { store }) => layers.sourced(store, () => bytes, options as never),
    bad: { onCacheError: ['log', null] },
    refuses: [
      [({ store }) => layers.sourced(store, 5 as never), 'function'],
      ...notStores(store => layers.sourced(store, () => undefined)),
    ],
  },

  // Caches
  cached: {
    options: (options, { store }) => layers.cached(store, options as never),
    bad: {
      near: [5, null, {}, new Map()],
      ttl: [0, -1, Number.NaN, '5', null],
      max: [0, 1.5, '2', null],
      negative: [0, -1, 'yes', null],
      staleWhileRevalidate: [0, -1, '5'],
      keys: ['all', 5, null],
      revalidate: ['always', true, null],
      keepWrites: flag,
      onCacheError: ['log', null],
      now: [5, null],
    },
    refuses: [
      [() => layers.cached(core.fromMap(new Map([['a', 1]]))), 'give a near store'],
      [({ store }) => layers.cached(store, { keys: { order: 'up' } as never }), 'no option'],
      ...notStores(store => layers.cached(store)),
    ],
  },
  tiered: {
    options: (options, { store }) => layers.tiered([store, memory()], options as never),
    bad: { listFrom: [-1, 2, 1.5, '0', null], onCacheError: ['log', null] },
    refuses: [
      [() => layers.tiered([]), 'list of stores'],
      [({ store }) => layers.tiered(store as never), 'list of stores'],
      [({ store }) => layers.tiered([store, store]), 'one tier'],
      [({ store }) => layers.tiered([core.readOnly(store) as never, store]), 'written'],
      ...notStores(store => layers.tiered([store])),
    ],
  },
  expiring: {
    options: options => layers.expiring(options as never),
    bad: { ttl: [0, -1, Number.NaN, '5', null], by: ['age', true, null], now: [5, null] },
    refuses: [
      [() => layers.expiring({ by: 'modified' }), 'needs a ttl'],
      [() => pipe(core.fromMap(new Map([['a', 1]])), layers.expiring() as never), 'no bytes'],
      ...notStores(layers.expiring() as never),
    ],
  },
  sweep: {
    options: (options, { store }) => layers.sweep(store, options as never),
    bad: { unguarded: flag, signal: aborting },
    refuses: [
      [({ store }) => layers.sweep(store), 'expiring has made'],
      ...notStores(store => layers.sweep(store as never)),
    ],
  },
  buffered: {
    options: (options, { store }) => layers.buffered(store, options as never),
    bad: {
      flushAt: [0, -1, 1.5, '2', null],
      flushAfter: [0, -1, Number.NaN, '2', null],
      onError: ['log', null],
    },
    refuses: [
      [({ store }) => layers.buffered(core.readOnly(store) as never), 'written'],
      ...notStores(store => layers.buffered(store as never)),
    ],
  },
  flush: {
    options: (options, { store }) => layers.flush(store, options as never),
    bad: { signal: aborting },
    refuses: [
      [({ store }) => layers.flush(store), 'buffered has made'],
      ...notStores(store => layers.flush(store as never)),
    ],
  },
  memoize: {
    options: options => layers.memoize(() => 1, options as never),
    bad: {
      cache: [5, null, {}, new Map()],
      name: ['', 5, null, '\ud800', 'x'.repeat(201)],
      key: ['first', null],
      onCacheError: ['log', null],
      max: [0, 1.5, '2', null],
    },
    refuses: [
      [() => layers.memoize(5 as never), 'takes a function'],
      [() => layers.memoize(() => bytes, { cache: memory(), max: 5 }), 'bound the cache'],
      [() => layers.memoize((_: unknown) => 1)(() => 1), 'give key'],
    ],
  },

  // Guards
  accepts: {
    options: (options, { store }) => layers.accepts(store, 'a', bytes, options as never),
    bad: { signal: aborting },
    refuses: notStores(store => layers.accepts(store, 'a' as never)),
  },
  appendable: {
    refuses: [
      [({ store }) => layers.appendable(store, layers.ulid as never), 'ulid()'],
      [({ store }) => layers.appendable(store, 'ts' as never), 'ulid()'],
      [({ store }) => layers.appendable(store, () => '').append(bytes), 'key'],
      ...notStores(store => layers.appendable(store, layers.ulid() as never)),
    ],
  },
  contentAddressed: {
    options: (options, { store }) => layers.contentAddressed(store, options as never),
    bad: { hash: ['SHA-1', 'sha-256', 5, null] },
    refuses: [
      [({ store }) => layers.contentAddressed(store).set('a', bytes), 'add(bytes)'],
      ...notStores(store => layers.contentAddressed(store)),
    ],
  },
  counter: {
    options: options => layers.counter(options as never),
    bad: { start: [-1, 1.5, Number.NaN, '2'], digits: [0, 16, 1.5, '2', null] },
  },
  diagnosticsChannel: {
    refuses: [
      [() => layers.diagnosticsChannel({} as never), 'node:diagnostics_channel'],
      [() => layers.diagnosticsChannel('kvdol' as never), 'node:diagnostics_channel'],
    ],
  },
  filterEntries: {
    options: options => layers.filterEntries(() => true, options as never),
    bad: { reads: ['size', 5, null] },
    refuses: [
      [() => layers.filterEntries(/a/ as never), 'filterEntries takes a function'],
      ...notStores(layers.filterEntries(() => true) as never),
    ],
  },
  fromField: { refuses: [5, '', undefined].map(name => [() => layers.fromField(name as never), 'name']) },
  fromTemplate: {
    refuses: [
      [() => layers.fromTemplate('{a}' as never), 'template'],
      [() => layers.fromTemplate(prefix('a') as never), 'template'],
    ],
  },
  limit: {
    options: options => layers.limit(options as never),
    bad: {
      concurrency: [0, -1, 1.5, Number.NaN, '2', null],
      rate: [
        5,
        { calls: 0, per: 1 },
        { calls: 1 },
        { calls: 1, per: Number.NaN },
        { calls: 1e9, per: 1 },
        null,
      ],
      clock: [Date, {}, { now: () => 0 }, null],
    },
    refuses: notStores(layers.limit() as never),
  },
  noDelete: {
    refuses: [
      [() => layers.noDelete('archive/' as never), 'noDelete takes a function'],
      ...notStores(layers.noDelete() as never),
    ],
  },
  nonColliding: {
    options: (options, { store }) => layers.nonColliding(store, 'a', options as never),
    bad: { signal: aborting },
    refuses: [
      [({ store }) => layers.nonColliding(store, 5 as never), 'not a value of type number'],
      ...notStores(store => layers.nonColliding(store, 'a')),
    ],
  },
  observed: {
    options: options => layers.observed({}, options as never),
    bad: { now: [0, 'now', null] },
    refuses: [
      [() => layers.observed(undefined as never), 'hooks'],
      [() => layers.observed(5 as never), 'hooks'],
      [() => layers.observed({ start: 'log' } as never), 'start'],
      [() => layers.observed({ ends: () => {} } as never), 'end'],
      [() => layers.observed([{ end: 5 }] as never), 'end'],
      ...notStores(layers.observed({ end: () => {} }) as never),
    ],
  },
  onOverwrite: {
    options: options => layers.onOverwrite(options as never),
    bad: { policy: ['ask', true, null], same: ['deep', 1, null] },
    refuses: notStores(layers.onOverwrite() as never),
  },
  openTelemetry: {
    options: options => layers.openTelemetry(options as never),
    bad: { tracer: [{}, 'app', null], meter: [{}, 5, null], keys: flag },
    refuses: [[() => layers.openTelemetry({}), 'tracer']],
  },
  retry: {
    options: options => layers.retry(options as never),
    bad: {
      attempts: [0, 1.5, Number.NaN, '2', null],
      pause: [-1, 1.5, '2'],
      longest: [-1, 2 ** 31, null],
      within: [-1, 1.5, '2'],
      when: [true, 'retryable'],
    },
    refuses: notStores(layers.retry() as never),
  },
  respond: {
    options: (options, { store }) => layers.respond(store, 'a', new Request('http://a/'), options as never),
    bad: {
      contentType: ['', 'text', 5, null],
      headers: ['a: b', [], { a: 5 }, new Headers()],
      stream: flag,
    },
    refuses: notStores(store => layers.respond(store, 'a' as never, new Request('http://a/'))),
  },
  setUnique: {
    options: (options, { store }) => layers.setUnique(store, 'a', bytes, options as never),
    bad: { signal: aborting },
    refuses: [
      [({ store }) => layers.setUnique(store, 5 as never, bytes), 'not a value of type number'],
      ...notStores(store => layers.setUnique(store, 'a', bytes as never)),
    ],
  },
  timeout: {
    // One number is the deadline of everything.
    options: options => layers.timeout((options === 5 ? '5' : options) as never),
    bad: {
      read: [0, -1, 1.5, '2', 2 ** 31, null],
      write: [0, Number.POSITIVE_INFINITY],
      list: [Number.NaN],
    },
    refuses: [
      [() => layers.timeout({}), 'read, write and list'],
      [() => layers.timeout(0), 'milliseconds'],
      [() => layers.timeout(undefined as never), 'read, write and list'],
      ...notStores(layers.timeout(1) as never),
    ],
  },
  timestamp: { options: options => layers.timestamp(options as never), bad: { now: [0, new Date(), null] } },
  ulid: {
    options: options => layers.ulid(options as never),
    bad: { now: [0, null], random: [0.5, null] },
  },

  // Operations
  batch: {
    options: (options, { store }) => core.batch(store, [{ delete: 'a' }], options as never),
    bad: { concurrency, signal: aborting },
    refuses: [
      [({ store }) => core.batch(store, 'abc' as never), 'iterable of changes'],
      [({ store }) => core.batch(store, [5] as never), '{ set: key, value } or { delete: key }'],
      [({ store }) => core.batch(store, [{ set: 'a', delete: 'a' }] as never), '{ delete: key }'],
      [({ store }) => core.batch(store, [{ delete: 'a' }, { set: 'a', value: bytes }]), '"a" comes twice'],
      [({ store }) => core.batch(core.readOnly(store) as never, []), 'only be read'],
      ...notStores(store => core.batch(store, [])),
    ],
  },
  children: {
    options: (options, { store }) => core.toArray(core.children(store, '', options as never)),
    bad: { signal: aborting },
    refuses: [
      [({ store }) => core.toArray(core.children(store, 5 as never)), 'well-formed string'],
      [({ store }) => core.toArray(core.children(store, '\ud800')), 'well-formed string'],
      ...notStores(store => core.children(store)),
    ],
  },
  getWithStat: {
    options: (options, { store }) => core.getWithStat(store, 'a', options as never),
    bad: { signal: aborting },
    refuses: notStores(store => core.getWithStat(store, 'a' as never)),
  },
  pathOf: {
    options: (options, { store }) => core.pathOf(store, 'a', options as never),
    bad: { raw: flag, signal: aborting },
    refuses: [
      [({ store }) => core.pathOf(store, 'a'), 'files()'],
      ...notStores(store => core.pathOf(store, 'a' as never)),
    ],
  },
  remove: {
    options: (options, { store }) => core.remove(store, 'a', options as never),
    bad: { signal: aborting },
    refuses: [
      [({ store }) => core.remove(core.readOnly(store) as never, 'a' as never), 'only be read'],
      ...notStores(store => core.remove(store, 'a' as never)),
    ],
  },
  toArray: {
    refuses: [
      [() => core.toArray(5 as never), 'toArray takes a store'],
      [() => core.toArray(null as never), 'toArray takes a store'],
    ],
  },
  toMap: {
    options: (options, { store }) => core.toMap(store, options as never),
    bad: { limit: number, concurrency, prefix: [5, null], reverse: flag, signal: aborting },
    refuses: [
      [({ store }) => core.toMap(store, { from: 'a' }), 'lists in key order'],
      [({ store }) => core.toMap(store, { reverse: true }), 'lists backwards'],
      ...notStores(store => core.toMap(store)),
    ],
  },
  toObject: {
    options: (options, { store }) => core.toObject(store, options as never),
    bad: { limit: number, concurrency, signal: aborting },
    refuses: [
      [() => core.toObject(core.fromMap(new Map([[1, 2]])) as never), 'use toMap'],
      ...notStores(store => core.toObject(store)),
    ],
  },
  urlOf: {
    options: (options, { store }) => core.urlOf(store, 'a', options as never),
    bad: { expiresIn: [0, -1, 1.5, '2', Number.POSITIVE_INFINITY], raw: flag, signal: aborting },
    refuses: [
      [({ store }) => core.urlOf(store, 'a'), 'bucket()'],
      ...notStores(store => core.urlOf(store, 'a' as never)),
    ],
  },
  watch: {
    options: (options, { store }) => core.toArray(core.watch(store, options as never)),
    bad: { prefix: [5, /a/], signal: aborting },
    refuses: [
      [({ store }) => core.toArray(core.watch(store)), 'nothing tells of changes'],
      [({ store }) => core.toArray(core.watch(store, { prefix: ['a'] as never })), 'prefix is a string'],
      ...notStores(store => core.watch(store)),
    ],
  },
  clear: {
    options: (options, { store }) => core.clear(store, options as never),
    bad: {
      confirm: ['yes', 1, false],
      prefix: [5, /a/],
      concurrency,
      signal: aborting,
    },
    refuses: notStores(store => core.clear(store, { confirm: true })),
  },
  copy: {
    options: (options, { store }) => core.copy(store, store, options as never),
    bad: {
      overwrite: flag,
      onProgress: ['log', {}],
      prefix: [5],
      concurrency,
      signal: aborting,
    },
    refuses: [
      [({ store }) => core.copy(store, store, { overWrite: false } as never), 'overwrite'],
      ...notStores(store => core.copy(store, memory())),
      ...notStores(store => core.copy(memory(), store)),
      [({ store }) => core.copy(store, core.readOnly(store) as never), 'read'],
    ],
  },
  explain: {
    options: (options, { store }) => core.explain(store, 'a', options as never),
    bad: { signal: aborting },
    refuses: notStores(store => core.explain(store, 'a' as never)),
  },
  first: {
    refuses: [
      ...[-1, 1.5, Number.NaN, '2'].map(
        count => [({ store }: Subject) => core.first(store, count as never), 'count'] as const,
      ),
      ...notStores(core.first),
    ],
  },
  getOr: {
    options: (options, { store }) => core.getOr(store, 'a', bytes, options as never),
    bad: { signal: aborting },
    refuses: notStores(store => core.getOr(store, 'a' as never, 5)),
  },
  getOrInsert: {
    options: (options, { store }) => core.getOrInsert(store, 'a', () => bytes, options as never),
    bad: { signal: aborting },
    refuses: [
      [({ store }) => core.getOrInsert(store, 'a', bytes as never), 'function'],
      ...notStores(store => core.getOrInsert(store, 'a' as never, () => bytes as never)),
    ],
  },
  owning: {
    refuses: [
      [({ store }) => core.owning(store, 5 as never), '5'],
      ...notStores(store => core.owning(store, () => {})),
    ],
  },
  shared: { refuses: notStores(core.shared) },
  guarantees: { refuses: notStores(core.guarantees) },
  inner: { refuses: notStores(core.inner) },
  innerKey: {
    refuses: [
      [({ store }) => core.innerKey(store, 5 as never), 'not a value of type number'],
      ...notStores(store => core.innerKey(store, 'a' as never)),
    ],
  },
  readRange: {
    options: (options, { store }) => core.readRange(store, 'a', options as never),
    bad: { start: number, end: number, suffix: number, signal: aborting },
    refuses: notStores(store => core.readRange(store, 'a' as never, {})),
  },
  readStream: {
    options: (options, { store }) => core.readStream(store, 'a', options as never),
    bad: { start: number, end: number, suffix: number, signal: aborting },
    refuses: notStores(store => core.readStream(store, 'a' as never)),
  },
  rename: {
    options: (options, { store }) => core.rename(store, 'a', 'b', options as never),
    bad: { ifAbsent: flag, signal: aborting },
    refuses: notStores(store => core.rename(store, 'a' as never, 'b' as never)),
  },
  take: {
    options: (options, { store }) => core.take(store, 'a', options as never),
    bad: { unguarded: flag, signal: aborting },
    refuses: notStores(store => core.take(store, 'a' as never)),
  },
  update: {
    options: (options, { store }) => core.update(store, 'a', () => bytes, options as never),
    bad: { retries: [-1, 1.5, Number.NaN, '2'], signal: aborting },
    refuses: [
      [({ store }) => core.update(store, 'a', bytes as never), 'function'],
      ...notStores(store => core.update(store, 'a' as never, () => bytes as never)),
    ],
  },
  writeStream: {
    options: (options, { store }) => core.writeStream(store, 'a', [], options as never),
    bad: { size: number, ifAbsent: flag, ifMatch: [5, ''], signal: aborting },
    refuses: [
      [({ store }) => core.writeStream(store, 'a', 5 as never), 'iterable'],
      [({ store }) => core.writeStream(store, 'a', 'text' as never), 'iterable'],
      ...notStores(store => core.writeStream(store, 'a' as never, [])),
    ],
  },

  // Key codecs
  affix: {
    refuses: [
      [() => core.affix(5 as never, 'a'), '5'],
      [() => core.affix('a', undefined as never), 'undefined'],
    ],
  },
  commonPrefix: {
    refuses: [
      [() => core.commonPrefix('abc' as never), 'list of keys'],
      [() => core.commonPrefix([5] as never), '5'],
      [() => core.commonPrefix(5 as never), 'list of keys'],
    ],
  },
  composeKeys: {
    refuses: [
      [() => (core.composeKeys as () => unknown)(), 'at least one'],
      [() => core.composeKeys(prefix('a'), prefix as never), 'codec 2'],
      [() => core.composeKeys(text() as never, 5 as never), 'codec 2'],
    ],
  },
  invertKeys: {
    refuses: [
      [() => core.invertKeys(prefix as never), 'prefix()'],
      [() => core.invertKeys(5 as never), 'key codec'],
    ],
  },
  mappedKeys: {
    refuses: [
      [() => core.mappedKeys(null as never), 'mappedKeys'],
      [() => core.mappedKeys('ab' as never), 'mappedKeys'],
      [() => core.mappedKeys([5] as never), 'pairs'],
    ],
  },
  prefix: { refuses: [[() => prefix(5 as never), '5']] },
  segments: {
    refuses: [
      [() => core.segments(''), "''"],
      [() => core.segments({ separator: ':' } as never), 'separator'],
    ],
  },
  suffix: { refuses: [[() => core.suffix(null as never), 'null']] },
  template: {
    options: options => core.template('{a}', options as never),
    bad: { converters: [5, null, 'x'] },
    refuses: [
      [() => core.template('{a}', { converters: { x: {} as never } }), 'x needs both'],
      [() => core.template(5 as never), '5'],
      [() => core.template('a' as string), 'no field'],
    ],
  },

  // Value codecs
  base64: { options: options => core.base64(options as never), bad: { url: flag } },
  brotli: { options: options => core.brotli(options as never), ...compressing(11) },
  deflate: { options: options => core.deflate(options as never), ...compressing(9) },
  gzip: { options: options => core.gzip(options as never), ...compressing(9) },
  byExtension: {
    options: options => core.byExtension({ '.txt': text() }, options as never),
    bad: { fallback: [5, text, null] },
    refuses: [
      [() => core.byExtension({ txt: text() }), 'txt'],
      [() => core.byExtension({ '.txt': text as never }), '.txt'],
      [() => core.byExtension(null as never), 'byExtension'],
    ],
  },
  compose: {
    refuses: [
      [() => (core.compose as () => unknown)(), 'at least one'],
      [() => core.compose(json(), text as never), 'text()'],
      [() => core.compose(null as never), 'codec 1'],
    ],
  },
  field: { refuses: [[() => core.field(5 as never), '5']] },
  invert: { refuses: [[() => core.invert(text as never), 'text()']] },
  json: {
    options: options => json(options as never),
    bad: { space: [{}, true, null], replacer: [['a'], {}], reviver: ['a', null] },
  },
  lines: { because: 'it takes nothing' },
  schema: { refuses: [[() => core.schema({} as never), 'Standard Schema']] },
  text: { because: 'it takes nothing' },
  tupleRecord: {
    refuses: [
      [() => core.tupleRecord(['a', 'a']), 'different'],
      [() => core.tupleRecord('ab' as never), 'array'],
      [() => core.tupleRecord([5] as never), 'names'],
    ],
  },

  // The rest
  StoreError: { because: 'it is made by stores' },
  isStoreError: { because: 'it takes anything' },
}

describe('every export refuses what makes no sense, before any effect', () => {
  for (const { name, run } of everyExport({ module: { ...core, ...layers }, table, open, untouched }))
    it(name, run)
})
