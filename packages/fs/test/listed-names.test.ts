import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { children } from '@kvdol/core'
import { expect, it } from 'vitest'
import type { Entry, FsPort } from '../src/file/port.ts'
import { nodePort } from '../src/file/system-port.ts'
import { createFiles } from '../src/files.ts'
import { collect, sorted, temporaryFolder } from './support/helpers.ts'

/** The file system, which gives the first entry of a folder once more at the end: whole, or in two parts. */
function repeating(whole: boolean): FsPort {
  return {
    ...nodePort,
    async opendir(at, batch) {
      const folder = await nodePort.opendir(at, batch)
      const [first, ...rest] = await folder.next()
      const again: Entry[] = first === undefined ? [] : [first]
      const parts = whole ? [[...again, ...rest, ...again]] : [[...again, ...rest], again]
      return { whole, next: async () => parts.shift() ?? [], close: () => folder.close() }
    },
  }
}

it.each([
  [true, 'none', 'plain'],
  [false, 'none', 'plain'],
  [true, 'utf8-bytes', 'plain'],
  [false, 'none', 'encoded'],
] as const)(
  'a name that comes twice is listed once: whole %s, order %s, keys %s',
  async (whole, order, keys) => {
    const root = temporaryFolder()
    const store = createFiles(root, { order, keys }, repeating(whole))
    for (const key of ['a', 'b/c', 'b/d', 'e']) await store.set(key, new Uint8Array())
    expect(await sorted(store.keys())).toEqual(['a', 'b/c', 'b/d', 'e'])
    const level = (await collect(children(store))).map(child => JSON.stringify(child))
    expect(level.sort()).toEqual(['{"key":"a"}', '{"key":"e"}', '{"prefix":"b/"}'])
    expect(await collect(children(store, 'b/'))).toHaveLength(2)
  },
)

it.each(['none', 'utf8-bytes'] as const)(
  'children of a prefix that ends within a name, order %s',
  async order => {
    const root = temporaryFolder()
    mkdirSync(path.join(root, 'folder/fine'), { recursive: true })
    for (const name of ['folder/file', 'folder/other', 'folder/fine/x', 'fold'])
      writeFileSync(path.join(root, name), '')
    const store = createFiles(root, { order })
    const of = async (prefix: string) =>
      (await collect(children(store, prefix))).map(child => JSON.stringify(child)).sort()
    expect(await of('folder/fi')).toEqual(['{"key":"folder/file"}', '{"prefix":"folder/fine/"}'])
    expect(await of('fold')).toEqual(['{"key":"fold"}', '{"prefix":"folder/"}'])
    expect(await of('folder/..')).toEqual([])
    expect(await of('absent/')).toEqual([])
  },
)
