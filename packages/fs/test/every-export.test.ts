import { readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type Exported, everyExport } from '@kvdol/test-support'
import { describe, it } from 'vitest'
import * as file from '../src/file/index.ts'
import * as fs from '../src/index.ts'
import { temporaryFolder } from './support/helpers.ts'

/** A folder with one file, in which nothing may be made. */
interface Subject {
  readonly root: string
  readonly missing: string
}

function open(): Subject {
  const root = temporaryFolder()
  writeFileSync(path.join(root, 'a'), 'value')
  return { root, missing: path.join(root, 'missing') }
}

function untouched({ root }: Subject): void {
  const found = readdirSync(root)
  if (found.join() !== 'a') throw new Error(`there is ${found.join(', ')}`)
}

const flag = ['true', 0, null]
const levels = [-1, 1.5, Number.NaN, '1', null]
const roots = ['', 'a\0b', '~', '~/notes', 7, null, undefined, {}]

const ofFiles: NonNullable<Exported<Subject>['bad']> = {
  keys: ['raw', 'Encoded', true],
  hidden: flag,
  maxLevels: levels,
  createFolders: flag,
  maxNewFolders: levels,
  sync: ['yes', true],
  followSymlinks: flag,
  onForeign: [true, 'log'],
  remove: ['bin', true, null],
  pattern: ['', 7, {}, { matches: true }],
  mustExist: flag,
  mode: [-1, 0o1000, 1.5, '644'],
  order: ['utf8', true],
  allowClear: flag,
}

const { keys: _, pattern: __, ...ofFolders } = ofFiles

function badRoots(call: (root: never) => unknown): NonNullable<Exported<Subject>['refuses']> {
  const said = /root is the path|only shells know/
  return [
    ...roots.map(root => [() => call(root as never), said] as const),
    [() => call(new URL('http://a/b') as never), /file/],
  ]
}

const table: Record<string, Exported<Subject>> = {
  files: {
    options: (options, { missing }) => fs.files(missing, options as object),
    bad: ofFiles,
    refuses: badRoots(root => fs.files(root)),
  },
  folders: {
    options: (options, { missing }) => fs.folders(missing, options as never),
    bad: { ...ofFolders, open: [true, 'files', {}] },
    refuses: [
      ...badRoots(root => fs.folders(root)),
      [({ missing }) => fs.folders(missing, { keys: 'encoded' } as never), 'keys'],
      [({ missing }) => fs.folders(missing, { pattern: '{a}' } as never), 'pattern'],
    ],
  },
  jsonFiles: {
    options: (options, { missing }) => fs.jsonFiles(missing, options as object),
    bad: {
      ...ofFiles,
      hideExtension: [...flag, 'yes'],
      space: [true, {}],
      replacer: [true, 'x'],
      reviver: [true, {}],
    },
    refuses: badRoots(root => fs.jsonFiles(root)),
  },
  textFiles: {
    options: (options, { missing }) => fs.textFiles(missing, options as object),
    bad: ofFiles,
    refuses: badRoots(root => fs.textFiles(root)),
  },
  quickStore: {
    options: (options, { missing }) => fs.quickStore('app', withRoot(options, missing) as object),
    bad: { values: ['yaml', true, null], root: ['', 7, null] },
    refuses: [
      [({ missing }) => fs.quickStore('', { root: missing }), 'name'],
      [({ missing }) => fs.quickStore(7 as never, { root: missing }), 'name'],
      [({ missing }) => fs.quickStore('\ud800', { root: missing }), 'name'],
      [({ missing }) => fs.quickStore(null as never, { root: missing }), 'name'],
    ],
  },
}

/** Options that lie in a folder of the test, where they are options. */
function withRoot(options: unknown, root: string): unknown {
  const plain = Object.prototype.toString.call(options) === '[object Object]'
  return plain ? { root, ...(options as object) } : options
}

const lease = [0, -1, 1.5, '10', Number.POSITIVE_INFINITY]
const ofLocks: NonNullable<Exported<Subject>['bad']> = {
  lease,
  wait: [-1, 1.5, Number.NaN, '10'],
  signal: ['now', {}, 5],
  host: [{}, 'here', { clock: 1 }],
}
const locks = file.fileLocks()
const data = { because: 'it is data' }
const forPorts = { because: 'it is called by ports alone, with names that they were given' }

const single: Record<string, Exported<Subject>> = {
  openFile: {
    refuses: [
      [() => file.openFile(7 as never), 'path'],
      [() => file.openFile('a\0b'), 'path'],
    ],
  },
  updateFile: {
    options: (options, { missing }) => file.updateFile(missing, async () => undefined, options as object),
    bad: { ...ofLocks, sync: ['yes', true], port: [{}, 'disk'] },
    refuses: [[() => file.updateFile(7 as never, async () => undefined), 'path']],
  },
  withLock: {
    options: (options, { missing }) => file.withLock(locks, missing, async () => {}, options as object),
    bad: ofLocks,
  },
  breakAbandoned: {
    options: (options, { missing }) => file.breakAbandoned(locks, missing, options as object),
    bad: { lease, host: ofLocks.host as unknown[] },
  },
  sweep: {
    options: (options, { root }) => file.sweep(locks, `${root}/`, '.kvdol-k-0', options as object),
    bad: { lease, host: ofLocks.host as unknown[] },
  },
  LEASE: data,
  leaseHost: data,
  localHost: data,
  nativeFileErrors: data,
  nodePort: data,
  systemPort: forPorts,
  systemClock: data,
  thisProcess: data,
  Sightings: { because: 'it takes nothing' },
  temporaryName: { because: 'it takes nothing' },
  fileErrorOf: { because: 'it gives undefined for what is no error of the system' },
  fileLocks: forPorts,
  inTurn: forPorts,
  isInternal: forPorts,
  lockNameOf: forPorts,
}

describe('every export refuses what it cannot heed', () => {
  for (const { name, run } of everyExport({ module: fs, table, open, untouched })) it(name, run)
  for (const { name, run } of everyExport({ module: file, table: single, open, untouched }))
    it(`file: ${name}`, run)
})
