import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { writeStream } from '@kvdol/core'
import { beforeEach, describe, expect, it } from 'vitest'
import type { FsPort } from '../src/file/port.ts'
import { nodePort } from '../src/file/system-port.ts'
import { createFiles, files } from '../src/files.ts'
import { bytes, sorted, temporaryFolder, text } from './support/helpers.ts'

let around = ''
let root = ''
beforeEach(() => {
  around = temporaryFolder()
  root = path.join(around, 'root')
})

describe.each(['plain', 'encoded'] as const)(
  'a root with %s keys that is removed while its store is open',
  keys => {
    it.each(['a', 'deep/er/a'])('is made again by the next write of %s, with its mark', async key => {
      const store = files(root, { keys })
      await store.set('before', bytes('x'))
      await store.set(key, bytes('x'))
      rmSync(root, { recursive: true })
      expect(await store.get(key)).toBe(undefined)
      await store.delete(key)
      await store.set(key, bytes('again'))
      expect(readdirSync(root).includes('.kvdol')).toBe(keys === 'encoded')
      expect(text(await files(root, { keys }).get(key))).toBe('again')
    })

    it('is made again once by many writes', async () => {
      const store = files(root, { keys })
      await store.set('before', bytes('x'))
      rmSync(root, { recursive: true })
      const names = Array.from({ length: 20 }, (_, index) => (index % 2 ? `k${index}` : `f/k${index}`))
      await Promise.all([
        ...names.map(key => store.set(key, bytes(key))),
        writeStream(store, 'stream', [bytes('a'), bytes('b')]),
      ])
      expect(await sorted(files(root, { keys }).keys())).toEqual([...names, 'stream'].sort())
      expect(readdirSync(root).includes('.kvdol')).toBe(keys === 'encoded')
    })

    it('is found again where the link to it leads now', async () => {
      for (const name of ['one', 'two']) mkdirSync(path.join(around, name))
      symlinkSync('one', root)
      const store = files(root, { keys })
      await store.set('f/a', bytes('one'))
      rmSync(root)
      renameSync(path.join(around, 'one'), path.join(around, 'gone'))
      symlinkSync('two', root)
      await store.set('f/a', bytes('two'))
      expect(text(await files(path.join(around, 'two'), { keys }).get('f/a'))).toBe('two')
      expect(text(await store.get('f/a'))).toBe('two')
    })

    describe.each(['a', 'f/a'])('has its mark at the next write of %s', key => {
      it.each(['emptied', 'made again by somebody'])('when it was only %s', async how => {
        const store = files(root, { keys })
        await store.set(key, bytes('x'))
        for (const name of readdirSync(root)) rmSync(path.join(root, name), { recursive: true })
        if (how !== 'emptied') {
          rmSync(root, { recursive: true })
          mkdirSync(root)
        }
        await store.set(key, bytes('again'))
        expect(text(await files(root, { keys }).get(key))).toBe('again')
        expect(await files(root, { keys }).size()).toBe(1)
      })
    })

    it('is no place to write in once it is a file', async () => {
      const store = files(root, { keys })
      await store.set('a', bytes('x'))
      rmSync(root, { recursive: true })
      writeFileSync(root, '')
      await expect(store.set('a', bytes('x'))).rejects.toMatchObject({
        code: 'Unavailable',
        retryable: false,
      })
    })

    it('is no link that leads nowhere', async () => {
      symlinkSync('nowhere', root)
      const store = files(root, { keys })
      expect(await store.get('a')).toBe(undefined)
      await expect(store.set('a', bytes('x'))).rejects.toMatchObject({
        code: 'Unavailable',
        retryable: false,
      })
      expect(readdirSync(around)).toEqual(['root'])
    })

    it('is missed where it must exist', async () => {
      mkdirSync(root)
      const store = files(root, { keys, mustExist: true })
      await store.set('a', bytes('x'))
      rmSync(root, { recursive: true })
      await expect(store.set('a', bytes('x'))).rejects.toMatchObject({
        code: 'Unavailable',
        message: /mustExist/,
      })
    })
  },
)

it('a root of encoded keys never lies there without its mark', async () => {
  const marked: string[] = []
  const port: FsPort = {
    ...nodePort,
    async mkdir(folder, mode) {
      if (folder === root) throw new Error('made without its mark')
      await nodePort.mkdir(folder, mode)
    },
    async rename(from, to) {
      if (to === root) marked.push(readFileSync(path.join(from, '.kvdol'), 'utf8'))
      await nodePort.rename(from, to)
    },
  }
  const store = createFiles(root, { keys: 'encoded', sync: 'full' }, port)
  for (let round = 0; round < 2; round++) {
    await Promise.all([store.set('a', bytes('x')), store.set('b/c', bytes('x'))])
    rmSync(root, { recursive: true })
  }
  expect(marked).toHaveLength(2)
  expect(readdirSync(around)).toEqual([])
})

describe('two kinds of keys on one empty folder', () => {
  it('are never both written, also when both begin at the same moment', async () => {
    for (let round = 0; round < 30; round++) {
      const place = path.join(around, `${round}`)
      const plain = files(place)
      const encoded = files(place, { keys: 'encoded' })
      const writes = [plain.set('a', bytes('x')), encoded.set('a', bytes('x'))]
      const results = await Promise.allSettled(round % 2 ? writes : writes.reverse())
      const refused = results.filter(({ status }) => status === 'rejected')
      expect(refused).toHaveLength(1)
      expect(refused[0]).toMatchObject({ reason: { code: 'Incompatible' } })
      const names = readdirSync(place)
      expect(names.includes('.kvdol')).toBe(names.includes('a='))
      expect(names.filter(name => name !== '.kvdol')).toHaveLength(1)
    }
  })

  it.each([
    ['emptied', (place: string) => files(place).delete('a')],
    ['removed', (place: string) => rmSync(place, { recursive: true })],
  ])('are told apart by a plain store whose folder was %s, and taken by an encoded one', async (_, end) => {
    const plain = files(root)
    await plain.set('a', bytes('x'))
    await end(root)
    await files(root, { keys: 'encoded' }).set('a', bytes('x'))
    for (const key of ['b', 'f/b'])
      await expect(plain.set(key, bytes('x'))).rejects.toMatchObject({
        code: 'Incompatible',
        outcome: 'not-applied',
      })
    expect(readdirSync(root).sort()).toEqual(['.kvdol', 'a='])
  })

  it('are told apart after a first write that failed', async () => {
    const full = { ...nodePort, rename: () => Promise.reject(Object.assign(new Error(), { code: 'ENOSPC' })) }
    await expect(createFiles(root, {}, full).set('a', bytes('x'))).rejects.toMatchObject({
      code: 'OutOfSpace',
    })
    expect(readdirSync(root)).toEqual([])
    await files(root, { keys: 'encoded' }).set('a', bytes('x'))
    expect(readFileSync(path.join(root, 'a='), 'utf8')).toBe('x')
  })
})
