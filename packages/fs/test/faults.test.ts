import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { inspect } from 'node:util'
import { type ErrorCode, readStream, rename, type StoreError, writeStream } from '@kvdol/core'
import { fileErrors } from '@kvdol/core/adapter'
import { beforeEach, describe, expect, it } from 'vitest'
import { errorOf as meaningOf } from '../src/errors.ts'
import type { FsPort } from '../src/file/port.ts'
import { nodePort } from '../src/file/system-port.ts'
import { createFiles, files } from '../src/files.ts'
import type { FilesOptions } from '../src/options.ts'
import { bytes, collect, temporaryFolder, text } from './support/helpers.ts'

let root = ''
beforeEach(() => {
  root = temporaryFolder()
})

const failure = (code: string, syscall = 'call') =>
  Object.assign(new Error(`${code}: secret, ${syscall} '${root}/secret'`), {
    code,
    syscall,
    path: `${root}/secret`,
  })

/** The real file system with some calls replaced. */
function faulty(faults: Partial<FsPort>, options: FilesOptions = {}) {
  return createFiles(root, options, { ...nodePort, readSmall: undefined, ...faults })
}

async function errorOf(call: Promise<unknown>): Promise<StoreError> {
  return await call.then(
    () => expect.unreachable('it should have failed'),
    error => error,
  )
}

describe('native errors', () => {
  const rows: [errno: string, code: ErrorCode, retryable: boolean][] = [
    ['EACCES', 'PermissionDenied', false],
    ['EPERM', 'PermissionDenied', false],
    ['EROFS', 'PermissionDenied', false],
    ['ENOSPC', 'OutOfSpace', false],
    ['EDQUOT', 'OutOfSpace', false],
    ['EFBIG', 'OutOfSpace', false],
    ['EMFILE', 'Unavailable', true],
    ['ENFILE', 'Unavailable', true],
    ['EBUSY', 'Unavailable', true],
    ['EAGAIN', 'Unavailable', true],
    ['ETXTBSY', 'Unavailable', true],
    ['ENOMEM', 'Unavailable', true],
    ['ESTALE', 'Unavailable', true],
    ['EIO', 'Unavailable', false],
    ['ENODEV', 'Unavailable', false],
    ['ENXIO', 'Unavailable', false],
    ['ETIMEDOUT', 'Timeout', true],
    ['ENOENT', 'Unavailable', true],
    ['ENOTDIR', 'Unavailable', false],
    ['EISDIR', 'Unavailable', false],
    ['EEXIST', 'Unavailable', false],
    ['ENAMETOOLONG', 'InvalidKey', false],
    ['EILSEQ', 'InvalidKey', false],
    ['ELOOP', 'InvalidKey', false],
    ['EWHATEVER', 'Unknown', false],
  ]

  it.each(rows)('%s is %s', (errno, code, retryable) => {
    const error = meaningOf(failure(errno), { op: 'get', writes: false })
    expect(error).toMatchObject({ code, retryable, cause: { code: errno } })
  })

  it('are all in the table above', () => {
    expect(rows.map(([errno]) => errno)).toEqual(expect.arrayContaining(Object.keys(fileErrors)))
  })

  it('tell no path', async () => {
    await files(root).set('secret', bytes('x'))
    const read = async () => Promise.reject(failure('EIO', 'read'))
    const error = await errorOf(faulty({ read }).get('secret'))
    expect(error).toMatchObject({ code: 'Unavailable', key: 'secret' })
    expect(`${inspect(error)}${JSON.stringify(error)}${inspect(error.cause)}`).not.toContain(root)
  })
})

describe('a write that fails', () => {
  const steps: [name: keyof FsPort, errno: string, code: ErrorCode][] = [
    ['write', 'ENOSPC', 'OutOfSpace'],
    ['write', 'EDQUOT', 'OutOfSpace'],
    ['write', 'EFBIG', 'OutOfSpace'],
    ['write', 'EIO', 'Unavailable'],
    ['sync', 'EIO', 'Unavailable'],
    ['rename', 'EIO', 'Unavailable'],
    ['rename', 'EXDEV', 'Unknown'],
    ['rename', 'EACCES', 'PermissionDenied'],
  ]

  it.each(steps)(
    'at %s with %s keeps the old value, rejects %s and leaves nothing',
    async (step, errno, code) => {
      await files(root).set('a', bytes('old'))
      // A folder is synced after the new value is in place; here it is the file's own sync that fails.
      const store = faulty({ [step]: () => Promise.reject(failure(errno, step)) }, { sync: 'full' })
      const error = await errorOf(store.set('a', bytes('new')))
      expect(error.code).toBe(code)
      expect(text(await files(root).get('a'))).toBe('old')
      expect(readdirSync(root)).toEqual(['a'])
    },
  )

  it('at close rejects and leaves nothing', async () => {
    let written = -1
    const write: FsPort['write'] = (descriptor, part) => {
      if (part.byteLength > 50_000) written = descriptor
      return nodePort.write(descriptor, part)
    }
    const close = async (descriptor: number) => {
      await nodePort.close(descriptor)
      if (descriptor === written) throw failure('EIO', 'close')
    }
    const store = faulty({ write, close })
    await expect(store.set('a', new Uint8Array(100_000))).rejects.toMatchObject({
      code: 'Unavailable',
      retryable: false,
    })
    expect(readdirSync(root)).toEqual([])
  })

  it('at the last step says that it may have happened', async () => {
    let synced = 0
    const sync = async (descriptor: number) => {
      if (++synced === 2) throw failure('EIO', 'fsync')
      await nodePort.sync(descriptor)
    }
    const error = await errorOf(faulty({ sync }, { sync: 'full' }).set('a', bytes('new')))
    expect(error).toMatchObject({ code: 'Unavailable', outcome: 'unknown' })
  })

  it('never syncs again what could not be synced', async () => {
    let synced = 0
    const sync = () => {
      synced++
      return Promise.reject(failure('EIO', 'fsync'))
    }
    await expect(faulty({ sync }, { sync: 'full' }).set('a', bytes('x'))).rejects.toMatchObject({
      code: 'Unavailable',
    })
    expect(synced).toBe(1)
  })

  it('because the medium takes fewer and fewer bytes is complete or nothing', async () => {
    const write = (descriptor: number, part: Uint8Array) => nodePort.write(descriptor, part.subarray(0, 3))
    await faulty({ write }).set('a', bytes('0123456789'))
    expect(text(await files(root).get('a'))).toBe('0123456789')
    let left = 5
    const scarce = (descriptor: number, part: Uint8Array) => {
      const now = part.subarray(0, Math.min(left, 2))
      left -= now.byteLength
      return now.byteLength === 0 ? Promise.resolve(0) : nodePort.write(descriptor, now)
    }
    await expect(faulty({ write: scarce }).set('a', bytes('abcdefghij'))).rejects.toMatchObject({
      code: 'OutOfSpace',
    })
    expect(text(await files(root).get('a'))).toBe('0123456789')
    expect(readdirSync(root)).toEqual(['a'])
  })

  it('by stream leaves the old value and nothing else', async () => {
    const store = files(root)
    await store.set('a', bytes('old'))
    async function* source() {
      yield bytes('new')
      throw new Error('the source broke')
    }
    await expect(writeStream(store, 'a', source())).rejects.toMatchObject({ code: 'Aborted' })
    await expect(writeStream(store, 'a', [bytes('abc')], { size: 4 })).rejects.toMatchObject({
      code: 'InvalidValue',
    })
    expect(text(await store.get('a'))).toBe('old')
    expect(readdirSync(root)).toEqual(['a'])
  })

  it('by stream does not start again with what is left of the stream', async () => {
    const gone = () => Promise.reject(failure('ENOENT', 'rename'))
    await expect(writeStream(faulty({ rename: gone }), 'a', [bytes('abc')])).rejects.toMatchObject({
      code: 'Unavailable',
    })
    expect(readdirSync(root)).toEqual([])
  })
})

describe('a file held by somebody else for a moment', () => {
  it.each(['EPERM', 'EBUSY'])('%s on rename passes', async errno => {
    let tries = 0
    const held = (from: string, to: string) =>
      ++tries < 4 ? Promise.reject(failure(errno, 'rename')) : nodePort.rename(from, to)
    await faulty({ rename: held }).set('a', bytes('x'))
    expect(tries).toBe(4)
  })

  it('is given up in the end', async () => {
    let tries = 0
    const held = () => {
      tries++
      return Promise.reject(failure('EBUSY', 'rename'))
    }
    await expect(faulty({ rename: held }).set('a', bytes('x'))).rejects.toMatchObject({
      code: 'Unavailable',
      retryable: true,
    })
    expect(tries).toBeLessThan(10)
    expect(readdirSync(root)).toEqual([])
  })
})

describe('a medium without links', () => {
  it.each(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EISDIR', 'EACCES', 'EINVAL', 'EXDEV'])(
    '%s: still only one creates',
    async errno => {
      const store = faulty({ link: () => Promise.reject(failure(errno, 'link')) })
      const results = await Promise.allSettled(
        Array.from({ length: 20 }, (_, index) => store.set('a', bytes(String(index)), { ifAbsent: true })),
      )
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      await store.set('b', bytes('x'))
      await expect(rename(store, 'b', 'a', { ifAbsent: true })).rejects.toMatchObject({ code: 'Conflict' })
      await rename(store, 'b', 'c', { ifAbsent: true })
      const etag = (await store.stat('a'))?.etag as string
      await store.set('a', bytes('new'), { ifMatch: etag })
      await expect(store.delete('a', { ifMatch: etag })).rejects.toMatchObject({ code: 'Conflict' })
      expect(readdirSync(root).sort()).toEqual(['a', 'c'])
    },
  )
})

describe('what fails on the way', () => {
  const counted = (faults: Partial<FsPort>) => {
    const open = new Set<number>()
    const store = faulty({
      open: async (...call) => {
        const descriptor = await nodePort.open(...call)
        open.add(descriptor)
        return descriptor
      },
      close: descriptor => {
        open.delete(descriptor)
        return nodePort.close(descriptor)
      },
      release: descriptor => {
        open.delete(descriptor)
        nodePort.release(descriptor)
      },
      ...faults,
    })
    return { store, open }
  }

  it('has the code of the table and leaves nothing open', async () => {
    await files(root).set('f/a', bytes('x'))
    let broken = false
    const failing =
      <A extends unknown[], R>(name: string, real: (...call: A) => R) =>
      (...call: A): R => {
        if (broken) throw failure('EIO', name)
        return real(...call)
      }
    for (const faults of [
      { placeOf: failing('readlink', nodePort.placeOf) },
      { fstat: failing('fstat', nodePort.fstat), fstatExact: failing('fstat', nodePort.fstatExact) },
    ]) {
      broken = false
      const { store, open } = counted(faults)
      await store.set('f/b', bytes('x'))
      broken = true
      const calls = [
        () => store.get('f/a'),
        () => store.has('f/a'),
        () => store.stat('f/a'),
        () => readStream(store, 'f/a'),
        () => store.set('f/a', bytes('y')),
      ]
      for (const call of calls)
        await expect(call()).rejects.toMatchObject({ code: 'Unavailable', retryable: false })
      if (faults.placeOf) {
        await expect(store.delete('f/a')).rejects.toMatchObject({ code: 'Unavailable' })
        await expect(collect(store.keys({ prefix: 'f/' }))).rejects.toMatchObject({ code: 'Unavailable' })
        await expect(rename(store, 'f/a', 'b')).rejects.toMatchObject({ code: 'Unavailable' })
      }
      expect(open.size).toBe(0)
    }
    expect(text(await files(root).get('f/a'))).toBe('x')
  })

  it('removes the folders that were made for it, and no others', async () => {
    mkdirSync(path.join(root, 'mine'))
    const store = faulty({ write: () => Promise.reject(failure('ENOSPC', 'write')) })
    for (const key of ['new/deep/a', 'mine/new/a', 'mine/a'])
      await expect(store.set(key, bytes('x'))).rejects.toMatchObject({
        code: 'OutOfSpace',
        outcome: 'not-applied',
      })
    expect(readdirSync(root, { recursive: true })).toEqual(['mine'])
  })

  it('is no failure where the process does not own what it makes', async () => {
    const denied = () => {
      throw failure('EPERM', 'fchmod')
    }
    // Such a medium gives every file the same permissions.
    const open: FsPort['open'] = (file, flags, mode) => nodePort.open(file, flags, mode && 0o600)
    const faults = { chmod: denied, touch: denied, open }
    writeFileSync(path.join(root, 'old'), 'old')
    await faulty(faults).set('new', bytes('x'))
    await faulty(faults).set('old', bytes('new'))
    await faulty(faults, { mode: 0o600 }).set('fits', bytes('x'))
    await expect(faulty(faults, { mode: 0o640 }).set('unfit', bytes('x'))).rejects.toMatchObject({
      code: 'PermissionDenied',
    })
    expect(text(await files(root).get('old'))).toBe('new')
    expect(readdirSync(root).sort()).toEqual(['fits', 'new', 'old'])
  })
})

describe('listing', () => {
  it.each([
    ['EACCES', 'PermissionDenied'],
    ['EIO', 'Unavailable'],
  ])('rejects when a folder fails with %s', async (errno, code) => {
    await files(root).set('a/b', bytes('x'))
    let opened = 0
    const opendir: FsPort['opendir'] = (folder, batch) =>
      ++opened > 1 ? Promise.reject(failure(errno, 'opendir')) : nodePort.opendir(folder, batch)
    await expect(collect(faulty({ opendir }).keys())).rejects.toMatchObject({ code })
  })

  it('rejects when a folder fails halfway', async () => {
    for (const key of ['a', 'b', 'c']) await files(root).set(key, bytes('x'))
    const opendir: FsPort['opendir'] = async (folder, batch) => {
      const real = await nodePort.opendir(folder, batch)
      let calls = 0
      const next = () => (++calls > 1 ? Promise.reject(failure('EIO', 'readdir')) : real.next())
      return { whole: false, next, close: () => real.close() }
    }
    await expect(collect(faulty({ opendir }).keys())).rejects.toMatchObject({ code: 'Unavailable' })
  })

  it('leaves out a folder that has gone meanwhile', async () => {
    await files(root).set('a/b', bytes('x'))
    await files(root).set('c', bytes('x'))
    const opendir: FsPort['opendir'] = async (folder, batch) => {
      const real = await nodePort.opendir(folder, batch)
      await files(root).delete('a/b')
      return real
    }
    expect(await collect(faulty({ opendir }).keys())).toEqual(['c'])
  })
})

describe('a process out of descriptors', () => {
  it('waits for one, and says so in the end', async () => {
    await files(root).set('a', bytes('x'))
    let tries = 0
    const open: FsPort['open'] = (...call) =>
      ++tries < 4 ? Promise.reject(failure('EMFILE', 'open')) : nodePort.open(...call)
    const store = faulty({ open })
    await store.has('a').catch(() => {})
    expect(text(await store.get('a'))).toBe('x')
    const never = faulty({ open: () => Promise.reject(failure('EMFILE', 'open')) })
    await expect(never.get('a')).rejects.toMatchObject({ code: 'Unavailable', retryable: true })
  })

  it('never has many open at once', async () => {
    const store = files(root)
    for (let index = 0; index < 300; index++) writeFileSync(path.join(root, `f${index}`), 'x')
    let open = 0
    let most = 0
    const counting = faulty({
      open: async (...call) => {
        most = Math.max(most, ++open)
        return await nodePort.open(...call)
      },
      close: descriptor => {
        open--
        return nodePort.close(descriptor)
      },
      release: descriptor => {
        open--
        nodePort.release(descriptor)
      },
      descriptors: undefined,
    })
    await counting.get('f0')
    await Promise.all(Array.from({ length: 300 }, (_, index) => counting.get(`f${index}`)))
    expect(most).toBeLessThanOrEqual(40)
    expect(await store.size()).toBe(300)
  })
})

describe('a system where descriptors have no names', () => {
  it('works the same', async () => {
    const store = faulty({ descriptors: undefined })
    await store.set('left over/a', bytes('x'))
    await files(root).delete('left over/a')
    await store.set('a/b/c', bytes('x'))
    await store.set('left over', bytes('y'))
    expect(text(await store.get('a/b/c'))).toBe('x')
    expect(await store.stat('a/b/c')).toMatchObject({ size: 1 })
    expect(await collect(store.keys({ prefix: 'a/' }))).toEqual(['a/b/c'])
    await store.delete('a/b/c')
    expect(readdirSync(root)).toEqual(['left over'])
    expect(readFileSync(path.join(root, 'left over'), 'utf8')).toBe('y')
  })
})
