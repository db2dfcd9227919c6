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
    options: (options, { store }) => core.drill(store, options as never),
    bad: { separator: ['', 5, null] },
    refuses: notStores(core.drill),
  },
  fromMap: {
    refuses: [
      [() => core.fromMap({} as never), 'new Map(Object.entries(object))'],
      [() => core.fromMap([['a', 1]] as never), 'Map'],
      [({ store }) => core.fromMap(store as never), 'Map'],
    ],
  },
  memory: { options: options => memory(options as never), bad: { order: ['sorted', 5, null] } },

  // Transforms
  at: {
    refuses: [
      [({ store }) => core.at(store, 'a'), "ends in '/'"],
      ...notStores(store => core.at(store, 'a/')),
    ],
  },
  dialect: {
    refuses: [
      [({ store }) => core.dialect(store, { load: 'gte' as never }), 'gte'],
      [({ store }) => core.dialect(store, 5 as never), 'names'],
      ...notStores(store => core.dialect(store, {})),
    ],
  },
  filterKeys: {
    refuses: [
      [() => core.filterKeys(5 as never), 'filterKeys takes a function'],
      [() => core.filterKeys(/a/ as never), 'matching(/a/)'],
      ...notStores(core.filterKeys(() => true) as never),
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

  layer: { refuses: notStores(store => layers.layer(store, 'x', {})) },
  sourced: {
    options: (options, { store }) => layers.sourced(store, () => bytes, options as never),
    bad: { onCacheError: ['log', null] },
    refuses: [
      [({ store }) => layers.sourced(store, 5 as never), 'function'],
      ...notStores(store => layers.sourced(store, () => undefined)),
    ],
  },

  // Operations
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
      [() => core.template('a'), 'no field'],
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
