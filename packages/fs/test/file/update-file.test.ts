import {
  chmodSync,
  chownSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { bytes, scripts, temporaryFolder, text } from '@kvdol/test-support'
import { build } from 'esbuild'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  fileLocks,
  leaseHost,
  localHost,
  lockNameOf,
  openFile,
  thisProcess,
  updateFile,
  withLock,
} from '../../src/file/index.ts'
import { type Maker, printMaker } from '../../src/file/maker.ts'
import { randomName, temporaryNameBy } from '../../src/file/names.ts'
import type { FsPort } from '../../src/file/port.ts'
import { nodePort } from '../../src/file/system-port.ts'

const run = scripts(new URL('../support/everything.ts', import.meta.url))

let folder = ''
let file = ''
const inFolder = (name: string) => path.join(folder, name)
beforeEach(() => {
  folder = temporaryFolder()
  file = inFolder('file')
})

/** A remake that gives this content. */
const content = (value: string) => async () => one(value)
async function* one(value: string) {
  yield bytes(value)
}

const temporaryNameOf = (maker: Maker) => temporaryNameBy(printMaker(maker))

const failure = (code: string, syscall: string) => Object.assign(new Error(code), { code, syscall })

describe('openFile', () => {
  it('reads any part of a file, also after it was replaced', async () => {
    writeFileSync(file, 'old content')
    const opened = await openFile(file)
    if (opened === undefined) return expect.unreachable()
    await updateFile(file, content('new'))
    expect(opened.size).toBe(11)
    expect(text(await opened.read(4, 11))).toBe('content')
    expect(await opened.isCurrent()).toBe(true)
    await expect(opened.read(4, 12)).rejects.toMatchObject({ code: 'Corrupt' })
    const etag = (await openFile(file))?.etag
    expect(etag).not.toBe(opened.etag)
    opened.close()
    opened.close()
    await expect(opened.read(0, 1)).rejects.toMatchObject({ code: 'Conflict' })
  })

  it('reads large parts whole, however little the system gives at a time', async () => {
    const value = new Uint8Array(300_000).map((_, index) => index)
    writeFileSync(file, value)
    const read: FsPort['read'] = (descriptor, [first], position) =>
      nodePort.read(descriptor, [(first as Uint8Array).subarray(0, 1000)], position)
    const opened = await openFile(file, { ...nodePort, read })
    expect(await opened?.read(1, 299_999)).toEqual(value.subarray(1, 299_999))
    opened?.close()
  })

  it('tells that a program has written into the file', async () => {
    writeFileSync(file, 'old')
    const opened = await openFile(file)
    writeFileSync(file, 'longer')
    expect(await opened?.isCurrent()).toBe(false)
    opened?.close()
  })

  it('gives undefined only for what is not there', async () => {
    expect(await openFile(file)).toBe(undefined)
    await expect(openFile(folder)).rejects.toMatchObject({ code: 'Unavailable', retryable: false })
    writeFileSync(file, '')
    await expect(openFile(`${file}/x`)).rejects.toMatchObject({ code: 'ENOTDIR' })
  })
})

describe('updateFile', () => {
  it('makes the new content of the old', async () => {
    const deep = inFolder('new/folders/file')
    await updateFile(deep, async old => one(`was ${old?.size}`))
    await updateFile(deep, async old => one(`${text(await old?.read(0, old.size))}, now more`))
    await updateFile(deep, async () => undefined)
    expect(readFileSync(deep, 'utf8')).toBe('was undefined, now more')
    expect(readdirSync(path.dirname(deep))).toEqual(['file'])
  })

  it('keeps permissions, owner and symbolic links', async () => {
    writeFileSync(inFolder('real'), 'old')
    chmodSync(inFolder('real'), 0o751)
    if (process.getuid?.() === 0) chownSync(inFolder('real'), 12, 34)
    const before = statSync(inFolder('real'))
    symlinkSync('real', file)
    symlinkSync('missing', inFolder('dangling'))
    await updateFile(file, content('new'))
    await updateFile(inFolder('dangling'), content('made'))
    for (const link of ['file', 'dangling']) expect(lstatSync(inFolder(link)).isSymbolicLink()).toBe(true)
    const { mode, uid, gid } = statSync(inFolder('real'))
    expect({ mode, uid, gid }).toEqual({ mode: before.mode, uid: before.uid, gid: before.gid })
    expect(readFileSync(inFolder('real'), 'utf8')).toBe('new')
    expect(readFileSync(inFolder('missing'), 'utf8')).toBe('made')
  })

  it('leaves the old file and nothing else when the content fails', async () => {
    writeFileSync(file, 'old')
    async function* broken() {
      yield bytes('half')
      throw new Error('the source broke')
    }
    await expect(updateFile(file, async () => broken())).rejects.toThrow('the source broke')
    await expect(updateFile(file, () => Promise.reject(new Error('no idea')))).rejects.toThrow('no idea')
    const controller = new AbortController()
    const aborting = async () => {
      controller.abort()
      return one('new')
    }
    await expect(updateFile(file, aborting, { signal: controller.signal })).rejects.toMatchObject({
      code: 'Aborted',
      outcome: 'not-applied',
    })
    expect(readFileSync(file, 'utf8')).toBe('old')
    expect(readdirSync(folder)).toEqual(['file'])
  })

  it('says that the outcome is unknown when only the name could not be synced', async () => {
    let synced = 0
    const sync: FsPort['sync'] = descriptor =>
      ++synced === 2 ? Promise.reject(failure('EIO', 'fsync')) : nodePort.sync(descriptor)
    const port = { ...nodePort, sync }
    await expect(updateFile(file, content('new'), { sync: 'full', port })).rejects.toMatchObject({
      code: 'Unavailable',
      outcome: 'unknown',
    })
    expect(readFileSync(file, 'utf8')).toBe('new')
  })

  it.each(['EPERM', 'EACCES', 'EISDIR', 'EXDEV', 'EINVAL', 'ENOTSUP', 'ENOSYS'])(
    'takes turns also where linking fails with %s',
    async code => {
      const port = { ...nodePort, link: () => Promise.reject(failure(code, 'link')) }
      writeFileSync(file, '0')
      const count = () =>
        updateFile(file, async old => one(String(Number(text(await old?.read(0, old.size))) + 1)), { port })
      await Promise.all(Array.from({ length: 10 }, count))
      expect(readFileSync(file, 'utf8')).toBe('10')
      expect(readdirSync(folder)).toEqual(['file'])
    },
  )

  it.each(['EIO', 'ENOSPC', 'EROFS'])('fails where linking fails with %s', async code => {
    const port = { ...nodePort, link: () => Promise.reject(failure(code, 'link')) }
    await expect(updateFile(file, content('x'), { port })).rejects.toMatchObject({ code })
    expect(readdirSync(folder)).toEqual([])
  })

  it('goes on where permissions and times are not ours to change', async () => {
    const denied = () => {
      throw failure('EPERM', 'fchmod')
    }
    await updateFile(file, content('1'), { port: { ...nodePort, touch: denied } })
    await updateFile(file, content('2'), { port: { ...nodePort, touch: denied, chmod: denied } })
    expect(readFileSync(file, 'utf8')).toBe('2')
  })

  it('waits for others no longer than it may', async () => {
    const lock = inFolder(lockNameOf('file'))
    await withLock(fileLocks(), lock, async () => {
      await expect(updateFile(file, content('x'), { wait: 30 })).rejects.toMatchObject({
        code: 'Unavailable',
        retryable: true,
        outcome: 'not-applied',
      })
    })
    let end = () => {}
    let slow: Promise<void> | undefined
    await new Promise<void>(begun => {
      slow = updateFile(file, async () => {
        begun()
        await new Promise<void>(resolve => {
          end = resolve
        })
        return one('slow')
      })
    })
    await expect(updateFile(file, content('x'), { wait: 30 })).rejects.toMatchObject({ code: 'Unavailable' })
    const next = updateFile(file, async old => one(`${text(await old?.read(0, old.size))} and next`))
    end()
    await Promise.all([slow, next])
    expect(readFileSync(file, 'utf8')).toBe('slow and next')
    expect(readdirSync(folder)).toEqual(['file'])
  })

  it('does not replace the file when its lock may be lost', async () => {
    writeFileSync(file, 'old')
    let late = 0
    const clock = { ...localHost.clock, wall: () => Date.now() + late }
    const stalling = async () => {
      late = 60_000
      return one('new')
    }
    await expect(updateFile(file, stalling, { host: { ...localHost, clock } })).rejects.toMatchObject({
      code: 'Unavailable',
      retryable: true,
      outcome: 'not-applied',
    })
    expect(readFileSync(file, 'utf8')).toBe('old')
    expect(readdirSync(folder)).toEqual(['file'])
  })
})

describe('several processes', () => {
  it('count together without losing one', async () => {
    const script = `
      const one = async function* (value) { yield bytes(value) }
      for (let step = 0; step < 25; step++)
        await kvdol.updateFile(file, async old => one(String(Number(old ? text(await old.read(0, old.size)) : 0) + 1)))`
    const ends = await Promise.all([1, 2, 3, 4].map(() => run(script, { values: { file } }).ended))
    expect(ends.map(({ code, output }) => ({ code, output }))).toEqual(Array(4).fill({ code: 0, output: '' }))
    expect(readFileSync(file, 'utf8')).toBe('100')
    expect(readdirSync(folder)).toEqual(['file'])
  })

  it('that are killed, at any step, leave the old file or the new one, and nothing that stays', async () => {
    const script = `
      const calls = ['open', 'write', 'link', 'unlink', 'rename', 'close', 'read', 'touch', 'opendir']
      let steps = 0
      const counted = name => (...call) => {
        if (steps++ === at) process.kill(process.pid, 'SIGKILL')
        return kvdol.nodePort[name](...call)
      }
      const port = { ...kvdol.nodePort, ...Object.fromEntries(calls.map(name => [name, counted(name)])) }
      const one = async function* (value) { yield bytes(value) }
      await kvdol.updateFile(file, async old => one('new'), { port })`
    let killed = 0
    for (let at = 0, survived = false; !survived; at++) {
      writeFileSync(file, 'old')
      const { code } = await run(script, { values: { file, at } }).ended
      survived = code === 0
      if (!survived) killed++
      expect(['old', 'new']).toContain(readFileSync(file, 'utf8'))
      await updateFile(file, async old => one(`after ${text(await old?.read(0, old.size))}`), { wait: 1000 })
      expect(readdirSync(folder)).toEqual(['file'])
    }
    expect(killed).toBeGreaterThan(10)
  })
})

describe('left-overs', () => {
  const elsewhere = { ...thisProcess, place: '0123456789ab' }
  const dead = { ...thisProcess, process: 4_000_000 }

  it('of processes that have ended are removed, all others stay', async () => {
    const names = {
      dead: temporaryNameOf(dead),
      living: temporaryNameOf(thisProcess),
      elsewhere: temporaryNameOf(elsewhere),
      marker: '.kvdol',
      unknown: '.kvdol-something-else',
    }
    for (const name of Object.values(names)) writeFileSync(inFolder(name), 'x')
    await updateFile(file, content('x'))
    expect(readdirSync(folder).sort()).toEqual(
      ['file', names.living, names.elsewhere, names.marker, names.unknown].sort(),
    )
  })

  it('of other places, and of old versions, are removed when they have not changed for some leases', async () => {
    const old = `${randomName()}.0123456789ab.17.1`
    for (const name of [
      temporaryNameOf(elsewhere),
      `.kvdol-t-${old}`,
      '.kvdol-zip-t-0123',
      '.kvdol-l-0123',
      '.kvdol-zip-b-0123',
    ])
      writeFileSync(inFolder(name), old)
    symlinkSync(old, inFolder('.kvdol-zip-l-0123'))
    const living = temporaryNameOf(elsewhere)
    let late = 0
    const clock = { ...leaseHost.clock, monotonic: () => late }
    const host = { ...localHost, clock }
    for (late of [0, 5000, 10_000, 99_000]) {
      writeFileSync(inFolder(living), `written at ${late}`)
      await updateFile(file, content('x'), { host, wait: 1000 })
      const locks = readdirSync(folder).filter(name => /-(l|b)-/.test(name))
      expect(locks).toHaveLength(late < 12_500 ? 3 : 0)
    }
    expect(readdirSync(folder)).toHaveLength(5)
    late = 101_000
    await updateFile(file, content('x'), { host, wait: 1000 })
    expect(readdirSync(folder).sort()).toEqual([living, 'file'].sort())
  })

  it('are told from a file whose source is slow: it is touched again and again', async () => {
    const works: (() => void)[] = []
    const clock = {
      ...localHost.clock,
      every(_: number, work: () => void) {
        works.push(work)
        return () => {}
      },
    }
    const times: bigint[] = []
    async function* slow() {
      yield bytes('a')
      for (let turn = 0; turn < 3; turn++) {
        for (const work of works) work()
        const name = readdirSync(folder).find(each => each.startsWith('.kvdol-t-')) as string
        times.push(statSync(inFolder(name), { bigint: true }).mtimeNs)
        await new Promise(resolve => setTimeout(resolve, 2))
      }
    }
    await updateFile(file, async () => slow(), { host: { ...localHost, clock } })
    expect(new Set(times).size).toBe(3)
  })
})

it('withLock needs no file system of Node', async () => {
  const entry = fileURLToPath(new URL('../../src/file/with-lock.ts', import.meta.url))
  const { metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    external: ['@kvdol/core'],
  })
  const imported = Object.values(metafile.inputs).flatMap(({ imports }) => imports.map(each => each.path))
  expect(imported.filter(each => each.startsWith('node:'))).toEqual(
    imported.filter(each => each === 'node:crypto'),
  )
  expect(imported).toContain('node:crypto')
})

describe('a process', () => {
  it('that has ended but is still listed has ended', async context => {
    if (process.platform !== 'linux') context.skip('only Linux tells the state of a process')
    // The shell becomes a program that never asks how its child has ended.
    const script = `
      const { spawn } = await import('node:child_process')
      const shell = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] })
      shell.stdout.once('data', async data => {
        const id = Number(data)
        const { readFileSync } = await import('node:fs')
        while (!/ [ZX] /.test(readFileSync('/proc/' + id + '/stat', 'latin1')))
          await new Promise(resolve => setTimeout(resolve, 5))
        console.log(kvdol.thisProcess.hasEnded({ ...kvdol.thisProcess, process: id, started: '0' }))
        shell.kill('SIGKILL')
      })`
    expect((await run(script).ended).output).toBe('true\n')
  })

  it('is not taken for another one with its number', () => {
    expect(thisProcess.hasEnded(thisProcess)).toBe(false)
    expect(thisProcess.hasEnded({ ...thisProcess, started: '1' })).toBe(process.platform === 'linux')
    expect(thisProcess.hasEnded(dead())).toBe(true)
  })

  const dead = () => ({ ...thisProcess, process: 4_000_000 })
})
