import { isStoreError, memory, readStream } from '@kvdol/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { zip } from '../src/index.ts'
import { craft } from './support/craft.ts'
import { collect, joined } from './support/helpers.ts'

const values = new Map(
  Array.from({ length: 6 }, (_, index) => [
    `folder/entry ${index}`,
    new Uint8Array(Buffer.from(`${index} value `.repeat(index * 30))),
  ]),
)
const sound = craft(
  Array.from(values, ([name, data], index) => ({
    name,
    data,
    method: index % 2 === 0 ? 8 : 0,
    descriptor: index % 3 === 0,
  })),
  { comment: Buffer.from('a comment') },
)

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const known = new Set(Array.from(values.values(), hex))

/** What a damaged archive shows: values that were in it, or errors of a store. */
async function look(archive: Uint8Array): Promise<void> {
  const store = zip(archive)
  const keys = await collect(store.keys()).catch(tolerated)
  for (const key of keys ?? []) {
    const value = await store.get(key).catch(tolerated)
    const streamed = await readStream(store, key)
      .then(stream => joined(stream as never))
      .catch(tolerated)
    // A name can be damaged into another; the bytes of a value cannot, without its checksum telling.
    if (value !== undefined) expect(known.has(hex(value))).toBe(true)
    if (streamed !== undefined) expect(hex(streamed)).toBe(value && hex(value))
  }
}

function tolerated(error: unknown): undefined {
  if (!isStoreError(error, 'Corrupt', 'Unsupported', 'TooLarge')) throw error
}

describe('damaged archives', () => {
  it('with one byte changed', async () => {
    for (let at = 0; at < sound.length; at++) {
      const damaged = Buffer.from(sound)
      damaged[at] = (damaged[at] as number) ^ (1 << (at % 8))
      await look(damaged)
    }
  })
  it('with many bytes changed, removed, doubled', async () => {
    const change = fc.record({
      at: fc.nat(sound.length - 1),
      length: fc.nat(40),
      by: fc.uint8Array({ maxLength: 40 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 5 }), async changes => {
        let damaged: Uint8Array = sound
        for (const { at, length, by } of changes)
          damaged = Buffer.concat([damaged.subarray(0, at), by, damaged.subarray(at + length)])
        await look(damaged)
      }),
      { numRuns: 400, seed: 1 },
    )
  })
  it('with the largest numbers in any field of the directory and the end', async () => {
    const directory = sound.indexOf('PK\x01\x02', 0, 'latin1')
    for (let at = directory; at + 4 <= sound.length; at++) {
      for (const length of [2, 4]) {
        const damaged = Buffer.from(sound)
        damaged.fill(0xff, at, at + length)
        await look(damaged)
      }
    }
  })
  it('that are random bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async bytes => {
        await expect(collect(zip(bytes).keys())).rejects.toMatchObject({ code: 'Corrupt' })
      }),
      { numRuns: 100, seed: 1 },
    )
  })
  it('are never rewritten into something worse', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(sound.length - 1), fc.nat(255), async (at, byte) => {
        const place = memory()
        const damaged = Buffer.from(sound)
        damaged[at] = byte
        await place.set('z', damaged)
        const store = zip({ store: place, key: 'z' })
        const before = await collect(store.keys()).catch(tolerated)
        await store.set('new', new Uint8Array([1])).catch(tolerated)
        const after = await collect(store.keys()).catch(tolerated)
        if (before === undefined) expect(await place.get('z')).toEqual(new Uint8Array(damaged))
        else expect(new Set(after)).toEqual(new Set([...before, ...(after?.includes('new') ? ['new'] : [])]))
      }),
      { numRuns: 200, seed: 1 },
    )
  })
})
