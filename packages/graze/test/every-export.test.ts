import { memory, type Store } from '@kvdol/core'
import { type Exported, everyExport } from '@kvdol/test-support'
import { describe, it } from 'vitest'
import * as module from '../src/index.ts'
import { type GrazeOptions, graze, type InternetOptions, info, internet } from '../src/index.ts'

/** A store whose source and cache nobody may have asked. */
interface Subject {
  readonly store: Store<string, Uint8Array>
  readonly asked: string[]
}

function open(): Subject {
  const asked: string[] = []
  return { store: graze({ cache: memory(), source: url => void asked.push(url) }), asked }
}

function untouched({ asked }: Subject): void {
  if (asked.length > 0) throw new Error(`${asked.join(', ')} was fetched`)
}

const URL = 'https://example.org/a'
const flag = ['true', 0, null]
const callback = ['log', true, {}]
const milliseconds = [0, -1, 1.5, Number.NaN, '1', 2 ** 31]

const ofInternet: Exported<Subject>['bad'] = {
  headers: [
    5,
    'x',
    null,
    [],
    { host: 'x' },
    { range: 'bytes=0-' },
    { a: 'b\r\nc: d' },
    { a: 5 },
    { 'a b': 'c' },
  ],
  timeout: milliseconds,
  deadline: milliseconds,
  retries: [-1, 1.5, '2', null],
  limit: [-1, 1.5, '2', null],
  redirects: [-1, 101, 1.5, '2'],
  allow: ['private', true, null],
  lookup: callback,
  ca: ['PEM', [5], null],
  dispatcher: [{}, 'http://proxy', null],
}

const table: Record<string, Exported<Subject>> = {
  graze: {
    options: options => graze(withCache(options) as GrazeOptions),
    bad: {
      ...ofInternet,
      cache: [5, null, '', {}],
      application: ['', 5, null],
      source: [5, null, 'x', {}],
      maxAge: [-1, 1.5, '2', null],
      refresh: flag,
      revalidate: flag,
      freshness: ['never', true, null],
      onError: ['ignore', true, null],
      onStale: callback,
      onCacheError: callback,
      offline: flag,
      kind: ['pdf', 5, null],
      onProgress: callback,
      cacheKey: ['', 5, null],
      identity: ['', 5, null],
      routes: [{}, [{}], [5], null],
    },
    refuses: [
      [() => graze({ cache: new Map() as never }), 'fromMap(map)'],
      [() => graze({ cache: memory(), headers: () => ({}) }), 'identity'],
      [() => graze({ maxAge: 1, refresh: true }), 'maxAge and refresh'],
      [() => graze({ source: () => undefined, timeout: 1 }), 'timeout'],
      [({ store }) => store.get('relative'), 'whole URL'],
      [({ store }) => store.get('ftp://example.org/a'), 'http: and https:'],
      [({ store }) => store.get('https://ann:pass@example.org/'), 'headers'],
    ],
  },
  internet: {
    options: options => internet(options as InternetOptions),
    bad: ofInternet,
    refuses: [
      [() => internet({ dispatcher: { dispatch() {} } as never, allow: 'public' }), 'dispatcher and allow'],
      [() => internet().keys(), 'no list'],
      [() => internet().get('relative'), 'whole URL'],
    ],
  },
  info: {
    refuses: [
      [() => info(memory(), URL), 'not one of graze'],
      [() => info(new Map() as never, URL as never), 'fromMap(map)'],
      [({ store }) => info(store, 'relative'), 'whole URL'],
      [({ store }) => info(store, 5 as never), 'a key is a string'],
    ],
  },
  canonicalUrl: {
    refuses: [
      [() => module.canonicalUrl('example.org'), 'whole URL'],
      [() => module.canonicalUrl(''), 'whole URL'],
      [() => module.canonicalUrl(5 as never), 'whole URL'],
      [() => module.canonicalUrl(null as never), 'whole URL'],
      [() => module.canonicalUrl('file:///etc/passwd'), 'http: and https:'],
      [() => module.canonicalUrl(` ${URL}`), 'spaces'],
    ],
  },
  kindOf: {
    refuses: [
      [() => module.kindOf('<html>' as never), 'Uint8Array'],
      [() => module.kindOf(null as never), 'Uint8Array'],
      [() => module.kindOf([60, 104] as never), 'Uint8Array'],
    ],
  },
  defineRoute: {
    refuses: [
      ...[null, 5, {}, { name: 'x' }, { name: 'x', matches: true, target: () => URL }].map(
        route => [() => module.defineRoute(route as never), 'name, matches(url), target(url)'] as const,
      ),
    ],
  },
  noDownload: { because: 'it makes an error of whatever texts it is given' },
  shareLinks: { because: 'they are data' },
}

/** Options with a cache in memory, where they are options that name none. */
function withCache(options: unknown): unknown {
  return Object.prototype.toString.call(options) === '[object Object]'
    ? {
        ...(Object.hasOwn(options as object, 'application') ? {} : { cache: memory() }),
        ...(options as object),
      }
    : options
}

describe('every export refuses what it cannot heed', () => {
  for (const { name, run } of everyExport({ module, table, open, untouched })) it(name, run)
})
