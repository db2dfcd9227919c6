import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import {
  at,
  type ByteStore,
  children,
  getWithStat,
  guarantees,
  pipe,
  readRange,
  readStream,
  remove,
  rename,
  textValues,
  update,
  writeStream,
} from '@kvdol/core'
import { files } from '@kvdol/fs'
import { withService } from '@kvdol/services'
import { bytes, closedAfterTest, collect, openLink, rejection, text } from '@kvdol/test-support'
import SftpClient from 'ssh2-sftp-client'
import { beforeEach, describe, expect, it } from 'vitest'
import { type ForeignEntry, folders, type SftpOptions, sftp } from '../src/index.ts'
import { keyPair } from './support/key-pair.ts'
import { dataFolder, openSshAt } from './support/openssh.ts'

await withService('openssh', url => {
  const server = openSshAt(url)
  let root = ''
  beforeEach(() => {
    root = path.join(dataFolder(server), 'root')
  })

  const open = (options: SftpOptions = {}) =>
    closedAfterTest(sftp({ ...server.connection, root, ...options }))
  const sorted = async (keys: AsyncIterable<string>) => (await collect(keys)).sort()
  /** A folder below the root, made as another user of the server would. */
  const folder = (name: string) => {
    mkdirSync(path.join(root, name), { recursive: true })
    chmodSync(root, 0o777)
    chmodSync(path.join(root, name), 0o777)
  }

  describe('a folder', () => {
    it('is made by the first write, as deep as it may be', async () => {
      const store = open({ root: `${root}/deep/er` })
      expect(await store.get('a')).toBe(undefined)
      expect(await store.size()).toBe(0)
      expect(existsSync(root)).toBe(false)
      expect(await rejection(open({ mustExist: true }).get('a'))).toMatchObject({ code: 'Unavailable' })
      const careful = open({ root: `${root}/deep/er`, maxNewFolders: 1 })
      expect(await rejection(careful.set('a', bytes('')))).toMatchObject({ reason: 'new-folders' })
      expect(existsSync(root)).toBe(false)
      await store.set('a/b', bytes('x'))
      expect(readFileSync(`${root}/deep/er/a/b`, 'utf8')).toBe('x')
    })

    it('keeps folders that were there, and removes those that it made', async () => {
      folder('theirs')
      const store = open()
      await store.set('theirs/a', bytes(''))
      await store.set('mine/deep/a', bytes(''))
      await store.set('mine/b', bytes(''))
      for (const key of ['theirs/a', 'mine/deep/a']) await store.delete(key)
      expect(readdirSync(root).sort()).toEqual(['mine', 'theirs'])
      expect(readdirSync(path.join(root, 'mine'))).toEqual(['b'])
      await rename(store, 'mine/b', 'c')
      expect(readdirSync(root).sort()).toEqual(['c', 'theirs'])
      expect(await rejection(store.set('theirs', bytes('')))).toMatchObject({ reason: 'prefix-of-other' })
    })

    it('that may not be made is not', async () => {
      folder('there')
      const store = open({ createFolders: false })
      await store.set('there/a', bytes(''))
      expect(await rejection(store.set('new/a', bytes('')))).toMatchObject({ reason: 'no-folder' })
      await store.delete('there/a')
      expect(readdirSync(root)).toEqual(['there'])
    })

    it('that is removed while the store is open is made again', async () => {
      for (const keys of ['plain', 'encoded'] as const) {
        const store = open({ root: `${root}/${keys}`, keys })
        await store.set('a', bytes('1'))
        execFileSync('rm', ['-r', `${root}/${keys}`])
        expect(await store.get('a')).toBe(undefined)
        await store.set('b', bytes('2'))
        expect(await collect(store.keys())).toEqual(['b'])
        expect(readdirSync(`${root}/${keys}`).includes('.kvdol')).toBe(keys === 'encoded')
      }
    })

    it('hides what it is told to hide', async () => {
      const all = open({ hidden: true })
      await all.set('.a', bytes(''))
      await all.set('b/.c', bytes(''))
      await all.set('b/d_1.wav', bytes(''))
      const store = open()
      expect(await collect(store.keys())).toEqual(['b/d_1.wav'])
      expect(await rejection(store.get('.a'))).toMatchObject({ code: 'InvalidKey', reason: 'hidden' })
      expect(await sorted(all.keys())).toEqual(['.a', 'b/.c', 'b/d_1.wav'])
      const top = open({ hidden: true, maxLevels: 0 })
      expect(await collect(top.keys())).toEqual(['.a'])
      const wav = open({
        pattern: 'b/{name}_{n:int}.wav',
        onForeign: () => expect.fail('nothing is foreign'),
      })
      expect(await collect(wav.keys())).toEqual(['b/d_1.wav'])
      expect(await rejection(wav.set('b/x.mp3', bytes('')))).toMatchObject({ reason: 'pattern' })
    })

    it('is one that @kvdol/fs understands, and the other way round', async () => {
      for (const keys of ['plain', 'encoded'] as const) {
        const place = `${root}/${keys}`
        await open({ root: place, keys }).set('Users/42', bytes('x'))
        expect(text(await files(place, { keys }).get('Users/42'))).toBe('x')
        const other = keys === 'plain' ? 'encoded' : 'plain'
        expect(await rejection(open({ root: place, keys: other }).get('a'))).toMatchObject({
          code: 'Incompatible',
        })
        expect(await rejection(files(place, { keys: other }).get('a'))).toMatchObject({
          code: 'Incompatible',
        })
      }
    })

    it('says what it promises', () => {
      expect(guarantees(open())).toMatchObject({
        order: 'none',
        atomicOverwrite: true,
        durability: 'crash',
        conditions: ['ifAbsent'],
        multiProcess: true,
      })
      const conditions = ['ifAbsent', 'ifMatch', 'deleteIfMatch']
      expect(guarantees(open({ etag: 'content' })).conditions).toEqual(conditions)
    })

    it('tells size and time without reading, and an etag only when it was asked for one', async () => {
      await open().set('a', bytes('content'))
      // The server could not read it either.
      chmodSync(path.join(root, 'a'), 0o000)
      const told = await open().stat('a')
      expect(told).toMatchObject({ size: 7 })
      expect(told?.modified?.getTime()).toBe(Math.floor(statSync(path.join(root, 'a')).mtimeMs / 1000) * 1000)
      expect(told).not.toHaveProperty('etag')
      expect(await rejection(open({ etag: 'content' }).stat('a'))).toMatchObject({ code: 'PermissionDenied' })
      expect(await rejection(update(open(), 'a', value => value))).toMatchObject({ code: 'Unsupported' })
      chmodSync(path.join(root, 'a'), 0o666)
      const store = open({ etag: 'content' })
      const found = await getWithStat(store, 'a')
      expect(text(found?.value)).toBe('content')
      expect(found?.stat).toEqual(await store.stat('a'))
      expect(await getWithStat(store, 'b')).toBe(undefined)
      expect(text(await update(store, 'a', value => bytes(`more ${text(value)}`)))).toBe('more content')
    })
  })

  describe('fact 125', () => {
    it('lists to maxLevels; a folder is a store of its own, and never a value', async () => {
      const store = open()
      for (const key of ['top', 'dir/a', 'dir/sub/b', 'dir/sub/deep/c']) await store.set(key, bytes(key))
      const shallow = open({ maxLevels: 1 })
      expect(await sorted(shallow.keys())).toEqual(['dir/a', 'top'])
      expect(await sorted(open({ maxLevels: 2 }).keys())).toEqual(['dir/a', 'dir/sub/b', 'top'])
      expect(await rejection(shallow.get('dir/sub/b'))).toMatchObject({
        code: 'InvalidKey',
        reason: 'too-deep',
      })

      expect(await sorted(at(store, 'dir/').keys())).toEqual(['a', 'sub/b', 'sub/deep/c'])
      const all = closedAfterTest(folders({ ...server.connection, root }))
      expect(await sorted(all.keys())).toEqual(['dir', 'dir/sub', 'dir/sub/deep'])
      const sub = await all.getOrThrow('dir/sub')
      expect(await sorted(sub.keys())).toEqual(['b', 'deep/c'])
      expect(text(await sub.get('b'))).toBe('dir/sub/b')
      const few = closedAfterTest(folders({ ...server.connection, root, maxLevels: 0 }))
      expect(await collect(few.keys())).toEqual(['dir'])
      expect(await rejection(few.get('dir/sub'))).toMatchObject({ reason: 'too-deep' })
      expect([await all.has('dir'), await all.has('top'), await all.has('none')]).toEqual([
        true,
        false,
        false,
      ])
      expect(await all.get('top')).toBe(undefined)

      // A folder is no value: nothing of it can be deleted by its name.
      expect(await store.has('dir')).toBe(false)
      await store.delete('dir')
      expect(await rejection(store.delete('dir/'))).toMatchObject({ code: 'InvalidKey' })
      expect(await store.size()).toBe(4)
    })
  })

  describe('fact 126', () => {
    it('names with spaces, tabs and newlines are listed as they are', async () => {
      const store = open({ keys: 'encoded' })
      const keys = ['with space', 'tab\there', 'new\nline', ' lead', 'trail ']
      for (const key of keys) await store.set(key, bytes(key))
      expect(await sorted(store.keys())).toEqual([...keys].sort())

      folder('plain')
      for (const name of ['with space', 'tab\there', 'new\nline'])
        writeFileSync(path.join(root, 'plain', name), '')
      const seen: ForeignEntry[] = []
      const plain = open({ root: `${root}/plain`, onForeign: entry => void seen.push(entry) })
      expect(await collect(plain.keys())).toEqual(['with space'])
      expect(seen.map(each => each.path).sort()).toEqual(['new\nline', 'tab\there'])
    })

    it('a text store gives strings', async () => {
      const notes = pipe(open(), textValues())
      await notes.set('a', 'héllo')
      expect(await notes.get('a')).toBe('héllo')
    })

    it('a folder that cannot be listed is an error, not empty', async ctx => {
      const store = open()
      await store.set('a/b', bytes(''))
      chmodSync(path.join(root, 'a'), 0)
      if (process.getuid?.() !== 0 && statSync(root).uid !== process.getuid?.()) ctx.skip('not the owner')
      try {
        expect(await rejection(collect(store.keys()))).toMatchObject({ code: 'PermissionDenied' })
        expect(await rejection(store.get('a/b'))).toMatchObject({ code: 'PermissionDenied' })
      } finally {
        chmodSync(path.join(root, 'a'), 0o777)
      }
    })
  })

  describe('things in the folder that are no values', () => {
    it('a pipe does not stop the server', async () => {
      const seen: ForeignEntry[] = []
      const store = open({ onForeign: entry => void seen.push(entry), timeout: 5000 })
      await store.set('a', bytes('x'))
      execFileSync('mkfifo', [path.join(root, 'pipe')])
      expect(await rejection(store.get('pipe'))).toMatchObject({ code: 'InvalidKey', reason: 'foreign' })
      expect(await rejection(store.set('pipe', bytes('')))).toMatchObject({ reason: 'foreign' })
      expect(await rejection(store.has('pipe'))).toMatchObject({ reason: 'foreign' })
      expect(await collect(store.keys())).toEqual(['a'])
      expect(seen).toEqual([{ path: 'pipe', kind: 'other' }])
      expect(text(await store.get('a'))).toBe('x')
    })

    it('links are followed nowhere', async () => {
      const outside = path.join(path.dirname(root), 'outside')
      mkdirSync(outside)
      chmodSync(outside, 0o777)
      writeFileSync(path.join(outside, 'secret'), 'canary')
      const seen: ForeignEntry[] = []
      const store = open({ onForeign: entry => void seen.push(entry) })
      await store.set('a', bytes('x'))
      symlinkSync(path.join(outside, 'secret'), path.join(root, 'file'))
      symlinkSync(outside, path.join(root, 'way'))
      for (const key of ['file', 'way/secret', 'way/new'])
        for (const call of [
          () => store.get(key),
          () => store.has(key),
          () => store.stat(key),
          () => store.set(key, bytes('evil')),
          () => store.delete(key),
          () => remove(store, key),
          () => getWithStat(store, key),
          () => writeStream(store, key, [bytes('evil')]),
          () => rename(store, 'a', key),
        ])
          expect(await rejection(call), key).toMatchObject({ code: 'InvalidKey', reason: 'symlink' })
      expect(await collect(store.keys())).toEqual(['a'])
      expect(seen.map(({ kind }) => kind)).toEqual(['symlink', 'symlink'])
      expect(await collect(store.keys({ prefix: 'way/' }))).toEqual([])
      expect(await collect(children(store))).toEqual([{ key: 'a' }])
      expect(await collect(children(store, 'way/'))).toEqual([])
      expect(readdirSync(outside)).toEqual(['secret'])
      expect(readFileSync(path.join(outside, 'secret'), 'utf8')).toBe('canary')
    })

    it.each(['none', 'content'] as const)('tells one of many who remove a file, etag: %s', async etag => {
      const [store, other] = [open({ etag }), open({ etag })]
      for (const key of ['a', 'deep/er/b']) {
        await store.set(key, bytes('x'))
        const told = await Promise.all([store, other, store, other].map(each => remove(each, key)))
        expect(told.filter(Boolean)).toEqual([true])
        expect(await remove(store, key)).toBe(false)
      }
      expect(readdirSync(root)).toEqual([])
    })

    it('left-overs of processes that have ended are collected, those of others are not', async () => {
      const store = open()
      await store.set('a', bytes('x'))
      const { thisProcess } = await import('@kvdol/fs/file')
      const random = 'ab'.repeat(9)
      const dead = `.kvdol-t-${random}.${thisProcess.place}.4000000.1`
      const alive = `.kvdol-t-${random}.${thisProcess.place}.${thisProcess.process}.${thisProcess.started}`
      const elsewhere = `.kvdol-t-${random}.${'c'.repeat(24)}.7.1`
      for (const name of [dead, alive, elsewhere]) writeFileSync(path.join(root, name), 'x')
      expect(await collect(store.keys())).toEqual(['a'])
      await expect.poll(() => readdirSync(root).sort()).toEqual([alive, elsewhere, 'a'].sort())
    })
  })

  describe('a connection', () => {
    it.each([
      ['set', (store: ByteStore, key: string) => store.set(key, bytes('new'))],
      ['writeStream', (store: ByteStore, key: string) => writeStream(store, key, [bytes('new')])],
    ])(
      'that is cut at any message of %s leaves the old value or the new one, and says which it knows',
      async (_, write) => {
        const link = await openLink(server.connection.port)
        // Connected over the link, known by its own name.
        const store = open({
          port: link.port,
          hostKey: hostKeyOf(server.connection.knownHosts),
          knownHosts: undefined,
        })
        const keys: string[] = []
        for (let position = 1, cut = true; cut; position++) {
          const key = `k${position}`
          keys.push(key)
          await store.set(key, bytes('old'))
          let messages = 0
          cut = false
          link.onRequest = () => {
            if (++messages !== position) return 'pass'
            cut = true
            return 'cut'
          }
          const outcome = await write(store, key).then(
            () => 'applied',
            error => {
              expect(error.code).toBe('Unavailable')
              return error.outcome
            },
          )
          link.heal()
          const found = text(await store.get(key))
          if (outcome === 'applied') expect(found).toBe('new')
          else if (outcome === 'not-applied') expect(found).toBe('old')
          else expect(['new', 'old']).toContain(found)
        }
        expect(keys.length).toBeGreaterThan(6)
        await store.set('last', bytes(''))
        expect(await sorted(store.keys())).toEqual([...keys, 'last'].sort())
        // A lock that could not be removed any more is removed over the next connection, long before its lease ends.
        await expect.poll(() => readdirSync(root).sort(), { timeout: 5000 }).toEqual([...keys, 'last'].sort())
      },
    )

    it('that is cut at any message of a listing is an error or opened again, never the end', async () => {
      const link = await openLink(server.connection.port)
      const store = open({
        port: link.port,
        hostKey: hostKeyOf(server.connection.knownHosts),
        knownHosts: undefined,
      })
      const keys = Array.from({ length: 250 }, (_, index) => `f${index % 3}/n${index}`).sort()
      await store.setMany(keys.map(key => [key, bytes('')] as const))
      const outcomes = new Set<string>()
      for (let position = 1, cut = true; cut; position++) {
        let messages = 0
        cut = false
        link.onReply = () => {
          if (++messages !== position) return 'pass'
          cut = true
          return 'cut'
        }
        const listed = await sorted(store.keys()).catch(error => error.code)
        link.heal()
        outcomes.add(Array.isArray(listed) ? 'all' : listed)
        if (Array.isArray(listed)) expect(listed).toEqual(keys)
      }
      expect([...outcomes].sort()).toEqual(['Unavailable', 'all'])
    })

    it('that is cut while a value is read is opened again, and a stream is not begun again', async () => {
      const link = await openLink(server.connection.port)
      const store = open({
        port: link.port,
        hostKey: hostKeyOf(server.connection.knownHosts),
        knownHosts: undefined,
      })
      const value = new Uint8Array(3_000_000).fill(7)
      await store.set('a', value)
      let once = true
      link.onReply = (_, { replied }) => {
        if (!once || replied < 1_000_000) return 'pass'
        once = false
        return 'cut'
      }
      expect((await store.get('a'))?.byteLength).toBe(3_000_000)
      let messages = 0
      link.onReply = () => (++messages > 20 ? 'cut' : 'pass')
      const chunks = (await readStream(store, 'a')) as AsyncIterable<Uint8Array>
      expect(await rejection(collect(chunks))).toMatchObject({ code: 'Unavailable' })
    })

    it('of the caller is used and left open', async () => {
      const client = new SftpClient()
      const wrapper = await client.connect({
        host: server.connection.host,
        port: server.connection.port,
        username: server.connection.username,
        privateKey: Buffer.from(server.connection.privateKey),
      })
      for (const given of [client, wrapper] as never[]) {
        const store = sftp({ client: given, root })
        await store.set('a', bytes('x'))
        expect(text(await store.get('a'))).toBe('x')
        await store.close()
        expect(await client.exists(`${root}/a`)).toBe('-')
      }
      await client.end()
      expect(await rejection(sftp({ client: wrapper, root }).get('a'))).toMatchObject({ code: 'Unavailable' })
    })

    it('that is refused says why', async () => {
      const { private: other } = keyPair()
      const error = await rejection(open({ privateKey: other }).get('a'))
      expect(error).toMatchObject({ code: 'Unauthenticated', retryable: false })
      expect(error.message).toContain('none of the credentials')
      expect(await rejection(open({ port: 1 }).get('a'))).toMatchObject({
        code: 'Unavailable',
        retryable: true,
      })
      expect(await rejection(open({ username: 'nobody-here' }).get('a'))).toMatchObject({
        code: 'Unauthenticated',
      })
    })

    it('serves many calls at once, and no more than it may', async () => {
      const store = open({ concurrency: 4 })
      const keys = Array.from({ length: 300 }, (_, index) => `f${index % 7}/${index}`)
      await Promise.all(keys.map(key => store.set(key, bytes(key))))
      expect(await Promise.all(keys.map(async key => text(await store.get(key))))).toEqual(keys)
    })
  })

  it('a key with a symbolic link swapped in for its folder is refused while it lasts', async () => {
    const store = open()
    await store.set('a/b', bytes('x'))
    const outside = path.join(path.dirname(root), 'outside')
    mkdirSync(outside)
    writeFileSync(path.join(outside, 'b'), 'canary')
    execFileSync('rm', ['-r', path.join(root, 'a')])
    symlinkSync(outside, path.join(root, 'a'))
    expect(await rejection(store.get('a/b'))).toMatchObject({ reason: 'symlink' })
    unlinkSync(path.join(root, 'a'))
    expect(await store.get('a/b')).toBe(undefined)
  })

  it('a full disk rejects OutOfSpace, keeps the old value and leaves nothing', async ctx => {
    const disk = dataFolder(server)
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=0777', 'tmpfs', disk], { stdio: 'ignore' })
    } catch {
      ctx.skip('mounting a small medium needs root')
    }
    try {
      const store = open({ root: disk })
      await store.set('a', bytes('old'))
      const big = new Uint8Array(2 * 1024 * 1024)
      for (const call of [
        () => store.set('a', big),
        () => store.set('new/b', big),
        () => writeStream(store, 'a', [big]),
      ])
        expect(await rejection(call)).toMatchObject({ code: 'OutOfSpace', outcome: 'not-applied' })
      expect(text(await store.get('a'))).toBe('old')
      expect(readdirSync(disk)).toEqual(['a'])
      await store.set('a', bytes('new'))
      expect(text(await store.get('a'))).toBe('new')
    } finally {
      // The server closes what it has read a moment after it was answered.
      execFileSync('umount', ['--lazy', disk])
    }
  })

  it('ranges are exact', async () => {
    const store = open()
    await store.set('a', bytes('0123456789'))
    expect(text(await readRange(store, 'a', { start: 2, end: 5 }))).toBe('234')
    expect(text(await readRange(store, 'a', { suffix: 3 }))).toBe('789')
    expect(await rejection(readRange(store, 'a', { start: 10 }))).toMatchObject({
      code: 'RangeNotSatisfiable',
    })
  })
})

/** The keys of the host in a file of known hosts. */
function hostKeyOf(file: string): string[] {
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map(line => line.split(' ').slice(1, 3).join(' '))
}
