import { memory, type Store } from '@kvdol/core'
import { type Exported, everyExport } from '@kvdol/test-support'
import { describe, it } from 'vitest'
import * as module from '../src/index.ts'
import {
  type DropboxOptions,
  dropbox,
  type SharedLinkOptions,
  sharedLink,
  temporaryLink,
} from '../src/index.ts'

/** A store that nothing answers. */
interface Subject {
  readonly store: Store<string, Uint8Array>
}

const token = 'canary'
const url = 'https://www.dropbox.com/scl/fo/abc'
const nowhere = { apiUrl: 'http://127.0.0.1:1', contentUrl: 'http://127.0.0.1:1' }
const flag = ['true', 0, null]
const milliseconds = [0, -1, 1.5, Number.NaN, '1', 2 ** 31]
const urls = ['', 'api.dropboxapi.com', 'ftp://a', 'https://a/b', 'https://u:p@a', 5, null]

const connection: Exported<Subject>['bad'] = {
  token: [5, null, '', 'two words', 'a\nb'],
  timeout: milliseconds,
  apiUrl: urls,
  contentUrl: urls,
}

const wrongRefresh = [
  {},
  { clientId: 'a' },
  { clientId: 'a', refreshToken: '' },
  { clientId: 'a', refreshToken: 'b', nonsense: 1 },
  5,
  null,
]

const table: Record<string, Exported<Subject>> = {
  dropbox: {
    options: options => dropbox(withToken(options) as DropboxOptions),
    bad: {
      ...connection,
      root: ['a\\b', 'a//b', '../a', 'a/.', 'a\0', 'a ', '\ud800', 7, null],
      keys: ['raw', 'Encoded', true],
      pathRoot: ['', 'root', 5, null],
      singleUpload: [0, -1, 1.5, 151 * 1024 ** 2, '1'],
      allowClear: flag,
      onForeign: [true, 'log'],
    },
    refuses: [
      [() => dropbox({}), 'token or refresh is missing'],
      [() => dropbox({ token, refresh: { clientId: 'a', refreshToken: 'b' } }), 'not both'],
      ...wrongRefresh.map(refresh => [() => dropbox({ refresh } as never), 'refresh'] as const),
    ],
  },
  sharedLink: {
    options: options => sharedLink(url, withToken(options) as SharedLinkOptions),
    bad: { ...connection, password: [5, null], onForeign: [true] },
    refuses: [
      [() => sharedLink(url, {}), 'token or refresh is missing'],
      ...['', 'dropbox', 'http://www.dropbox.com/x', 5, null].map(
        each => [() => sharedLink(each as string, { token }), 'https URL'] as const,
      ),
    ],
  },
  temporaryLink: {
    options: (options, { store }) => temporaryLink(store, 'a', options as object),
    bad: { signal: ['now', 5, {}, null] },
    refuses: [
      [({ store }) => temporaryLink(store, ''), 'key'],
      [({ store }) => temporaryLink(store, 7 as never), 'key'],
      [() => temporaryLink(memory(), 'a'), 'takes a store that dropbox has made'],
    ],
  },
}

/** Options that lack nothing, where they are options. */
function withToken(options: unknown): unknown {
  return Object.prototype.toString.call(options) === '[object Object]'
    ? { token, ...(options as object) }
    : options
}

describe('every export refuses what it cannot heed', () => {
  const open = () => ({ store: dropbox({ token, ...nowhere }) })
  for (const { name, run } of everyExport({ module, table, open })) it(name, run)
})
