import { batch, guarantees, isStoreError, readStream, writeStream } from '@kvdol/core'
import { withService } from '@kvdol/services'
import { bytes, collect, rejection } from '@kvdol/test-support'
import { type Document, Long } from 'mongodb'
import { describe, expect, it } from 'vitest'
import { blobs, documents } from '../src/index.ts'
import { openServer } from './support/server.ts'

await withService('mongo', url => {
  const server = openServer(url)

  describe('writers at the same moment', () => {
    it('make 50 first values of one key, and none fails', async () => {
      const collection = server.collection()
      for (let round = 0; round < 5; round++) {
        const store = blobs(collection)
        const key = `k${round}`
        await Promise.all(Array.from({ length: 50 }, (_, n) => store.set(key, bytes(`${n}`))))
        expect(Number(new TextDecoder().decode(await store.get(key)))).toBeLessThan(50)
        await Promise.all(Array.from({ length: 20 }, () => store.setMany([[`${key}m`, bytes('x')]])))
      }
      const records = documents(server.collection())
      await Promise.all(Array.from({ length: 50 }, (_, n) => records.set('k', { n })))
      expect(await records.size()).toBe(1)
    })
  })

  describe('calls', () => {
    it('are one command each, also with conditions', async () => {
      const store = blobs(server.collection())
      await store.set('k', bytes('x'))
      const etag = (await store.stat('k'))?.etag as string
      const one = async (call: () => Promise<unknown>) => {
        server.commands.length = 0
        await call()
        return server.commands.join()
      }
      expect(await one(() => store.set('k', bytes('y')))).toBe('findAndModify')
      expect(await one(() => store.set('new', bytes('y'), { ifAbsent: true }))).toBe('insert')
      const now = (await store.stat('k'))?.etag as string
      expect(now).not.toBe(etag)
      expect(await one(() => store.set('k', bytes('z'), { ifMatch: now }))).toBe('findAndModify')
      expect(await one(() => store.get('k'))).toBe('find')
      expect(await one(() => store.has('k'))).toBe('find')
      expect(await one(() => store.stat('k'))).toBe('find')
      expect(await one(() => store.size())).toBe('aggregate')
      expect(await one(() => store.delete('k'))).toBe('findAndModify')
      expect(await one(() => collect(store.getMany(Array.from({ length: 100 }, (_, n) => `${n}`))))).toBe(
        'find',
      )
      const entries = Array.from({ length: 10_000 }, (_, n) => [`b${n}`, bytes(`${n}`)] as const)
      expect(await one(() => store.setMany(entries))).toBe(Array(10).fill('find,update').join())
      expect(await one(() => store.deleteMany(entries.map(([key]) => key)))).toBe(
        Array(10).fill('find,delete').join(),
      )
      const changes = [{ set: 'k', value: bytes('x') }, { delete: 'b1' }] as const
      expect(await one(() => batch(store, changes))).toBe('find,update,delete')
      expect([await store.has('k'), await store.has('b1')]).toEqual([true, false])
    })

    it('ask for the safest acknowledgement, and declare what they ask for', async () => {
      const concerns: unknown[] = []
      const listener = ({ command }: { command: Document }) => concerns.push(command.writeConcern)
      const store = blobs(server.collection())
      await store.get('k')
      server.client.on('commandStarted', listener)
      await store.set('k', bytes('x'))
      await store.setMany([['k', bytes('x')]])
      await store.delete('k')
      server.client.off('commandStarted', listener)
      expect(concerns.filter(Boolean)).toEqual(Array(4).fill({ w: 'majority', j: true }))
      expect(guarantees(store).durability).toBe('power-loss')
      const weak = blobs(server.collection(), { writeConcern: { w: 1 } })
      expect(guarantees(weak).durability).toBe('crash')
    })
  })

  describe('a cursor that the server forgets', () => {
    it('is not noticed by a listing of keys or entries', async () => {
      const store = blobs(server.collection())
      // More than the server sends at once.
      const value = new Uint8Array(3 * 1024 * 1024).fill(7)
      const keys = Array.from({ length: 14 }, (_, n) => `k${String(n).padStart(2, '0')}`)
      for (const key of keys) await store.set(key, value)
      const cursors: unknown[] = []
      const listener = ({ reply }: { reply: unknown }) => {
        const { cursor } = reply as { cursor?: { id?: unknown } }
        if (cursor?.id !== undefined && String(cursor.id) !== '0') cursors.push(cursor.id)
      }
      server.client.on('commandSucceeded', listener)
      const seen: string[] = []
      let killed = 0
      for await (const [key] of store.entries()) {
        seen.push(key)
        const open = cursors.splice(0)
        if (open.length === 0) continue
        await server.db.command({ killCursors: 'any', cursors: open.map(id => Long.fromValue(id as number)) })
        killed += open.length
      }
      server.client.off('commandSucceeded', listener)
      expect(seen).toEqual(keys)
      expect(killed).toBeGreaterThan(0)
      // Keys hold no cursor at all.
      cursors.length = 0
      server.client.on('commandSucceeded', listener)
      for await (const _ of store.keys()) break
      await collect(store.keys())
      server.client.off('commandSucceeded', listener)
      expect(cursors).toEqual([])
    })
  })

  describe('a listing of several pages', () => {
    it.each(['keys', 'entries'] as const)('of %s ends although keys are added behind it', async kind => {
      const collection = server.collection()
      const store = blobs(collection)
      const numbered = (name: string, count: number) =>
        Array.from({ length: count }, (_, n) => [`${name}${String(n).padStart(5, '0')}`, bytes('x')] as const)
      await store.setMany(numbered('k', 1000))
      const seen = new Set<unknown>()
      for await (const item of store[kind]()) {
        seen.add(kind === 'keys' ? item : item[0])
        if (seen.size % 100 === 1)
          await store.setMany(numbered(`z${String(seen.size).padStart(5, '0')}`, 200))
        expect(seen.size).toBeLessThan(4000)
      }
      for (const [key] of numbered('k', 1000)) expect(seen).toContain(key)
    })
  })

  describe('values over what a document can hold', () => {
    it('are kept in GridFS, or refused', async () => {
      const collection = server.collection()
      const value = new Uint8Array(16 * 1024 * 1024 + 1).map((_, index) => index % 251)
      const store = blobs(collection)
      await store.set('k', bytes('old'))
      await store.set('k', value)
      expect(Buffer.compare((await store.get('k')) as Uint8Array, value)).toBe(0)
      expect((await store.stat('k'))?.size).toBe(value.length)
      const small = blobs(server.collection(), { large: 'refuse' })
      await small.set('k', bytes('old'))
      expect(await rejection(small.set('k', value))).toMatchObject({ code: 'TooLarge' })
      expect(await rejection(writeStream(small, 'k', [value, value]))).toMatchObject({ code: 'TooLarge' })
      expect(await small.get('k')).toEqual(bytes('old'))
      const most = guarantees(small).maxValueBytes as number
      await small.set('x'.repeat(1024), value.subarray(0, most))
      expect((await small.get('x'.repeat(1024)))?.byteLength).toBe(most)
      expect(isStoreError(await rejection(readStream(small, 'k', { start: 9 })), 'RangeNotSatisfiable')).toBe(
        true,
      )
    })
  })
})
