import { opendir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { files } from '@kvdol/fs'
import { type Entry, ours, peer, raw } from '../entry.ts'
import { flydriveOver, opendalOver, unstorageOver } from '../peers/file-stores.ts'
import type { Row } from '../row.ts'
import { folderName, type Scratch } from '../scratch.ts'
import { timedRow } from '../timed-row.ts'

const FILES = 10_000
const FOLDERS = 100
const FIRST = 10
const FOLDER = folderName(50)

/** Listing 10,000 files: all, those of one folder, and the first few. */
export const fileListingRows: readonly Row[] = [
  timedRow('list 10,000 files in 100 folders', 1.3, listAll),
  timedRow('list the 100 files of one folder of 10,000', 1.5, listFolder),
  timedRow('first 10 keys of 10,000 in 100 folders', 2, firstKeys),
  timedRow('first 10 keys of 10,000 in one folder', 2, firstKeysOfOneFolder),
]

function listAll(scratch: Scratch): Entry[] {
  const root = scratch.tree(FILES, FOLDERS)
  return [
    raw(
      'readdir, recursive, with types',
      () => () => readdir(root, { recursive: true, withFileTypes: true }),
    ),
    ours('files', () => {
      const store = files(root)
      return () => count(store.keys())
    }),
    peer('unstorage', 'fs-lite', async () => {
      const storage = await unstorageOver(root)
      return () => storage.getKeys()
    }),
    peer('flydrive', '', async () => {
      const disk = await flydriveOver(root)
      return async () => [...(await disk.listAll('', { recursive: true })).objects]
    }),
    peer('opendal', '', () => {
      const operator = opendalOver(root)
      return async () => (await operator.list('', { recursive: true })).map(entry => entry.path())
    }),
  ]
}

function listFolder(scratch: Scratch): Entry[] {
  const root = scratch.tree(FILES, FOLDERS)
  return [
    raw(
      'readdir of the folder, with types',
      () => () => readdir(join(root, FOLDER), { withFileTypes: true }),
    ),
    ours('files', () => {
      const store = files(root)
      return () => count(store.keys({ prefix: `${FOLDER}/` }))
    }),
    peer('unstorage', 'fs-lite', async () => {
      const storage = await unstorageOver(root)
      return () => storage.getKeys(`${FOLDER}:`)
    }),
    peer('flydrive', '', async () => {
      const disk = await flydriveOver(root)
      return async () => [...(await disk.listAll(`${FOLDER}/`, { recursive: true })).objects]
    }),
    peer('opendal', '', () => {
      const operator = opendalOver(root)
      return async () => (await operator.list(`${FOLDER}/`)).map(entry => entry.path())
    }),
  ]
}

function firstKeys(scratch: Scratch): Entry[] {
  const root = scratch.tree(FILES, FOLDERS)
  return [
    raw('opendir twice', () => async () => {
      const [folder] = await names(root, 1)
      return await names(join(root, folder!), FIRST)
    }),
    ...firstThroughStores(root),
  ]
}

function firstKeysOfOneFolder(scratch: Scratch): Entry[] {
  const root = scratch.tree(FILES, 1)
  const folder = folderName(0)
  return [
    raw('opendir', () => () => names(join(root, folder), FIRST)),
    ...firstThroughStores(join(root, folder)),
  ]
}

function firstThroughStores(root: string): Entry[] {
  return [
    ours('files', () => {
      const store = files(root)
      return () => count(store.keys({ limit: FIRST }))
    }),
    peer('unstorage', 'fs-lite, lists all', async () => {
      const storage = await unstorageOver(root)
      return () => storage.getKeys()
    }),
    peer('opendal', 'lists all', () => {
      const operator = opendalOver(root)
      return () => operator.list('', { recursive: true, limit: FIRST })
    }),
  ]
}

/** The first names of a folder, in the order of the file system. */
async function names(folder: string, limit: number): Promise<string[]> {
  const found: string[] = []
  for await (const { name } of await opendir(folder)) {
    found.push(name)
    if (found.length === limit) break
  }
  return found
}

async function count(keys: AsyncIterable<string>): Promise<number> {
  let found = 0
  for await (const _ of keys) found++
  return found
}
