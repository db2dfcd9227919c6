import { randomUUID } from 'node:crypto'
import { ListMultipartUploadsCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { mapKeys, pipe, prefix, readRange, readStream, rename, writeStream } from '@kvdol/core'
import { withService } from '@kvdol/services'
import { bytes, collect, text } from '@kvdol/test-support'
import { afterAll, describe, expect, it } from 'vitest'
import { type BucketOptions, bucket, buckets, prefixes, presign, probe } from '../src/index.ts'
import { adminOf, connectionOf, newBucket, removeBucket } from './support/server.ts'

const HONOURED = { minio: ['ifAbsent', 'ifMatch'], versitygw: ['ifAbsent', 'ifMatch'] } as const

for (const server of ['minio', 'versitygw'] as const)
  await withService(server, url => {
    const admin = adminOf(url)
    const place = newBucket(admin)
    const connection = connectionOf(url, server)
    const opened: { close(): Promise<void> }[] = []
    const open = (options: BucketOptions = {}) => {
      const store = bucket(place.name, { connection, prefix: randomUUID(), ...options })
      opened.push(store)
      return store
    }
    afterAll(async () => {
      for (const store of opened) await store.close()
      await place.remove()
      admin.destroy()
    }, 60_000)

    describe(`on ${server}`, () => {
      it('a probe finds what the preset says, and leaves nothing', async () => {
        expect(await probe(place.name, { connection })).toEqual(HONOURED[server])
        expect(
          await collect(bucket(place.name, { connection, allowClear: true }).keys({ prefix: '.kvdol' })),
        ).toEqual([])
      })

      it('keys that need care come back, and every listed key is there', async () => {
        const store = open()
        const keys = [
          'plain',
          'a b',
          'café',
          'a+b',
          'p/x y',
          'a%20b',
          'CASE',
          'case',
          '~*',
          "q'(1)!",
          'Ω😀',
          'a\\b',
          '&<>"',
        ]
        for (const key of keys) await store.set(key, bytes(key))
        const listed = await collect(store.keys())
        expect(listed.toSorted()).toEqual(keys.toSorted())
        for (const key of listed) expect(text(await store.get(key))).toBe(key)
        expect(await store.size()).toBe(keys.length)
      })

      it('a key below another is refused, in either order, and an encoded one is not', async () => {
        const store = open()
        await store.set('a', bytes('a'))
        await expect(store.set('a/b', bytes('b'))).rejects.toMatchObject({
          code: 'InvalidKey',
          reason: 'prefix-of-other',
        })
        await store.set('c/d/e', bytes('e'))
        await expect(store.set('c/d', bytes('d'))).rejects.toMatchObject({
          code: 'InvalidKey',
          reason: 'prefix-of-other',
        })
        expect((await collect(store.keys())).toSorted()).toEqual(['a', 'c/d/e'])
        const encoded = open({ keys: 'encoded' })
        for (const key of ['a', 'a/b', 'a/', '/a', 'a//b', '../a']) await encoded.set(key, bytes(key))
        expect((await collect(encoded.keys())).toSorted()).toEqual(
          ['../a', '/a', 'a', 'a/', 'a/b', 'a//b'].toSorted(),
        )
      })

      it('of keys that are written at once, one below the other, one is refused and none is hidden', async () => {
        for (const how of ['set', 'setMany'] as const)
          for (const keys of [
            ['a', 'a/b'],
            ['a/b', 'a'],
            ['a/b/c', 'a', 'x'],
          ]) {
            const store = open()
            const values = keys.map(key => [key, bytes('')] as const)
            if (how === 'set') await Promise.allSettled(values.map(([key, value]) => store.set(key, value)))
            else await store.setMany(values).catch(() => {})
            const kept = []
            for (const key of keys) if (await store.has(key)) kept.push(key)
            expect(await collect(store.keys()), `${how}: ${keys}`).toEqual(kept.toSorted())
            expect(kept).toHaveLength(keys.length - 1)
          }
      })

      it('one level of prefixes is asked for, also encoded and through transforms', async () => {
        for (const keys of ['plain', 'encoded'] as const) {
          const store = open({ keys })
          for (const key of ['2025/a', '2026/b', '2026/c/d', '20x/e', 'top']) await store.set(key, bytes(key))
          expect((await collect(prefixes(store))).toSorted()).toEqual(['2025/', '2026/', '20x/'])
          expect((await collect(prefixes(store, '202'))).toSorted()).toEqual(['2025/', '2026/'])
          expect(await collect(prefixes(store, '2026/'))).toEqual(['2026/c/'])
          expect(await collect(prefixes(pipe(store, mapKeys(prefix('2026/')))))).toEqual(['c/'])
        }
        const store = open({ keys: 'encoded' })
        const long = `${'x'.repeat(200)}/`
        for (const key of [`${long}a`, `${long}b`, `${'x'.repeat(190)}`]) await store.set(key, bytes(key))
        expect(await collect(prefixes(store))).toEqual([long])
      })

      it('ranges are exact', async () => {
        const store = open()
        const value = Uint8Array.from({ length: 1000 }, (_, index) => index % 256)
        await store.set('value', value)
        await store.set('empty', bytes(''))
        for (const [range, expected] of [
          [{ start: 10, end: 20 }, value.slice(10, 20)],
          [{ start: 990, end: 5000 }, value.slice(990)],
          [{ start: 999 }, value.slice(999)],
          [{ end: 1 }, value.slice(0, 1)],
          [{ suffix: 3 }, value.slice(-3)],
          [{ suffix: 3000 }, value],
          [{ suffix: 0 }, value.slice(0, 0)],
          [{ start: 5, end: 5 }, value.slice(0, 0)],
        ] as const)
          expect(await readRange(store, 'value', range)).toEqual(expected)
        await expect(readRange(store, 'value', { start: 1000 })).rejects.toMatchObject({
          code: 'RangeNotSatisfiable',
        })
        expect(await readRange(store, 'empty', { suffix: 3 })).toEqual(value.slice(0, 0))
        await expect(readRange(store, 'empty', { start: 0 })).rejects.toMatchObject({
          code: 'RangeNotSatisfiable',
        })
        expect(await readRange(store, 'none', { start: 0 })).toBe(undefined)
      })

      it('a stream of parts is stored whole or not at all', async () => {
        const store = open()
        const part = new Uint8Array(1024 * 1024)
        const source = Array.from({ length: 20 }, (_, index) => part.slice().fill(index))
        await writeStream(store, 'long', source, { ifAbsent: true })
        await expect(writeStream(store, 'long', source, { ifAbsent: true })).rejects.toMatchObject({
          code: 'Conflict',
        })
        const etag = (await store.stat('long'))?.etag as string
        await writeStream(store, 'long', source, { ifMatch: etag })
        let read = 0
        for await (const chunk of (await readStream(store, 'long')) as AsyncIterable<Uint8Array>)
          read += chunk.byteLength
        expect(read).toBe(20 * 1024 * 1024)
        const { Uploads = [] } = await admin.send(new ListMultipartUploadsCommand({ Bucket: place.name }))
        expect(Uploads).toEqual([])
      })

      it('a value is moved, to a name that needs encoding', async () => {
        const store = open()
        await store.set('from +&é', bytes('moved'))
        await rename(store, 'from +&é', 'to/a?b#c %41')
        expect(text(await store.get('to/a?b#c %41'))).toBe('moved')
        expect(await store.has('from +&é')).toBe(false)
        await store.set('other', bytes('other'))
        await expect(rename(store, 'other', 'to/a?b#c %41', { ifAbsent: true })).rejects.toMatchObject({
          code: 'Conflict',
        })
        await expect(rename(store, 'none', 'x')).rejects.toMatchObject({ code: 'NotFound' })
      })

      it('a presigned address reads and writes', async () => {
        const store = open()
        await fetch((await presign(store, 'a b/c', { method: 'PUT' })) as string, {
          method: 'PUT',
          body: 'by anybody',
        })
        expect(text(await store.get('a b/c'))).toBe('by anybody')
        expect(await (await fetch((await presign(store, 'a b/c')) as string)).text()).toBe('by anybody')
      })

      it('bad credentials are no absence', async () => {
        for (const credentials of [
          { accessKeyId: 'nobody', secretAccessKey: 'wrong' },
          { ...(connection.credentials as { accessKeyId: string }), secretAccessKey: 'wrong' },
        ]) {
          const store = open({ connection: { ...connection, credentials } })
          for (const call of [
            () => store.get('a'),
            () => store.has('a'),
            () => store.stat('a'),
            () => store.size(),
          ])
            await expect(call()).rejects.toMatchObject({ code: 'Unauthenticated' })
        }
      })

      it('a missing bucket is no missing key, and is made if asked for', async () => {
        const name = `kvdol-${randomUUID()}`
        const store = bucket(name, { connection, onMissingBucket: 'assume' })
        for (const call of [
          () => store.get('a'),
          () => store.has('a'),
          () => store.stat('a'),
          () => store.size(),
        ])
          await expect(call()).rejects.toMatchObject({ code: 'Unavailable', reason: 'no-bucket' })
        const made = bucket(name, { connection, onMissingBucket: 'create' })
        await made.set('a', bytes('a'))
        const every = buckets(connection)
        expect(await collect(every.keys())).toContain(name)
        expect(text(await (await every.getOrThrow(name)).get('a'))).toBe('a')
        for (const each of [store, made, every]) await each.close()
        await removeBucket(admin, name)
      })

      it('many keys are listed in pages, in order, from anywhere', async () => {
        const store = open()
        const keys = Array.from({ length: 1234 }, (_, index) => `k/${String(index).padStart(5, '0')}`)
        await store.setMany(keys.map(key => [key, bytes('')] as const))
        expect(await collect(store.keys())).toEqual(keys)
        expect(await collect(store.keys({ after: 'k/00499', limit: 3 }))).toEqual(keys.slice(500, 503))
        expect(await collect(store.keys({ after: '../x', limit: 1 }))).toEqual(keys.slice(0, 1))
        await store.deleteMany(keys)
        expect(await store.size()).toBe(0)
      }, 300_000)

      it('objects that are written elsewhere are values', async () => {
        const prefix = randomUUID()
        const store = open({ prefix })
        await admin.send(
          new PutObjectCommand({
            Bucket: place.name,
            Key: `${prefix}/page.html`,
            Body: bytes('<p>'),
            ContentType: 'text/html',
          }),
        )
        expect(await store.stat('page.html')).toMatchObject({
          size: 3,
          contentType: 'text/html',
          modified: expect.any(Date),
        })
      })
    })
  })
