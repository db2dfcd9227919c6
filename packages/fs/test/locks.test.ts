import { readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { bundle, scripts } from '@kvdol/test-support'
import { beforeEach, describe, expect, it } from 'vitest'
import { type LockHost, localHost, lockNameOf, Sightings } from '../src/file/index.ts'
import { printLock } from '../src/file/lock-content.ts'
import type { FsPort } from '../src/file/port.ts'
import { nodePort } from '../src/file/system-port.ts'
import { createFiles, files } from '../src/files.ts'
import { bytes, temporaryFolder, text } from './support/helpers.ts'

const run = scripts(new URL('./support/everything.ts', import.meta.url))

const copy = bundle({ files: new URL('../src/files.ts', import.meta.url) })

let root = ''
beforeEach(() => {
  root = temporaryFolder()
})

/** This machine, long after it has seen every lock for the first time. */
class LongAgo extends Sightings {
  override seen(): number {
    return 20_000
  }
}
const host: LockHost = { ...localHost, sightings: new LongAgo() }

describe('a lock of another machine', () => {
  it('that has ended does not lock a key for ever', async () => {
    const store = createFiles(root, {}, nodePort, host)
    await store.set('n', bytes('0'))
    const maker = { place: '0123456789abcdef', process: 1, started: '1' }
    const content = printLock({ random: '0'.repeat(18), maker, lease: 10_000, count: 7 })
    const lock = path.join(root, lockNameOf('n'))
    for (const write of [
      async () => store.set('n', bytes('1'), { ifMatch: (await store.stat('n'))?.etag as string }),
      async () => store.delete('n', { ifMatch: (await store.stat('n'))?.etag as string }),
      () => store.set('n', bytes('2')),
    ]) {
      writeFileSync(lock, content)
      await write()
      expect(readdirSync(root).filter(name => name !== 'n')).toEqual([])
    }
    expect(text(await store.get('n'))).toBe('2')
  })
})

describe('a write under a condition that another process overtakes', () => {
  /** A store whose next renaming waits until `overtaken` says that somebody else has written. */
  function overtakenStore(overtake: () => void, overtaken: () => boolean, create = createFiles) {
    let waits = true
    const rename: FsPort['rename'] = async (from, to) => {
      if (waits && to.endsWith('/n')) {
        waits = false
        overtake()
        while (!overtaken()) await new Promise(resolve => setTimeout(resolve, 2))
      }
      await nodePort.rename(from, to)
    }
    return create(root, {}, { ...nodePort, rename })
  }

  it.each([
    ['set', `await kvdol.files(root).set('n', bytes('plain'))`, 'plain'],
    ['delete', `await kvdol.files(root).delete('n')`, undefined],
  ])('does not undo its %s', async (call, script, expected) => {
    await files(root).set('n', bytes('old'))
    const etag = (await files(root).stat('n'))?.etag as string
    const content = () => {
      try {
        return readFileSync(path.join(root, 'n'), 'utf8')
      } catch {
        return undefined
      }
    }
    let ended: Promise<unknown> | undefined
    const overtake = () => {
      ended = run(script, { values: { root } }).ended
    }
    const update = overtakenStore(overtake, () => content() !== 'old').set('n', bytes('update'), {
      ifMatch: etag,
    })
    // It learns of a value that was taken away; one that was replaced is written once more.
    if (call === 'delete')
      await expect(update).rejects.toMatchObject({ code: 'Conflict', outcome: 'not-applied' })
    else await update
    expect(await ended).toMatchObject({ code: 0, output: '' })
    expect(content()).toBe(expected)
    expect(readdirSync(root)).toEqual(expected === undefined ? [] : ['n'])
  })

  it('is undone by a delete that took away what was written meanwhile', async () => {
    await files(root).set('n', bytes('old'))
    // A copy of the module takes its turns apart, as another process does.
    const other: typeof import('../src/files.ts') = await import(copy('files'))
    let updated: Promise<unknown> | undefined
    let taken = false
    const rename: FsPort['rename'] = async (from, to) => {
      if (updated === undefined && from.endsWith('/n')) {
        // The delete has looked at the old value. Now there is a new one, and a write which has looked at that.
        await other.files(root).set('n', bytes('between'))
        const ifMatch = (await files(root).stat('n'))?.etag as string
        await new Promise<void>(resolve => {
          const store = overtakenStore(resolve, () => taken, other.createFiles)
          updated = store.set('n', bytes('update'), { ifMatch })
        })
      }
      await nodePort.rename(from, to)
      taken = true
    }
    await createFiles(root, {}, { ...nodePort, rename }).delete('n')
    await updated
    expect(readdirSync(root)).toEqual([])
  })

  it('is a Conflict when its value was taken away and another came in that moment', async () => {
    const store = files(root)
    // Somebody holds the lock and deletes the new value; another one is there before it is put back.
    let links = 0
    const link: FsPort['link'] = async (from, to) => {
      if (to.endsWith('/n') && links++ > 0) writeFileSync(to, 'other')
      await nodePort.link(from, to)
      if (to.endsWith('/n')) unlinkSync(to)
    }
    const creating = createFiles(root, {}, { ...nodePort, link }).set('n', bytes('x'), { ifAbsent: true })
    await expect(creating).rejects.toMatchObject({ code: 'Conflict', outcome: 'unknown' })
    expect(text(await store.get('n'))).toBe('other')
  })

  it.each([
    ['stream', `await kvdol.writeStream(kvdol.files(root), 'n', [bytes('streamed')])`, { n: 'streamed' }],
    ['rename', `await kvdol.rename(kvdol.files(root), 'n', 'moved')`, { moved: 'update' }],
  ])('comes before its %s', async (_, script, expected) => {
    await files(root).set('n', bytes('old'))
    const etag = (await files(root).stat('n'))?.etag as string
    let other: ReturnType<typeof run> | undefined
    let said = false
    const overtake = () => {
      other = run(`console.log('begun')\n${script}`, { values: { root } })
      void other.said('begun').then(() => {
        said = true
      })
    }
    await overtakenStore(overtake, () => said).set('n', bytes('update'), { ifMatch: etag })
    expect(await other?.ended).toMatchObject({ code: 0 })
    const found = readdirSync(root).map(name => [name, readFileSync(path.join(root, name), 'utf8')])
    expect(Object.fromEntries(found)).toEqual(expected)
  })
})
