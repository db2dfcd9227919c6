import { readStream, type StoreError } from '@kvdol/core'
import { bytes, collect, text } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { connectionsOf } from '../src/service/connections.ts'
import { asked, sharedLoopback } from './support/opened.ts'

const { loopback, open } = await sharedLoopback()

/** More than a client has connections. */
const STREAMS = 140

const long = new Uint8Array(400_000).map((_, index) => index % 251)

describe('streams that nobody reads', () => {
  it('do not keep later calls waiting, and go on where they were', async () => {
    const { store } = open({ timeout: 60_000 })
    await store.set('long', long)
    await store.set('short', bytes('short'))
    const streams = await Promise.all(
      Array.from({ length: STREAMS }, () => readStream(store, 'long', { start: 0, end: 300_000 })),
    )
    const readers = streams.map(stream => stream?.getReader())
    const begun = await Promise.all(readers.map(reader => reader?.read()))
    expect(text(await store.get('short'))).toBe('short')
    await store.set('short', bytes('new'))
    expect(await collect(store.keys())).toEqual(['long', 'short'])
    for (const [index, reader] of readers.entries()) {
      const parts = [begun[index]?.value as Uint8Array]
      for (let part = await reader?.read(); part?.done === false; part = await reader?.read())
        parts.push(part.value as Uint8Array)
      expect(Buffer.compare(Buffer.concat(parts), long.subarray(0, 300_000))).toBe(0)
    }
    // Those that kept their connection needed no other request.
    expect(asked(loopback, 'GET')).toBeLessThan(2 * STREAMS + 10)
  })

  it('that are left unread give their connection back', async () => {
    const { store } = open({ timeout: 60_000 })
    await store.set('long', long)
    for (let round = 0; round < STREAMS; round++) await (await readStream(store, 'long'))?.cancel()
    expect(asked(loopback, 'GET')).toBe(STREAMS)
    expect((await store.get('long'))?.byteLength).toBe(long.byteLength)
  })

  it('of a value that was replaced meanwhile reject', async () => {
    const { store } = open({ timeout: 60_000 })
    await store.set('long', long)
    const streams = await Promise.all(Array.from({ length: STREAMS }, () => readStream(store, 'long')))
    await store.set('long', bytes('other'))
    const reading = streams.map(stream =>
      new Response(stream).arrayBuffer().then(
        ({ byteLength }) => byteLength,
        ({ code }: StoreError) => code,
      ),
    )
    const ends = new Set(await Promise.all(reading))
    expect([...ends].toSorted()).toEqual([long.byteLength, 'Unavailable'])
  })
})

describe('connections', () => {
  it('that are all in use are taken from the transfer that has been idle longest', () => {
    const connections = connectionsOf(2, 0)
    const released: string[] = []
    const take = (name: string) => {
      const free = connections.take()
      const busy = connections.idle(() => {
        released.push(name)
        free()
      })
      return { free, busy }
    }
    const [a, b] = [take('a'), take('b')]
    expect(released).toEqual([])
    const c = connections.take()
    expect(released).toEqual(['a'])
    b.busy()
    connections.take()
    expect(released).toEqual(['a'])
    a.free()
    c()
    c()
    connections.take()
    expect(released).toEqual(['a'])
    connections.idle(() => released.push('late'))
    expect(released).toEqual(['a', 'late'])
  })
})
