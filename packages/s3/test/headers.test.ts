import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { at, getWithStat, pipe, rename, textValues, update, writeStream } from '@kvdol/core'
import { withService } from '@kvdol/services'
import { bytes, rejection, text } from '@kvdol/test-support'
import { afterAll, describe, expect, it } from 'vitest'
import { type BucketOptions, bucket, presign } from '../src/index.ts'
import { mediaTypeOf } from '../src/writing/media-types.ts'
import { asked, sharedLoopback } from './support/opened.ts'
import { adminOf, connectionOf, newBucket } from './support/server.ts'

const { loopback, open } = await sharedLoopback()

/** What the SDK says of bytes of which nothing is known. */
const BYTES = 'application/octet-stream'

const MiB = 1024 * 1024

const ALL = {
  contentType: 'text/html; charset=utf-8',
  cacheControl: 'public, max-age=60',
  contentDisposition: 'attachment; filename="a.html"',
  metadata: { origin: 'form', 'x-2': 'a b' },
}

describe('what is kept with an object', () => {
  it('is an option of set and writeStream, told by stat and with the value, and stays out of sight otherwise', async () => {
    const { store, objects } = open()
    const writes = [
      () => store.set('a', bytes('a'), ALL),
      () => store.set('a', bytes('b'), { ...ALL, ifAbsent: true }),
      () => store.set('a', new Uint8Array(11 * MiB), ALL),
      () => writeStream(store, 'a', [bytes('a')], ALL as object),
      () => writeStream(store, 'a', [new Uint8Array(6 * MiB)], ALL as object),
    ]
    for (const write of writes) {
      await store.delete('a')
      await write()
      expect(await store.stat('a')).toMatchObject(ALL)
      expect((await store.stat('a'))?.metadata).toEqual(ALL.metadata)
      expect((await getWithStat(store, 'a'))?.stat).toMatchObject(ALL)
    }
    await store.set('a', bytes('plain'))
    const { contentType, cacheControl, metadata } = (await store.stat('a')) ?? {}
    expect([contentType, cacheControl, metadata]).toEqual([BYTES, undefined, undefined])
    await store.set('new', bytes('a'), { ifAbsent: true, metadata: { origin: 'form' } })
    expect(objects.objects.get('new')?.headers).toMatchObject({
      'x-amz-meta-origin': 'form',
      'x-amz-meta-kvdol-write': expect.any(String),
    })
    expect((await store.stat('new'))?.metadata).toEqual({ origin: 'form' })
  })

  it('takes the options through transforms', async () => {
    const { store } = open()
    const pages = pipe(at(store, 'pages/'), textValues())
    await pages.set('a', 'text', ALL)
    expect(await store.stat('pages/a')).toMatchObject(ALL)
  })

  it.each<[string, object]>([
    ['a line break', { cacheControl: 'a\r\nx-evil: 1' }],
    ['beyond ASCII', { contentDisposition: 'attachment; filename="é"' }],
    ['a space at an end', { metadata: { a: 'a ' } }],
    ['an empty text', { metadata: { a: '' } }],
    ['a capital in a name', { metadata: { A: 'a' } }],
    ['no text', { metadata: { a: 1 } }],
    ['a list', { metadata: ['a'] }],
    ['the name of our own mark', { metadata: { 'kvdol-write': 'a' } }],
    ['too long', { metadata: { a: 'a'.repeat(2048) } }],
    ['no such option', { cachecontrol: 'no-cache' }],
  ])('is refused before anything is sent: %s', async (_, options) => {
    const { store } = open()
    for (const write of [
      () => store.set('a', bytes('a'), options),
      () => writeStream(store, 'a', [bytes('a')], options),
    ])
      expect((await rejection(write)).code).toMatch(/InvalidArgument|Unsupported/)
    expect(loopback.received).toEqual([])
  })

  it.each([
    ['a rename', {}],
    ['a rename to a free key', { ifAbsent: true }],
  ])('goes along with %s', async (_, options) => {
    const { store } = open()
    for (const size of [1, 6 * MiB]) {
      await store.set('from', new Uint8Array(size), ALL)
      await rename(store, 'from', `to-${size}`, options)
      expect(await store.stat(`to-${size}`)).toMatchObject({ ...ALL, size })
    }
  })

  it('is kept by a write that asks for nothing else, with keepMetadata', async () => {
    const { store } = open({ keepMetadata: true })
    await store.set('page', bytes('old'), ALL)
    await store.set('page', bytes('new'))
    expect(await store.stat('page')).toMatchObject(ALL)
    await update(store, 'page', value => bytes(`${text(value)}er`))
    await writeStream(store, 'page', [new Uint8Array(6 * MiB)])
    expect(await store.stat('page')).toMatchObject(ALL)
    await store.set('page', bytes('json'), { contentType: 'application/json' })
    const { cacheControl, contentType, metadata } = (await store.stat('page')) ?? {}
    expect([contentType, cacheControl, metadata]).toEqual(['application/json', undefined, undefined])
    loopback.received.length = 0
    await store.set('other', bytes('a'), { ifAbsent: true })
    expect(asked(loopback, 'HEAD')).toBe(0)
  })

  it('costs a plain write nothing', async () => {
    const { store } = open()
    await store.set('a', bytes('a'))
    expect(loopback.received.map(({ method }) => method)).toEqual(['PUT'])
  })

  it.each<[BucketOptions['contentTypes'], Record<string, string>]>([
    ['by-extension', { 'a/b.html': 'text/html; charset=utf-8', 'A.PNG': 'image/png', 'a.b/c': BYTES }],
    [
      key => (key.startsWith('api/') ? 'application/json' : undefined),
      { 'api/a': 'application/json', a: BYTES },
    ],
  ])('has a media type by the key, with contentTypes: %s', async (contentTypes, expected) => {
    for (const keys of ['plain', 'encoded'] as const) {
      const { store } = open({ contentTypes: contentTypes as 'by-extension', keys })
      for (const [key, type] of Object.entries(expected)) {
        await store.set(key, bytes('a'))
        expect((await store.stat(key))?.contentType).toBe(type)
      }
      await store.set('a.html', bytes('a'), { contentType: 'text/plain' })
      expect((await store.stat('a.html'))?.contentType).toBe('text/plain')
    }
  })

  it('has no media type by names that are no extensions', () => {
    for (const key of ['html', '.html', 'a/.html', 'a.', 'a.constructor', 'a.__proto__', 'a.unheard'])
      expect(mediaTypeOf(key)).toBe(undefined)
  })
})

for (const server of ['minio', 'versitygw'] as const)
  await withService(server, url => {
    const admin = adminOf(url)
    const place = newBucket(admin)
    const connection = connectionOf(url, server)
    const store = bucket(place.name, { connection, keepMetadata: true, allowClear: true })
    afterAll(async () => {
      await store.close()
      await place.remove()
      admin.destroy()
    })

    describe(`on ${server}`, () => {
      it('it comes back, is given to HTTP clients, and survives another program and a rename', async () => {
        await store.set('a', bytes('a'), ALL)
        expect(await store.stat('a')).toMatchObject(ALL)
        const { headers } = await fetch((await presign(store, 'a')) as string)
        expect([headers.get('content-type'), headers.get('cache-control')]).toEqual([
          ALL.contentType,
          ALL.cacheControl,
        ])
        await admin.send(
          new PutObjectCommand({ Bucket: place.name, Key: 'page', Body: 'x', ContentType: 'text/html' }),
        )
        await store.set('page', bytes('y'))
        await rename(store, 'page', 'moved')
        const moved = await admin.send(new GetObjectCommand({ Bucket: place.name, Key: 'moved' }))
        expect(await moved.Body?.transformToString()).toBe('y')
        expect((await store.stat('moved'))?.contentType).toBe(moved.ContentType)
      })
    })
  })
