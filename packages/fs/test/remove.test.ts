import { mkdirSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { remove } from '@kvdol/core'
import { expect, it } from 'vitest'
import type { FsPort } from '../src/file/port.ts'
import { nodePort } from '../src/file/system-port.ts'
import { createFiles, files } from '../src/files.ts'
import { bytes, temporaryFolder } from './support/helpers.ts'

it.each(['plain', 'encoded'] as const)('of many stores with %s keys one removes a value', async keys => {
  const root = temporaryFolder()
  const stores = Array.from({ length: 8 }, () => files(root, { keys }))
  const [store = files(root)] = stores
  expect(await remove(store, 'f/none')).toBe(false)
  for (let round = 0; round < 20; round++) {
    await store.set('f/a', bytes('1'))
    const told = await Promise.all(stores.map(each => remove(each, 'f/a')))
    expect(told.filter(Boolean)).toHaveLength(1)
  }
  expect(await remove(store, 'f/a')).toBe(false)
})

it('a folder is no value, and is put back when it comes between', async () => {
  const root = temporaryFolder()
  mkdirSync(path.join(root, 'folder'))
  await files(root).set('a', bytes('1'))
  expect(await remove(files(root), 'folder')).toBe(false)
  const port: FsPort = {
    ...nodePort,
    async rename(from, to) {
      if (from.endsWith('/a')) {
        await nodePort.unlink(from)
        mkdirSync(from)
      }
      await nodePort.rename(from, to)
    },
  }
  expect(await remove(createFiles(root, {}, port), 'a')).toBe(false)
  expect(readdirSync(root).sort()).toEqual(['a', 'folder'])
})

it('a value that somebody else deletes in between was not there to remove', async () => {
  const root = temporaryFolder()
  await files(root).set('a', bytes('1'))
  const port: FsPort = {
    ...nodePort,
    async rename(from, to) {
      await nodePort.unlink(from)
      await nodePort.rename(from, to)
    },
  }
  expect(await remove(createFiles(root, {}, port), 'a')).toBe(false)
})

it('asks nothing more than a delete', async () => {
  const root = temporaryFolder()
  const calls: string[] = []
  const counted = new Proxy(nodePort, {
    get(port, name: keyof FsPort) {
      calls.push(name)
      return port[name]
    },
  })
  const store = createFiles(root, {}, counted)
  await store.set('a', bytes('1'))
  await store.set('b', bytes('1'))
  calls.length = 0
  await store.delete('a')
  const deleting = calls.splice(0)
  expect(await remove(store, 'b')).toBe(true)
  expect(calls).toEqual(deleting)
})

it.each(['trash by a function', 'permanent'])('tells with remove: %s', async way => {
  const root = temporaryFolder()
  const gone: string[] = []
  const move = async (file: string) => {
    gone.push(file)
    await nodePort.unlink(file)
  }
  const store = files(root, { remove: way === 'permanent' ? way : move })
  await store.set('a', bytes('1'))
  expect(await remove(store, 'a')).toBe(true)
  expect(await remove(store, 'a')).toBe(false)
  expect(gone).toHaveLength(way === 'permanent' ? 0 : 1)
})
