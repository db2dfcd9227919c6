import { createStore, memory } from '@kvdol/core'
import { afterEach, describe, expect, it } from 'vitest'
import { zip, zipOf } from '../src/index.ts'
import { craft } from './support/craft.ts'
import { collect } from './support/helpers.ts'

/** How much work is done in one turn of the event loop at most, counted by `note`. */
function work() {
  let now = 0
  const counted = { most: 0, turns: 0 }
  const turn = () => {
    counted.turns++
    now = 0
    if (watching) setImmediate(turn)
  }
  watching = true
  setImmediate(turn)
  const note = (amount = 1) => {
    now += amount
    counted.most = Math.max(counted.most, now)
  }
  return { note, counted }
}

let watching = false
afterEach(() => {
  watching = false
})

const many = (count: number, name: (index: number) => string | Uint8Array) =>
  craft(Array.from({ length: count }, (_, index) => ({ name: name(index), flags: 0 })))

describe('other work of the event loop gets its turn', () => {
  it('while a directory is read, every few hundred records', async () => {
    const { note, counted } = work()
    const names = (name: Uint8Array) => {
      note()
      return Buffer.from(name).toString('latin1')
    }
    // Not ASCII, so that the function is asked.
    const archive = zip(
      many(5000, index => Buffer.from(`é${index}`, 'latin1')),
      { names },
    )
    expect(await archive.size()).toBe(5000)
    // The turn that begins the reading may have come between two slices of it.
    expect(counted.most).toBeLessThanOrEqual(2 * 256)
  })

  it('sooner where names are long', async () => {
    const { note, counted } = work()
    const names = (name: Uint8Array) => {
      note(name.byteLength)
      return undefined
    }
    const archive = zip(
      many(200, index => Buffer.from(`é${index}`.padEnd(60_000, 'x'), 'latin1')),
      { names },
    )
    expect(await archive.size()).toBe(0)
    expect(counted.most).toBeLessThanOrEqual(2 * 120_000)
  })

  it('while entries are brought into the order of the file, looked up and listed', async () => {
    const count = 20_000
    const sorted = many(count, String)
    const { counted } = work()
    const archive = zip(reversed(sorted, count))
    expect(await collect(archive.keys())).toHaveLength(count)
    // Read, sorted in fifteen merges and more, looked at for overlaps, put into the index, listed.
    expect(counted.turns).toBeGreaterThan((count / 256) * 5)
  })

  it('while foreign entries are told', async () => {
    const { note, counted } = work()
    const archive = zip(
      many(3000, index => `folder-${index}/`),
      { onForeign: () => note() },
    )
    expect(await collect(archive.keys())).toEqual([])
    expect(counted.most).toBeLessThanOrEqual(2 * 256)
  })

  it('while many values are read', async () => {
    const store = zip(
      craft(Array.from({ length: 500 }, (_, index) => ({ name: String(index), data: 'value', method: 8 }))),
    )
    await store.size()
    const { counted } = work()
    expect(
      await collect(store.getMany(Array.from({ length: 500 }, (_, index) => String(index)))),
    ).toHaveLength(500)
    expect(counted.turns).toBeGreaterThanOrEqual(4)
  })

  it('while many values are packed', async () => {
    const value = new Uint8Array(16 * 1024)
    const source = memory()
    const entries = Array.from({ length: 300 }, (_, index) => [String(index), value] as const)
    await source.setMany(entries)
    const { counted } = work()
    await collect(zipOf(source) as unknown as AsyncIterable<Uint8Array>)
    const { turns } = counted
    expect(turns).toBeGreaterThanOrEqual(100)
    const written = createStore<string, Uint8Array>({
      name: 'once',
      get: () => undefined,
      keys: () => [],
      ...sink,
    })
    await zip({ store: written, key: 'a' }).setMany(entries)
    expect(counted.turns - turns).toBeGreaterThanOrEqual(100)
  })
})

const sink = {
  stat: () => undefined,
  set: async () => {},
  delete: async () => {},
}

/** The same archive with the records of its directory in reverse. */
function reversed(archive: Buffer, count: number): Buffer {
  const end = archive.length - 22
  const start = archive.readUInt32LE(end + 16)
  const records: Buffer[] = []
  for (let at = start; records.length < count; ) {
    const length = 46 + archive.readUInt16LE(at + 28)
    records.push(archive.subarray(at, at + length))
    at += length
  }
  return Buffer.concat([archive.subarray(0, start), ...records.reverse(), archive.subarray(end)])
}
