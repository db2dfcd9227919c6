import fs, { mkdirSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { FsCalls } from '../src/file/calls.ts'
import { Pace } from '../src/file/pace.ts'
import { systemPort } from '../src/file/system-port.ts'
import { createFiles } from '../src/files.ts'
import { temporaryFolder, text } from './support/helpers.ts'

let around = ''
const inRoot = (name: string) => path.join(around, 'root', name)
const outside = (name: string) => path.join(around, name)

afterEach(() => void vi.useRealTimers())

beforeEach(() => {
  around = temporaryFolder()
  mkdirSync(inRoot('a/b'), { recursive: true })
  mkdirSync(outside('elsewhere/b'), { recursive: true })
  for (const name of ['a/x', 'a/y', 'a/b/x', 'a/b/y']) writeFileSync(inRoot(name), 'mine')
  for (const name of ['elsewhere/x', 'elsewhere/b/x']) writeFileSync(outside(name), 'canary')
})

/** A store on a local medium, at a time at which no folder has changed lately; `places` counts how often a place is asked for. */
function opened({ openSync = fs.openSync, later = 1000 } = {}) {
  vi.useFakeTimers({ now: Math.ceil(fs.statSync(inRoot('')).ctimeMs) + later, toFake: ['Date'] })
  const statfs = (_: string, done: (error: null, found: { type: number }) => void) =>
    done(null, { type: 0xef53 })
  const port = systemPort(new Pace({ now: () => 0, nextTurn() {} }), {
    ...fs,
    statfs,
    openSync,
  } as unknown as FsCalls)
  const counted = { places: 0 }
  const placeOf = (descriptor: number) => {
    counted.places++
    return port.placeOf(descriptor)
  }
  return { counted, store: createFiles(inRoot(''), {}, { ...port, placeOf }) }
}

const descriptors = () => fs.readdirSync('/proc/self/fd').length

describe.runIf(process.platform === 'linux')('many reads of one folder in a turn', () => {
  it.each(['a/x', 'a/b/x'])('of %s ask the kernel where files lie only at first', async key => {
    const { store, counted } = opened()
    await store.get(key)
    const before = counted.places
    for (let index = 0; index < 100; index++) expect(text(await store.get(key))).toBe('mine')
    expect(counted.places).toBe(before + 1)
  })

  it('leave nothing open after the turn', async () => {
    const { store } = opened()
    await store.get('a/b/x')
    const before = descriptors()
    for (let index = 0; index < 10; index++) await store.get('a/b/x')
    await new Promise(setImmediate)
    expect(descriptors()).toBe(before)
  })

  it('read on where no folder can be kept open', async () => {
    let full = false
    const openSync = ((name: string, flags: number) => {
      if (full && fs.statSync(name).isDirectory()) throw Object.assign(new Error('full'), { code: 'EMFILE' })
      return fs.openSync(name, flags)
    }) as typeof fs.openSync
    const { store, counted } = opened({ openSync })
    await store.get('a/x')
    const before = counted.places
    full = true
    for (let index = 0; index < 10; index++) expect(text(await store.get('a/x'))).toBe('mine')
    expect(counted.places).toBe(before + 10)
  })

  it('ask for each file while names on the way have changed lately', async () => {
    const { store, counted } = opened({ later: 50 })
    for (let index = 0; index < 10; index++) await store.get('a/x')
    expect(counted.places).toBeGreaterThanOrEqual(10)
  })

  it.each([
    ['a', 'elsewhere', 'a/x'],
    ['a', 'elsewhere', 'a/b/x'],
    ['a/b', 'elsewhere', 'a/b/x'],
    // The very folder that was there.
    ['a', 'moved', 'a/x'],
    ['a', 'moved', 'a/b/x'],
    ['a/b', 'moved', 'a/b/x'],
  ])('notice a link in the place of %s that leads to %s, for %s', async (folder, target, key) => {
    const { store } = opened()
    for (let index = 0; index < 5; index++) await store.get(key)
    renameSync(inRoot(folder), outside('moved'))
    symlinkSync(outside(target), inRoot(folder))
    await expect(store.get(key)).rejects.toMatchObject({ code: 'InvalidKey', reason: 'symlink' })
    unlinkSync(inRoot(folder))
    expect(await store.get(key)).toBe(undefined)
    renameSync(outside('moved'), inRoot(folder))
    expect(text(await store.get(key))).toBe('mine')
  })

  it('notice another folder in the place of one', async () => {
    const { store } = opened()
    for (let index = 0; index < 5; index++) await store.get('a/b/x')
    renameSync(inRoot('a/b'), outside('moved'))
    mkdirSync(inRoot('a/b'))
    expect(await store.get('a/b/x')).toBe(undefined)
    writeFileSync(inRoot('a/b/x'), 'new')
    expect(text(await store.get('a/b/x'))).toBe('new')
  })

  it.each([
    ['a', 'a/x'],
    ['a', 'a/b/x'],
    ['a/b', 'a/b/x'],
  ])('never read through a link that is in the place of %s only while %s is opened', async (folder, key) => {
    let attack = false
    const openSync = ((file: string, ...flags: [number]) => {
      if (!attack || file !== inRoot(key)) return fs.openSync(file, ...flags)
      attack = false
      renameSync(inRoot(folder), outside('moved'))
      symlinkSync(outside('elsewhere'), inRoot(folder))
      try {
        return fs.openSync(file, ...flags)
      } finally {
        unlinkSync(inRoot(folder))
        renameSync(outside('moved'), inRoot(folder))
      }
    }) as typeof fs.openSync
    const { store } = opened({ openSync })
    for (let index = 0; index < 5; index++) await store.get(key)
    for (let index = 0; index < 5; index++) {
      attack = true
      expect(text(await store.get(key))).toBe('mine')
      expect(attack).toBe(false)
      await store.get(key)
    }
  })
})
