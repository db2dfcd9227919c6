import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs, { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type ByteStore, type Watched, watch, writeStream } from '@kvdol/core'
import { beforeEach, describe, expect, it } from 'vitest'
import type { LockHost } from '../src/file/lock-port.ts'
import { leaseHost } from '../src/file/lock-port.ts'
import type { FsPort } from '../src/file/port.ts'
import { systemPort } from '../src/file/system-port.ts'
import type { Hear } from '../src/file/watch-folder.ts'
import { createFiles, files } from '../src/files.ts'
import { bytes, temporaryFolder } from './support/helpers.ts'
import { memoryPort } from './support/memory-port.ts'

let root = ''
beforeEach(() => {
  root = path.join(temporaryFolder(), 'way/to/root')
})

type Changes = AsyncIterator<Watched<string>>

/** A watch that has begun. */
async function begun(store: ByteStore, options: { prefix?: string; signal?: AbortSignal } = {}) {
  const changes = watch(store, options)[Symbol.asyncIterator]()
  expect(await changes.next()).toEqual({ done: false, value: { missed: true } })
  return changes
}

/** Waits until one of these was told last, and gives all that was told until then; `undefined` for a note. */
async function until(changes: Changes, last: string | undefined): Promise<(string | undefined)[]> {
  const told: (string | undefined)[] = []
  while (told.at(-1) !== last || told.length === 0) {
    const { done, value } = await changes.next()
    if (done) throw new Error('it has ended')
    told.push(value.key)
  }
  return told
}

/** Descriptors that watch something. */
const watching = () =>
  readdirSync('/proc/self/fdinfo').reduce((sum, name) => {
    try {
      return sum + (fs.readFileSync(`/proc/self/fdinfo/${name}`, 'utf8').match(/^inotify /gm)?.length ?? 0)
    } catch {
      return sum
    }
  }, 0)

describe.each(['plain', 'encoded'] as const)('watch with %s keys', keys => {
  const open = () => files(root, { keys })
  const nameOf = (key: string) => (keys === 'plain' ? key : `${key}=`)

  it('tells of a root that is not there yet, is removed and comes again', async () => {
    const store = open()
    const changes = await begun(store)
    await store.set('a', bytes('1'))
    expect(await until(changes, 'a')).not.toContain(undefined)
    await store.set('deep/er/b', bytes('1'))
    await until(changes, 'deep/er/b')
    rmSync(path.dirname(root), { recursive: true })
    const told = new Set<string | undefined>()
    while (!told.has('a') || !told.has('deep/er/b')) told.add((await changes.next()).value?.key)
    await store.set('again', bytes('1'))
    await until(changes, 'again')
    await changes.return?.()
  })

  it('tells each change once, of values only', async () => {
    const store = open()
    await store.set('w/a', bytes('1'))
    const changes = await begun(store)
    for (let round = 0; round < 3; round++) {
      await store.set('w/a', bytes(`${round}`))
      expect(new Set(await until(changes, 'w/a'))).toEqual(new Set(['w/a']))
    }
    const { etag } = (await store.stat('w/a')) ?? {}
    await store.set('w/a', bytes('if'), { ifMatch: etag as string })
    await writeStream(store, 'w/s', [bytes('1'), bytes('2')])
    expect(new Set(await until(changes, 'w/s'))).toEqual(new Set(['w/a', 'w/s']))
    // The folder goes with its last value, which is nothing that was missed.
    await store.delete('w/a')
    await store.delete('w/s')
    await store.set('end', bytes(''))
    expect(new Set(await until(changes, 'end'))).toEqual(new Set(['w/a', 'w/s', 'end']))
    await changes.return?.()
  })

  it('tells of what other processes do', async () => {
    const store = open()
    await store.set('begun', bytes(''))
    const changes = await begun(store)
    const script = `const fs = require('fs'), r = process.argv[1]
      fs.mkdirSync(r + '/f/g', { recursive: true })
      fs.writeFileSync(r + '/f/g/${nameOf('x')}', '1')
      process.stdin.once('data', () => { fs.appendFileSync(r + '/f/g/${nameOf('x')}', '2'); process.exit() })`
    const child = spawn(process.execPath, ['-e', script, root], { stdio: ['pipe', 'ignore', 'inherit'] })
    const exit = once(child, 'exit')
    await until(changes, 'f/g/x')
    child.stdin.write('on')
    await until(changes, 'f/g/x')
    await exit
    await changes.return?.()
  })

  it('tells of what leaves and comes with its folder', async () => {
    const store = open()
    for (const key of ['in/a', 'in/deep/b']) await store.set(key, bytes('1'))
    const changes = await begun(store)
    const names = new Set<string | undefined>()
    renameSync(path.join(root, 'in'), path.join(root, 'out'))
    while (names.size < 4) names.add((await changes.next()).value?.key)
    expect(names).toEqual(new Set(['in/a', 'in/deep/b', 'out/a', 'out/deep/b']))
    await store.set('out/deep/c', bytes('1'))
    await until(changes, 'out/deep/c')
    await changes.return?.()
  })

  it('tells of folders by their paths where descriptors have no names', async () => {
    const store = createFiles(root, { keys }, { ...systemPort(), descriptors: undefined })
    await store.set('f/a', bytes('1'))
    const changes = await begun(store)
    await store.set('f/a', bytes('2'))
    await until(changes, 'f/a')
    await store.delete('f/a')
    await store.set('new/b', bytes('2'))
    expect(new Set(await until(changes, 'new/b'))).toEqual(new Set(['f/a', 'new/b']))
    await changes.return?.()
  })

  it('tells of a prefix alone, and watches no other folder', async () => {
    const store = open()
    await store.set('p/in', bytes('1'))
    await store.set('q/in', bytes('1'))
    const before = watching()
    const changes = await begun(store, { prefix: 'p/i' })
    expect(watching() - before).toBe(2)
    for (const key of ['q/in', 'p/out', 'q/new/x']) await store.set(key, bytes('2'))
    writeFileSync(path.join(root, nameOf('short')), '')
    rmSync(path.join(root, nameOf('short')))
    await store.set('p/in', bytes('2'))
    expect(new Set(await until(changes, 'p/in'))).toEqual(new Set(['p/in']))
    await changes.return?.()
  })

  it.each(['leaving', 'aborting', 'closing'])('leaves nothing open after %s', async way => {
    const store = open()
    await store.set('f/a', bytes('1'))
    const before = watching()
    const controller = new AbortController()
    const changes = await begun(store, { signal: controller.signal })
    expect(watching()).toBe(before + 2)
    const waits = changes.next().catch(error => error)
    if (way === 'leaving') await changes.return?.()
    else if (way === 'aborting') controller.abort()
    else await store.close()
    await waits
    await expect.poll(watching, { timeout: 20_000 }).toBe(before)
  })
})

describe('a watch that may have missed something', () => {
  /** A system that tells nothing while it is told so, and a clock of the test. */
  function deaf() {
    const port = systemPort()
    const state = { deaf: false, check: () => {}, hears: [] as Hear[] }
    const watchDeaf: FsPort['watch'] = (at, hear) => {
      state.hears.push(hear)
      return (port.watch as NonNullable<FsPort['watch']>)(at, name => state.deaf || hear(name))
    }
    const host: LockHost = {
      ...leaseHost,
      clock: {
        ...leaseHost.clock,
        every: (_, work) => {
          state.check = work
          return () => {}
        },
      },
    }
    return { state, store: createFiles(root, {}, { ...port, watch: watchDeaf }, host) }
  }

  it('says so, and knows the folders that were made meanwhile', async () => {
    const { state, store } = deaf()
    await store.set('f/a', bytes('1'))
    const changes = await begun(store)
    state.deaf = true
    await store.set('f/new/b', bytes('1'))
    await store.set('f/c', bytes('1'))
    // Two looks at it: the first may have come before what the system is about to tell.
    state.check()
    state.check()
    expect(await until(changes, undefined)).toEqual([undefined])
    state.deaf = false
    await store.set('f/new/b', bytes('2'))
    expect(await until(changes, 'f/new/b')).not.toContain(undefined)
    await changes.return?.()
  })

  it('says nothing when all was told', async () => {
    const { state, store } = deaf()
    await store.set('f/a', bytes('1'))
    const changes = await begun(store)
    for (let round = 0; round < 3; round++) {
      await store.set(`f/${round}`, bytes('1'))
      state.check()
      expect(await until(changes, `f/${round}`)).not.toContain(undefined)
    }
    await changes.return?.()
  })

  it.each([
    ['a name that the system does not say', 1, null],
    ['as many events as fill its queue', 8_192, 'x'],
  ])('says so after %s', async (_, count, name) => {
    const { state, store } = deaf()
    await store.set('a', bytes('1'))
    const changes = await begun(store)
    for (let event = 0; event < count; event++) state.hears.at(-1)?.(name)
    await until(changes, undefined)
    await store.set('a', bytes('2'))
    await until(changes, 'a')
    await changes.return?.()
  })

  it('says so of a folder that came and went before it was looked at', async () => {
    const store = files(root)
    await store.set('a', bytes('1'))
    const changes = await begun(store)
    mkdirSync(path.join(root, 'f'))
    writeFileSync(path.join(root, 'f/k'), '1')
    rmSync(path.join(root, 'f'), { recursive: true })
    await until(changes, undefined)
    await changes.return?.()
  })
})

describe('watch is refused', () => {
  const first = (store: ByteStore) => watch(store)[Symbol.asyncIterator]().next()

  it('where the system does not tell of everything, before anything is touched', async () => {
    const calls = {
      ...fs,
      statfs: (_: string, done: (error: null, stats: object) => void) => done(null, { type: 0x6969 }),
    }
    const far = createFiles(root, {}, systemPort(undefined, calls as never))
    await expect(first(far)).rejects.toMatchObject({ code: 'Unsupported', message: /local disk.*compare/ })
    await expect(first(createFiles('/root', {}, memoryPort()))).rejects.toMatchObject({ code: 'Unsupported' })
    mkdirSync(root, { recursive: true })
    const linked = files(root, { followSymlinks: true })
    await expect(first(linked)).rejects.toMatchObject({ code: 'Unsupported', message: /links/ })
    expect(readdirSync(root)).toEqual([])
  })

  it('with the setting that helps when the system lets no more be watched', async () => {
    const full = () => {
      throw Object.assign(new Error('full'), { code: 'ENOSPC' })
    }
    const store = createFiles(root, {}, systemPort(undefined, { ...fs, watch: full } as never))
    await store.set('a', bytes('1'))
    await expect(first(store)).rejects.toMatchObject({ code: 'Unavailable', message: /max_user_watches/ })
  })

  it('in a root of the other kind of keys', async () => {
    await files(root).set('a', bytes('1'))
    await expect(first(files(root, { keys: 'encoded' }))).rejects.toMatchObject({ code: 'Incompatible' })
  })

  it('not by links in the folder, which lead to nothing that is told', async () => {
    const store = files(root)
    await store.set('a', bytes('1'))
    const outside = temporaryFolder()
    symlinkSync(outside, path.join(root, 'link'))
    const changes = await begun(store)
    writeFileSync(path.join(outside, 'x'), '1')
    await store.set('a', bytes('2'))
    expect(new Set(await until(changes, 'a'))).toEqual(new Set(['a']))
    await changes.return?.()
  })
})
