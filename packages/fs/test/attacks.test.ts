import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { clear, first, readStream, rename } from '@kvdol/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { type FilesOptions, type ForeignEntry, files, folders } from '../src/index.ts'
import { bytes, collect, sorted, temporaryFolder, text } from './support/helpers.ts'

let around = ''
let root = ''
const inRoot = (name: string) => path.join(root, name)
const outside = (name: string) => path.join(around, name)

beforeEach(() => {
  around = temporaryFolder()
  root = path.join(around, 'r')
  mkdirSync(root)
  mkdirSync(outside('r-evil'))
  for (const name of ['r-evil/x', 'canary', 'rx']) writeFileSync(outside(name), 'canary')
})

describe.each(['plain', 'encoded'] as const)('keys that look like paths to elsewhere, %s', keys => {
  it.each([
    '..',
    '../canary',
    'a/../../canary',
    '../r-evil/x',
    '/etc/passwd',
    'C:\\x',
    '\\\\host\\x',
    '..\\canary',
    '．．/canary',
  ])('%j reaches nothing outside', async key => {
    const store = files(root, { keys })
    const outcome = await store.set(key, bytes('evil')).then(
      () => 'stored',
      error => error.code,
    )
    expect(outcome).toBe(keys === 'encoded' || key.startsWith('．') ? 'stored' : 'InvalidKey')
    if (outcome === 'stored') expect(text(await store.get(key))).toBe('evil')
    await collect(store.keys({ prefix: key }))
    await files(root, { keys, order: 'utf8-bytes' }).keys({ after: key })[Symbol.asyncIterator]().next()
    await store.delete(key).catch(() => {})
    for (const name of ['canary', 'r-evil/x', 'rx'])
      expect(readFileSync(outside(name), 'utf8')).toBe('canary')
    expect(readdirSync(around).sort()).toEqual(['canary', 'r', 'r-evil', 'rx'])
  })
})

describe('symbolic links', () => {
  beforeEach(() => {
    symlinkSync(outside('canary'), inRoot('file'))
    symlinkSync(outside('r-evil'), inRoot('folder'))
    symlinkSync('nowhere', inRoot('dangling'))
  })

  it.each(['file', 'dangling', 'folder', 'folder/x', 'folder/new', 'folder/deep/new'])(
    '%s is not followed',
    async key => {
      const store = files(root)
      const calls = [
        () => store.get(key),
        () => store.has(key),
        () => store.stat(key),
        () => readStream(store, key),
        () => store.set(key, bytes('evil')),
        () => store.set(key, bytes('evil'), { ifAbsent: true }),
        () => store.delete(key),
        () => rename(store, key, 'elsewhere'),
      ]
      for (const call of calls)
        await expect(call()).rejects.toMatchObject({ code: 'InvalidKey', reason: 'symlink' })
      expect(readFileSync(outside('canary'), 'utf8')).toBe('canary')
      expect(readdirSync(outside('r-evil'))).toEqual(['x'])
      expect(readdirSync(root).sort()).toEqual(['dangling', 'file', 'folder'])
    },
  )

  it('are left out of listings and reported', async () => {
    const foreign: ForeignEntry[] = []
    const store = files(root, { onForeign: entry => foreign.push(entry) })
    await store.set('own', bytes('x'))
    expect(await collect(store.keys())).toEqual(['own'])
    expect(foreign.map(({ path, kind }) => `${path} ${kind}`).sort()).toEqual([
      'dangling symlink',
      'file symlink',
      'folder symlink',
    ])
  })

  it('are followed when asked for, also in a circle', async () => {
    symlinkSync('.', inRoot('circle'))
    const store = files(root, { followSymlinks: true })
    expect(text(await store.get('file'))).toBe('canary')
    expect(text(await store.get('folder/x'))).toBe('canary')
    expect(await sorted(store.keys())).toEqual(['file', 'folder/x'])
    await store.set('file', bytes('new'))
    expect(readFileSync(outside('canary'), 'utf8')).toBe('new')
  })

  it('put in the place of a folder while it is used never lead outside', async () => {
    mkdirSync(inRoot('real'))
    writeFileSync(inRoot('real/x'), 'mine')
    const store = files(root)
    let racing = true
    const swap = async () => {
      while (racing) {
        try {
          renameSync(inRoot('real'), inRoot('aside'))
          symlinkSync(outside('r-evil'), inRoot('real'))
          await new Promise(setImmediate)
          unlinkSync(inRoot('real'))
          if (existsSync(inRoot('aside'))) renameSync(inRoot('aside'), inRoot('real'))
        } catch {
          // The store has made the folder meanwhile.
        }
        await new Promise(setImmediate)
      }
    }
    const swapping = swap()
    const found = new Set<string | undefined>()
    for (let round = 0; round < 150; round++) {
      const value = await store.get('real/x').catch(() => undefined)
      found.add(text(value))
      await store.set(`real/new${round}`, bytes('evil')).catch(() => {})
      await store.delete('real/x').catch(() => {})
      if (existsSync(inRoot('real'))) await store.set('real/x', bytes('mine')).catch(() => {})
    }
    racing = false
    await swapping
    expect(found).not.toContain('canary')
    expect(readdirSync(outside('r-evil'))).toEqual(['x'])
    expect(readFileSync(outside('r-evil/x'), 'utf8')).toBe('canary')
  })
})

describe('things that are no values', () => {
  it('a folder at the key is none: reading finds nothing, writing is refused', async () => {
    mkdirSync(inRoot('empty'))
    const store = files(root)
    await store.set('a/b', bytes('x'))
    expect([await store.get('a'), await store.has('a'), await store.stat('a')]).toEqual([
      undefined,
      false,
      undefined,
    ])
    await store.delete('a')
    await expect(store.set('a', bytes('x'))).rejects.toMatchObject({
      code: 'InvalidKey',
      reason: 'prefix-of-other',
    })
    await expect(store.set('a', bytes('x'), { ifAbsent: true })).rejects.toMatchObject({
      reason: 'prefix-of-other',
    })
    await expect(store.set('a/b/c', bytes('x'))).rejects.toMatchObject({ reason: 'prefix-of-other' })
    expect(await store.get('a/b/c')).toBe(undefined)
    await expect(store.set('empty', bytes('x'))).rejects.toMatchObject({ reason: 'foreign' })
    expect(await sorted(store.keys())).toEqual(['a/b'])
  })

  it('pipes, sockets and undecodable names do not hang or hide the rest', async () => {
    execFileSync('mkfifo', [inRoot('pipe')])
    const server = createServer()
    await new Promise<void>(resolve => server.listen(inRoot('socket'), resolve))
    const undecodable = process.platform === 'linux'
    if (undecodable) writeFileSync(Buffer.concat([Buffer.from(`${root}/bad`), Buffer.from([0xff])]), 'x')
    writeFileSync(inRoot('real\ufffd'), 'x')
    const foreign: string[] = []
    const store = files(root, { onForeign: ({ path, kind }) => foreign.push(`${path} ${kind}`) })
    await store.set('own', bytes('x'))
    expect(await sorted(store.keys())).toEqual(['own', 'real\ufffd'])
    expect(foreign.sort()).toEqual([...(undecodable ? ['bad\ufffd name'] : []), 'pipe other', 'socket other'])
    for (const key of ['pipe', 'socket']) {
      for (const call of [
        () => store.get(key),
        () => store.has(key),
        () => store.set(key, bytes('')),
        () => store.delete(key),
      ])
        await expect(call()).rejects.toMatchObject({ code: 'InvalidKey', reason: 'foreign' })
    }
    await new Promise(resolve => server.close(resolve))
  })
})

describe('permissions', () => {
  const modeOf = (name: string) => statSync(inRoot(name)).mode & 0o777
  const withUmask = async (mask: number, work: () => Promise<void>) => {
    const before = process.umask(mask)
    try {
      await work()
    } finally {
      process.umask(before)
    }
  }

  it.each([
    [0o000, {}, 0o666],
    [0o077, {}, 0o600],
    [0o022, {}, 0o644],
    [0o000, { mode: 0o600 }, 0o600],
    [0o077, { mode: 0o644 }, 0o644],
  ] as [number, FilesOptions, number][])('umask %o and %j give %o', async (mask, options, expected) => {
    await withUmask(mask, async () => {
      await files(root, options).set('new', bytes('x'))
      expect(modeOf('new')).toBe(expected)
    })
  })

  it('of a replaced file stay', async () => {
    writeFileSync(inRoot('secret'), 'old')
    chmodSync(inRoot('secret'), 0o640)
    await withUmask(0, () => files(root).set('secret', bytes('new')))
    expect(modeOf('secret')).toBe(0o640)
  })
})

describe('the folder as a whole', () => {
  it('is not emptied unless that was allowed', async () => {
    const store = files(root)
    await store.set('a/b', bytes('x'))
    await expect(clear(store, { confirm: true })).rejects.toMatchObject({ code: 'Unsupported' })
    await clear(store, { prefix: 'a/' })
    await files(root).set('c', bytes('x'))
    await clear(files(root, { allowClear: true }), { confirm: true })
    expect(readdirSync(root)).toEqual([])
  })

  it('lists large folders: the first keys come without the rest', async () => {
    for (let index = 0; index < 20_000; index++) writeFileSync(inRoot(`key-with-a-long-name-${index}`), '')
    const store = files(root)
    expect(await first(store)).toHaveLength(2)
    expect(await store.size()).toBe(20_000)
  })

  it('is not taken for empty when part of it cannot be read', async context => {
    if (process.getuid?.() === 0) context.skip('root reads everything; see the same with an injected fault')
    mkdirSync(inRoot('closed'))
    chmodSync(inRoot('closed'), 0)
    await expect(collect(files(root).keys())).rejects.toMatchObject({ code: 'PermissionDenied' })
    chmodSync(inRoot('closed'), 0o700)
  })

  it('may be missing, unless it must exist', async () => {
    const missing = path.join(around, 'not', 'yet')
    const store = files(missing)
    expect(await collect(store.keys())).toEqual([])
    expect(await store.get('a')).toBe(undefined)
    await store.delete('a')
    expect(existsSync(missing)).toBe(false)
    await expect(files(missing, { mustExist: true }).get('a')).rejects.toMatchObject({ code: 'Unavailable' })
    await expect(files(missing, { createFolders: false }).set('a', bytes(''))).rejects.toMatchObject({
      reason: 'no-folder',
    })
    await expect(files(missing, { maxNewFolders: 1 }).set('a', bytes(''))).rejects.toMatchObject({
      reason: 'new-folders',
    })
    expect(existsSync(path.dirname(missing))).toBe(false)
    await store.set('a', bytes('x'))
    expect(await collect(store.keys())).toEqual(['a'])
  })
})

it('folders leave out and report what is no name of a folder, as listings of keys do', async () => {
  for (const name of ['good', 'trailing.', '.hidden'])
    mkdirSync(path.join(root, name, 'below'), { recursive: true })
  mkdirSync(Buffer.concat([Buffer.from(`${root}/caf`), Buffer.from([0xe9])]))
  symlinkSync('good', path.join(root, 'link'))
  writeFileSync(path.join(root, 'file'), '')
  const foreign: ForeignEntry[] = []
  const found = folders(root, { onForeign: entry => void foreign.push(entry) })
  expect(await sorted(found.keys())).toEqual(['good', 'good/below'])
  expect(foreign.sort((a, b) => (a.path < b.path ? -1 : 1))).toEqual([
    { path: 'caf\ufffd', kind: 'name' },
    { path: 'link', kind: 'symlink' },
    { path: 'trailing.', kind: 'name' },
  ])
})
