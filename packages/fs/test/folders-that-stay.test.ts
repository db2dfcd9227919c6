import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { rename, toArray, writeStream } from '@kvdol/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { nodePort } from '../src/file/system-port.ts'
import { createFiles, files } from '../src/files.ts'
import { bytes, temporaryFolder, text } from './support/helpers.ts'

let root = ''
beforeEach(() => {
  root = temporaryFolder()
})

const inRoot = (name: string) => path.join(root, name)

describe('a folder that was there', () => {
  it('stays when the last value in it is deleted, renamed or not written', async () => {
    mkdirSync(inRoot('photos/2026'), { recursive: true, mode: 0o750 })
    const store = files(root)
    await store.set('photos/2026/made/here/a', bytes('1'))
    await store.delete('photos/2026/made/here/a')
    expect(readdirSync(inRoot('photos/2026'))).toEqual([])
    await store.set('photos/2026/b', bytes('1'))
    await rename(store, 'photos/2026/b', 'c')
    const full = { rename: () => Promise.reject(Object.assign(new Error(), { code: 'ENOSPC' })) }
    const write = createFiles(root, {}, { ...nodePort, ...full }).set('photos/2026/d/e', bytes('1'))
    await expect(write).rejects.toMatchObject({ code: 'OutOfSpace' })
    expect(readdirSync(inRoot('photos/2026'))).toEqual([])
    expect(statSync(inRoot('photos')).mode & 0o777).toBe(0o750)
  })

  it('is not replaced by a value of its name', async () => {
    mkdirSync(inRoot('photos'), { mode: 0o750 })
    const store = files(root)
    await store.set('other', bytes('1'))
    const refused = { code: 'InvalidKey', reason: 'foreign', message: /empty folder.*remove it/ }
    await expect(store.set('photos', bytes('1'))).rejects.toMatchObject(refused)
    await expect(store.set('photos', bytes('1'), { ifAbsent: true })).rejects.toMatchObject(refused)
    await expect(writeStream(store, 'photos', [bytes('1')])).rejects.toMatchObject(refused)
    await expect(rename(store, 'other', 'photos')).rejects.toMatchObject(refused)
    expect(statSync(inRoot('photos')).mode & 0o777).toBe(0o750)
    expect(await toArray(store.keys())).toEqual(['other'])
  })

  it('stays also when another store had made it', async () => {
    await files(root).set('f/a', bytes('1'))
    await files(root).delete('f/a')
    expect(existsSync(inRoot('f'))).toBe(true)
  })
})

describe('a folder that the store has made', () => {
  it('goes with its last value', async () => {
    const store = files(root)
    await store.set('a/b/c', bytes('1'))
    await store.set('a/d', bytes('1'))
    await store.delete('a/b/c')
    expect(readdirSync(inRoot('a'))).toEqual(['d'])
    await rename(store, 'a/d', 'e')
    expect(readdirSync(root)).toEqual(['e'])
  })

  it('makes room for a value of its name when another store has emptied it', async () => {
    const store = files(root)
    await store.set('a/b', bytes('1'))
    await files(root).delete('a/b')
    await store.set('a', bytes('2'))
    expect(text(await store.get('a'))).toBe('2')
  })

  it('is no longer its own once it was removed', async () => {
    const store = files(root)
    await store.set('a/b', bytes('1'))
    await store.delete('a/b')
    mkdirSync(inRoot('a'))
    await expect(store.set('a', bytes('1'))).rejects.toMatchObject({ reason: 'foreign' })
    await store.set('a/b', bytes('1'))
    await store.delete('a/b')
    expect(readdirSync(root)).toEqual(['a'])
  })
})

it('with encoded keys every folder is a store’s', async () => {
  await files(root, { keys: 'encoded' }).set('a/b/c', bytes('1'))
  await files(root, { keys: 'encoded' }).delete('a/b/c')
  expect(readdirSync(root)).toEqual(['.kvdol'])
})
