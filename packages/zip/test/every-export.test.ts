import { readdirSync } from 'node:fs'
import path from 'node:path'
import { fromMap, memory, type Reader, readOnly, type Store } from '@kvdol/core'
import { type Exported, everyExport } from '@kvdol/test-support'
import { describe, it } from 'vitest'
import * as zips from '../src/index.ts'
import { temporaryFolder } from './support/helpers.ts'

type Bytes = Store<string, Uint8Array>

/** An archive that is not there, in an empty folder, and a store that may not be touched. */
interface Subject {
  readonly root: string
  readonly file: string
  readonly held: Map<string, Uint8Array>
  readonly store: Bytes
}

function open(): Subject {
  const root = temporaryFolder()
  const held = new Map<string, Uint8Array>()
  return { root, file: path.join(root, 'a.zip'), held, store: fromMap(held) }
}

function untouched({ root, held }: Subject): void {
  const found = [...readdirSync(root), ...held.keys()]
  if (found.length > 0) throw new Error(`there is ${found.join(', ')}`)
}

const flag = ['true', 0, null]
const level = [-1, 10, 1.5, '6', null]
const limits = [5, null, { ratio: 0 }, { bytes: 10 }, { entries: -1 }]
const sources = [null, undefined, '', 'a\0b', 5, {}, [], { key: 'a' }, { store: memory() }, { size: () => 1 }]

const ofReading: NonNullable<Exported<Subject>['bad']> = {
  mustExist: flag,
  onForeign: [true, 'log'],
  unsafe: ['yes', true],
  duplicates: ['all', true],
  names: ['latin1', true],
  limits,
}

const ofZip: NonNullable<Exported<Subject>['bad']> = {
  ...ofReading,
  level,
  deterministic: flag,
  overwrite: flag,
  autoFlush: flag,
  sync: ['yes', true],
  timeout: [0, -1, 1.5, '1', null],
}

const noStore = [undefined, null, 5, 'text', {}, new Map()]
const aStore = /no store|store/

const table: Record<string, Exported<Subject>> = {
  zip: {
    options: (options, { file }) => zips.zip(file, options as object),
    bad: ofZip,
    refuses: [
      ...sources.map(source => [() => zips.zip(source as never), /zip: the (source|path)/] as const),
      [() => zips.zip('https://127.0.0.1/a.zip'), 'internet()'],
      [() => zips.zip(new URL('ftp://127.0.0.1/a.zip')), 'file:'],
    ],
  },
  archived: { options: options => zips.archived(options as object), bad: { ...ofReading, level } },
  zipped: {
    options: options => zips.zipped(options as object),
    bad: { name: ['', 5, null], level, limits },
  },
  zips: {
    options: (options, { store }) => zips.zips(store as Reader<string, Uint8Array>, options as object),
    bad: ofReading,
    refuses: [
      [() => zips.zips({ nonsense: 1 } as never), 'nonsense'],
      ...[undefined, null, 5, 'text', {}].map(store => [() => zips.zips()(store as never), aStore] as const),
    ],
  },
  mergedZips: {
    options: (options, { file }) => zips.mergedZips([file], options as object),
    bad: ofReading,
    refuses: [
      ...sources
        .filter(source => !Array.isArray(source))
        .map(source => [() => zips.mergedZips([source as never]), /zip: the (source|path)/] as const),
      ...[undefined, null, 5, {}].map(list => [() => zips.mergedZips(list as never), 'sources'] as const),
    ],
  },
  zipFolders: { refuses: noStore.map(store => [() => zips.zipFolders(store as never), aStore] as const) },
  zipOf: {
    options: (options, { store }) => zips.zipOf(store, options as object),
    bad: { prefix: [5, null, {}], level, deterministic: flag, signal: ['now', 5, {}, null] },
    refuses: noStore.map(store => [() => zips.zipOf(store as never), aStore] as const),
  },
  unzipTo: {
    options: (options, { store }) => zips.unzipTo(memory(), store, options as object),
    bad: {
      unsafe: ['no', true, null],
      concurrency: [0, -1, 1.5, '4', null],
      signal: ['now', 5, {}, null],
    },
    refuses: [
      ...sources.map(
        source =>
          [({ store }: Subject) => zips.unzipTo(source as never, store), /zip: the (source|path)/] as const,
      ),
      ...noStore.map(store => [() => zips.unzipTo(memory(), store as never), aStore] as const),
      [({ store }) => zips.unzipTo(memory(), readOnly(store) as never), 'read'],
    ],
  },
  flush: { refuses: noStore.map(store => [() => zips.flush(store as never), aStore] as const) },
  discard: { refuses: noStore.map(store => [() => zips.discard(store as never), aStore] as const) },
  entryInfo: {
    refuses: [
      ...noStore.map(store => [() => zips.entryInfo(store as never, 'a' as never), aStore] as const),
      [({ store }) => zips.entryInfo(store, 'a'), 'no archive'],
      [({ file }) => zips.entryInfo(zips.zip(file), ''), 'key'],
      [({ file }) => zips.entryInfo(zips.zip(file), 7 as never), 'key'],
    ],
  },
  withoutMacJunk: { because: 'it is a predicate, which stores ask about their keys' },
}

describe('every export refuses what it cannot heed', () => {
  for (const { name, run } of everyExport({ module: zips, table, open, untouched })) it(name, run)
})
