import fs from 'node:fs'
import path from 'node:path'
import { createStore } from '@kvdol/core'
import { type FsPort, nodePort } from '@kvdol/fs/file'
import { beforeEach, describe, expect, it } from 'vitest'
import { entryInfo, zip } from '../src/index.ts'
import { zipSettings } from '../src/options.ts'
import { filePlace } from '../src/places/file-place.ts'
import { archive } from '../src/reading/archive.ts'
import { readingDriver } from '../src/reading/reading-driver.ts'
import { type Crafted, craft, field } from './support/craft.ts'
import { bytes, temporaryFolder, text } from './support/helpers.ts'

let file = ''
beforeEach(() => {
  file = path.join(temporaryFolder(), 'a.zip')
})

/** A store over the archive whose medium is quick or slow for certain, and how often the file was opened in either way. */
function opened({ quick = true } = {}) {
  const count = { now: 0, later: 0 }
  const port: FsPort = {
    ...nodePort,
    readPart: undefined,
    open(...call) {
      count.later++
      return nodePort.open(...call)
    },
    ...(quick && {
      readPart(where, flags, start, length) {
        count.now++
        if (!fs.existsSync(where)) return undefined
        const descriptor = fs.openSync(where, flags)
        try {
          const part = new Uint8Array(length)
          if (fs.readSync(descriptor, part, 0, length, start) !== length) return undefined
          return { bytes: part, stats: fs.fstatSync(descriptor, { bigint: true }) }
        } finally {
          fs.closeSync(descriptor)
        }
      },
    }),
  }
  const settings = zipSettings({})
  const driver = readingDriver(archive(filePlace(file, settings, port), settings), settings)
  const store = createStore<string, Uint8Array>({ name: 'zip', ...driver })
  return { store, count }
}

describe('an archive on a quick medium, once its directory is known', () => {
  it('is read at once, and asked at once', async () => {
    fs.writeFileSync(
      file,
      craft([
        { name: 'a', data: 'one'.repeat(50), method: 8 },
        { name: 'b', data: 'two' },
      ]),
    )
    const { store, count } = opened()
    await store.size()
    const { later } = count
    expect(text(await store.get('a'))).toBe('one'.repeat(50))
    expect(text(await store.get('b'))).toBe('two')
    expect(await store.has('c')).toBe(false)
    expect((await store.stat('b'))?.size).toBe(3)
    expect((await entryInfo(store, 'a'))?.method).toBe('deflated')
    expect(await store.size()).toBe(2)
    expect(count).toEqual({ now: 6, later })
  })

  it('gives values that are nobody else’s', async () => {
    fs.writeFileSync(file, craft([{ name: 'a', data: 'one' }]))
    for (const store of [opened().store, zip(fs.readFileSync(file))]) {
      await store.size()
      const value = (await store.get('a')) as Uint8Array
      expect(value.buffer.byteLength).toBe(3)
      value.fill(0)
      expect(text(await store.get('a'))).toBe('one')
    }
  })

  it.each<[string, (next: Buffer) => void, string | undefined]>([
    ['replaced', next => rename(next), 'new'],
    ['written in place', next => fs.writeFileSync(file, next), 'new'],
    ['removed', () => fs.rmSync(file), undefined],
    ['removed and made again', next => [fs.rmSync(file), fs.writeFileSync(file, next)], 'new'],
    ['moved behind a link', next => link(next), 'new'],
  ])('that was %s is the new one', async (_, change, expected) => {
    // As long as each other, at the same places.
    const [old, next] = ['old', 'new'].map(data => craft([{ name: 'a', data }, { name: data }])) as [
      Buffer,
      Buffer,
    ]
    fs.writeFileSync(file, old)
    const { store, count } = opened()
    await store.size()
    expect(text(await store.get('a'))).toBe('old')
    const { later } = count
    change(next)
    expect(await store.has('new')).toBe(expected !== undefined)
    expect(text(await store.get('a'))).toBe(expected)
    expect(count.later).toBeGreaterThan(later)
    expect(await store.has('a')).toBe(expected !== undefined)
  })

  it('that this store has written is the new one', async () => {
    const store = zip(file)
    for (const value of ['one', 'two', 'three']) {
      await store.set('a', bytes(value))
      expect([text(await store.get('a')), text(await store.get('a'))]).toEqual([value, value])
      await store.delete('a')
      expect([await store.has('a'), await store.get('a')]).toEqual([false, undefined])
    }
  })

  it.each<[string, Partial<Crafted>]>([
    [
      'a local header longer than the directory lets expect',
      { local: { extra: field(0x9999, Buffer.alloc(500)) } },
    ],
    ['a value too long for that', { data: 'x'.repeat(70_000) }],
  ])('reads %s in the other way', async (_, entry) => {
    const data = entry.data ?? 'value'
    fs.writeFileSync(file, craft([{ name: 'a', data, ...entry }]))
    const { store, count } = opened()
    await store.size()
    const { later } = count
    expect(text(await store.get('a'))).toBe(data)
    expect(count.later).toBe(later + 1)
  })

  it.each([
    ['a wrong checksum', { crc: 1 }, 'Corrupt'],
    ['another name in its local header', { local: { name: 'b' } }, 'Corrupt'],
    ['a size that is not its own', { method: 8, size: 7 }, 'Corrupt'],
    ['an unknown method', { method: 99 }, 'Unsupported'],
  ])('tells of %s as ever', async (_, wrong, code) => {
    fs.writeFileSync(file, craft([{ name: 'a', data: 'some value', ...wrong }]))
    const { store } = opened()
    await store.size()
    await expect(store.get('a')).rejects.toMatchObject({ code, key: 'a' })
  })
})

it('an archive on a slow medium is never read at once', async () => {
  fs.writeFileSync(file, craft([{ name: 'a', data: 'one' }]))
  const { store, count } = opened({ quick: false })
  for (let round = 1; round <= 3; round++) {
    expect(text(await store.get('a'))).toBe('one')
    expect(await store.has('a')).toBe(true)
    expect(count).toEqual({ now: 0, later: 2 * round })
  }
})

function rename(next: Buffer): void {
  fs.writeFileSync(`${file}.new`, next)
  fs.renameSync(`${file}.new`, file)
}

function link(next: Buffer): void {
  fs.renameSync(file, `${file}.old`)
  fs.writeFileSync(`${file}.new`, next)
  fs.symlinkSync(`${file}.new`, file)
}
