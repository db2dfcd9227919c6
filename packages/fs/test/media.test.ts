import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ByteStore, children, getWithStat, rename, toArray, update, writeStream } from '@kvdol/core'
import { describe, expect, it } from 'vitest'
import type { FsPort } from '../src/file/port.ts'
import { nodePort } from '../src/file/system-port.ts'
import { createFiles, files } from '../src/files.ts'
import { bytes, collect, sorted, temporaryFolder, text } from './support/helpers.ts'
import { memoryPort } from './support/memory-port.ts'

/** A medium that can be mounted, by root, where the system has what it takes. */
interface Medium {
  readonly name: string
  /** Mounts it at a folder; `image` is a path for a file. Throws where it cannot be had. */
  mount(folder: string, image: string): void | Promise<void>
  readonly how: string
}

const quietly = { stdio: 'ignore' } as const

/** Makes a file system in a file, and mounts it. */
function mountImage(folder: string, image: string, ...make: string[]): void {
  const [program = '', ...flags] = make
  execFileSync('truncate', ['-s', '16M', image], quietly)
  execFileSync(program, [...flags, image], quietly)
  execFileSync('mount', ['-o', 'loop', image, folder], quietly)
}

const MEDIA: readonly Medium[] = [
  {
    name: 'tmpfs',
    mount: folder => void execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder], quietly),
    how: 'run as root, with mounting allowed',
  },
  {
    name: 'ext4 with inodes of 128 bytes, which keeps times in seconds',
    mount: (folder, image) => mountImage(folder, image, 'mkfs.ext4', '-q', '-F', '-I', '128'),
    how: 'run as root, with e2fsprogs and loop devices',
  },
  {
    name: 'ext4 with folders that fold case',
    mount(folder, image) {
      mountImage(folder, image, 'mkfs.ext4', '-q', '-F', '-O', 'casefold', '-E', 'encoding=utf8')
      execFileSync('rmdir', [path.join(folder, 'lost+found')])
      execFileSync('chattr', ['+F', folder], quietly)
    },
    how: 'run as root on a kernel with CONFIG_UNICODE',
  },
  {
    name: 'FAT',
    mount: (folder, image) => mountImage(folder, image, 'mkfs.vfat'),
    how: 'run as root, with dosfstools on a kernel with VFAT',
  },
  {
    name: 'a file system of FUSE that takes a millisecond for each request',
    async mount(folder, image) {
      mkdirSync(image)
      const script = fileURLToPath(new URL('support/slow-medium.py', import.meta.url))
      const daemon = spawn('/usr/bin/python3', [script, image, folder, '0.001'], {
        stdio: ['pipe', 'ignore', 'ignore'],
      })
      const ended = new Promise<never>((_, reject) => {
        daemon.on('error', reject)
        daemon.on('exit', () => reject(new Error('the file system has ended')))
      })
      ended.catch(() => {})
      const before = statSync(folder).dev
      while (statSync(folder).dev === before)
        await Promise.race([ended, new Promise(resolve => setTimeout(resolve, 20))])
    },
    how: 'run as root, with the packages fuse and python3-fusepy of Debian',
  },
]

/** Unmounts a folder when it is told to, or when this process has ended. */
function guard(folder: string): () => Promise<void> {
  const script = 'trap "" INT TERM HUP; read _; umount -l "$0"'
  const shell = spawn('sh', ['-c', script, folder], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  const ended = new Promise<void>(resolve => shell.on('close', () => resolve()))
  return async () => {
    shell.stdin.end()
    await ended
  }
}

describe.each(MEDIA)('$name', ({ mount, how }) => {
  it('is a place like others', async context => {
    const folder = temporaryFolder()
    const image = path.join(temporaryFolder(), 'image')
    const unmount = guard(folder)
    try {
      try {
        await mount(folder, image)
      } catch (error) {
        context.skip(`it cannot be mounted here; ${how} (${(error as Error).message.split('\n')[0]})`)
      }
      for (const keys of ['plain', 'encoded'] as const) await tryOut(path.join(folder, keys), keys)
      await tryOut(folder, 'plain')
      // As a folder of a store that lies elsewhere.
      const outside = files(path.dirname(folder))
      await tryOutConditions(outside, `${path.basename(folder)}/`)
    } finally {
      await unmount()
    }
    expect(readdirSync(folder)).toEqual([])
  })
})

/** What every medium has to do. */
async function tryOut(root: string, keys: 'plain' | 'encoded'): Promise<void> {
  const store = files(root, { keys })
  await tryOutConditions(store, '')

  await store.set('count', bytes('0'))
  const one = () => update(store, 'count', old => bytes(String(Number(text(old)) + 1)))
  await Promise.all([one(), one(), one(), one()])
  expect(text(await store.get('count'))).toBe('4')

  await writeStream(store, 'streamed', [bytes('one'), bytes('two')])
  await rename(store, 'streamed', 'moved/here')
  expect(await sorted(store.keys())).toEqual(['Dir/Sub/a', 'count', 'moved/here'])
  expect(await collect(store.keys({ prefix: 'dir/' }))).toEqual([])
  expect(await toArray(children(store, 'Dir/'))).toEqual([{ prefix: 'Dir/Sub/' }])
  expect(await store.has('dir/sub/A')).toBe(false)
  for (const key of ['Dir/Sub/a', 'count', 'moved/here']) await store.delete(key)
  expect(await store.size()).toBe(0)
  expect(readdirSync(root).filter(name => !/^(?:\.kvdol|encoded|plain|lost\+found)$/.test(name))).toEqual([])
}

async function tryOutConditions(store: ByteStore, folder: string): Promise<void> {
  const key = `${folder}Dir/Sub/a`
  await store.set(key, bytes('AAAA'))
  const { stat: first } = (await getWithStat(store, key)) ?? {}
  expect(await store.stat(key)).toEqual(first)
  // Quick enough for the same second, and for the inode of the first one.
  await store.set(key, bytes('BBBB'))
  await store.set(key, bytes('CCCC'))
  const late = store.set(key, bytes('DDDD'), { ifMatch: first?.etag as string })
  await expect(late).rejects.toMatchObject({ code: 'Conflict' })
  const gone = store.delete(key, { ifMatch: first?.etag as string })
  await expect(gone).rejects.toMatchObject({ code: 'Conflict' })
  const now = await store.stat(key)
  await store.set(key, bytes('EEEE'), { ifMatch: now?.etag as string })
  await expect(store.set(key, bytes('x'), { ifAbsent: true })).rejects.toMatchObject({ code: 'Conflict' })
}

describe('a medium by its calls', () => {
  const failure = (code: string) => Object.assign(new Error(code), { code, syscall: 'call' })
  const refuse = (code: string) => () => Promise.reject(failure(code))

  it.each(['EPERM', 'EACCES', 'ENOTSUP', 'EINVAL', 'ENOSYS'])(
    'on which nothing is ours (%s) is written all the same',
    async code => {
      const root = temporaryFolder()
      writeFileSync(path.join(root, 'old'), 'old', { mode: 0o640 })
      const refused = { chmod: refuse(code), touch: refuse(code), chown: refuse(code) }
      const store = createFiles(root, {}, { ...nodePort, ...refused })
      await store.set('new', bytes('x'))
      await store.set('old', bytes('new'))
      await writeStream(store, 'streamed', [bytes('x')])
      expect(readdirSync(root).sort()).toEqual(['new', 'old', 'streamed'])
    },
  )

  it.each(['a', 'Dir/Sub/a'])('that folds case has no other spelling of %s', async key => {
    const port = memoryPort(name => name.toLowerCase())
    await port.mkdir('/root')
    const store = createFiles('/root', {}, port)
    await store.set(key, bytes('x'))
    for (const order of ['none', 'utf8-bytes'] as const) {
      const other = createFiles('/root', { order }, port)
      expect(await collect(other.keys({ prefix: 'dir/' }))).toEqual([])
      expect(await collect(other.keys({ prefix: 'Dir/sub/' }))).toEqual([])
      expect(await toArray(children(other, 'dir/'))).toEqual([])
      expect(await collect(other.keys({ prefix: key.slice(0, -1) }))).toEqual([key])
    }
  })

  it.each([
    ['D:\\', 'D:', 'D:\\f\\a'],
    ['D:\\data\\store', 'D:/data/store', 'D:\\data\\store\\f\\a'],
    ['\\\\host\\share', 'host/share', '\\\\host\\share\\f\\a'],
  ])('of Windows is a root at %s', async (root, inMemory, file) => {
    for (const keys of ['plain', 'encoded'] as const) {
      const disk = memoryPort()
      const above = inMemory.split('/')[0] as string
      await disk.mkdir(`/${above}`)
      if (root.startsWith('\\')) await disk.mkdir(`/${inMemory}`)
      const store = createFiles(root, { keys, sync: 'full' }, windows(disk))
      await store.set('f/a', bytes('x'))
      expect(text(await store.get('f/a'))).toBe('x')
      expect(await collect(store.keys({ prefix: 'f/' }))).toEqual(['f/a'])
      expect(await store.stat('f/a')).toMatchObject({ size: 1 })
      await rename(store, 'f/a', 'b')
      await store.delete('b')
      expect(await store.size()).toBe(0)
      if (process.platform === 'win32') expect(file).toContain('f')
    }
  })
})

/** A file system in memory as Windows shows it. */
function windows(disk: FsPort): FsPort {
  return {
    ...disk,
    platform: 'win32',
    async realpath(given) {
      const real = (await disk.realpath(given)).slice(1).replaceAll('/', '\\')
      return given.startsWith('//')
        ? `\\\\${real}${given.endsWith('/') ? '\\' : ''}`
        : real.replace(/^D:$/, 'D:\\')
    },
  }
}
