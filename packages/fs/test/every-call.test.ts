import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { type ByteStore, isStoreError, remove, rename, update, writeStream } from '@kvdol/core'
import { openDescriptors } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import type { FsPort } from '../src/file/port.ts'
import { nodePort } from '../src/file/system-port.ts'
import { createFiles, files } from '../src/files.ts'
import { bytes, fastFolder } from './support/helpers.ts'

const value = bytes('new')

/** Writes of every kind. There is `old` at `f/a`, with this etag, and an empty folder `empty`. */
const WRITES: Readonly<Record<string, (store: ByteStore, etag: string) => Promise<unknown>>> = {
  set: store => store.set('f/a', value),
  'set in new folders': store => store.set('n/m/a', value),
  'set in a folder of the user': store => store.set('empty/a', value),
  'set if absent': store => store.set('n/a', value, { ifAbsent: true }),
  'set if it matches': (store, ifMatch) => store.set('f/a', value, { ifMatch }),
  update: store => update(store, 'f/a', () => value),
  writeStream: store => writeStream(store, 'n/m/a', [value, value]),
  delete: store => store.delete('f/a'),
  'delete if it matches': (store, ifMatch) => store.delete('f/a', { ifMatch }),
  remove: store => remove(store, 'f/a'),
  rename: store => rename(store, 'f/a', 'n/a'),
  'rename if absent': store => rename(store, 'f/a', 'n/a', { ifAbsent: true }),
}

/** Calls that do not reach the medium, or whose failure cannot fail a write. */
const NO_FAULT = new Set<string>([
  'lookAt',
  'release',
  'watch',
  'readSmall',
  'readPart',
  'platform',
  'descriptors',
])
const CALLS = Object.keys(nodePort).filter(name => !NO_FAULT.has(name))

/** The real file system, whose call number `at` of a kind fails; `failed` tells whether there was one. */
function failing(kind: string, at: number, code: string) {
  const fault = { armed: false, failed: false }
  let seen = 0
  const call = nodePort[kind as 'lstat'] as (...values: unknown[]) => unknown
  const fails = (...values: never[]) => {
    if (!fault.armed || seen++ !== at) return call(...values)
    fault.failed = true
    if (kind === 'close') void call(...values)
    const [from, to] = values.map((each: unknown) => (typeof each === 'string' ? { path: each } : {}))
    const error = Object.assign(new Error(code), {
      code,
      syscall: kind,
      ...from,
      ...(to?.path && { dest: to.path }),
    })
    if (kind === 'placeOf') throw error
    return Promise.reject(error)
  }
  return { fault, port: { ...nodePort, [kind]: fails } as FsPort }
}

/** All that lies in a folder, with contents. */
function picture(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).map(entry => {
    const at = path.join(entry.parentPath, entry.name)
    return [path.relative(folder, at), entry.isFile() ? readFileSync(at, 'latin1') : '/'] as const
  })
  return Object.fromEntries(entries.sort())
}

const isTemporary = (name: string) => path.basename(name).startsWith('.kvdol-')

describe.each(['plain', 'encoded'] as const)('with %s keys', keys => {
  describe.each(Object.entries(WRITES))('%s', (_, write) => {
    it('says what is true, whichever call of the file system fails', async () => {
      for (const kind of CALLS)
        for (let at = 0; ; at++) {
          const root = path.join(fastFolder(), 'root')
          await files(root, { keys }).set('f/a', bytes('old'))
          mkdirSync(path.join(root, 'empty'))
          const { fault, port } = failing(kind, at, 'EIO')
          const store = createFiles(root, { keys }, port)
          const etag = (await store.stat('f/a'))?.etag as string
          await store.set('begun', bytes(''))
          const [before, open] = [picture(root), openDescriptors()]
          fault.armed = true
          const error: unknown = await write(store, etag).then(
            () => undefined,
            thrown => thrown,
          )
          if (!fault.failed) break
          const where = `call ${at} of ${kind}`
          expect(openDescriptors(), where).toBe(open)
          if (error === undefined) continue
          if (!isStoreError(error)) throw error
          expect(error.code, where).toBe('Unavailable')
          expect(error.outcome, where).toBeDefined()
          if (error.outcome === 'not-applied') expect(picture(root), where).toEqual(before)
        }
    })
  })

  it('a full medium leaves nothing of a first write but the root', async () => {
    for (const kind of ['open', 'write', 'mkdir', 'link', 'rename', 'touch'])
      for (let at = 0; ; at++) {
        const above = fastFolder()
        const root = path.join(above, 'root')
        const { fault, port } = failing(kind, at, 'ENOSPC')
        fault.armed = true
        const error: unknown = await createFiles(root, { keys }, port)
          .set('n/m/a', value)
          .then(
            () => undefined,
            thrown => thrown,
          )
        if (!fault.failed) break
        const found = Object.keys(picture(above))
        expect(found.filter(isTemporary), `call ${at} of ${kind}`).toEqual([])
        if (error === undefined) continue
        expect(error).toMatchObject({ code: 'OutOfSpace', outcome: 'not-applied' })
        expect(found.filter(name => !/^root(\/\.kvdol)?$/.test(name))).toEqual([])
        // The store of the other kind is not kept away by a mark.
        if (keys === 'plain') expect(found).not.toContain('root/.kvdol')
        rmSync(above, { recursive: true })
      }
  })
})
