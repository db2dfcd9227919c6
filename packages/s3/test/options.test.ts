import { guarantees } from '@kvdol/core'
import { bytes } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { type BucketOptions, bucket, buckets, type Connection, definePreset, presets } from '../src/index.ts'
import { bucketSettings } from '../src/options.ts'
import type { Target } from '../src/service/connection.ts'
import { presetOfHost } from '../src/service/presets.ts'
import { fail } from './support/answers.ts'
import { ACCOUNT } from './support/loopback.ts'
import { preset, sharedLoopback } from './support/opened.ts'

const { loopback, open, connection } = await sharedLoopback()

const targetOf = (connection: Connection) =>
  (bucketSettings('test', { connection }).from as { readonly target: Target }).target

describe('options', () => {
  it.each([
    ['no such option', { wrong: 1 }],
    ['keys', { keys: 'raw' }],
    ['timeout', { timeout: 0 }],
    ['timeout', { timeout: '1' }],
    ['conditions', { conditions: ['ifNothing'] }],
    ['onMissingBucket', { onMissingBucket: 'ignore' }],
    ['onForeign', { onForeign: true }],
    ['allowClear', { allowClear: 1 }],
    ['client without send', { client: {} }],
    ['client and connection', { client: { send() {} }, connection: {} }],
    ['preset beside connection', { preset: 'minio' }],
    ['no such preset', { client: { send() {} }, preset: 'mini' }],
    ['prefix', { prefix: '/a' }],
    ['prefix', { prefix: 'a//b' }],
    ['prefix', { prefix: 'a/../b' }],
    ['prefix', { prefix: 'p'.repeat(600) }],
    ['connection', { connection: { endpont: 'http://x' } }],
    ['endpoint', { connection: { endpoint: 'objects.example.com' } }],
    ['endpoint', { connection: { endpoint: 'ftp://objects.example.com' } }],
    ['secret in the endpoint', { connection: { endpoint: 'http://AKIDCANARYACCESS:canary@127.0.0.1' } }],
    ['credentials', { connection: { credentials: { accessKeyId: 'canary' } } }],
    ['credentials of nobody', { connection: { credentials: ACCOUNT, anonymous: true } }],
    ['a needed endpoint', { connection: { preset: 'minio' } }],
    ['a needed region', { connection: { preset: 'wasabi' } }],
  ])('that are bad throw TypeError at once: %s', (_, options) => {
    const call = () => bucket('media', options as BucketOptions)
    expect(call).toThrow(TypeError)
    expect(call).not.toThrow(/canary/i)
  })

  it.each(['', 'a', 'UPPER..dots', 'a/b', '../x', 'bucket?', 7])(
    'a bucket of no such name throws: %j',
    name => {
      expect(() => bucket(name as string)).toThrow(TypeError)
    },
  )

  it.each<[string, Connection]>([
    ['minio at AWS', { preset: 'minio', endpoint: 'https://s3.eu-west-1.amazonaws.com' }],
    ['aws elsewhere', { preset: 'aws', endpoint: 'https://objects.example.com' }],
    ['aws by a name that looks alike', { preset: 'aws', endpoint: 'https://s3.amazonaws.com.example.com' }],
    ['r2 at Wasabi', { preset: 'r2', endpoint: 'https://s3.eu-central-1.wasabisys.com' }],
    ['another region', { endpoint: 'https://s3.eu-central-1.wasabisys.com', region: 'us-east-1' }],
  ])('that contradict each other throw: %s', (_, contradiction) => {
    expect(() => bucket('media', { connection: contradiction })).toThrow(TypeError)
  })

  it.each([
    ['https://s3.eu-west-1.amazonaws.com', 'aws', 'eu-west-1'],
    ['https://s3.dualstack.us-gov-west-1.amazonaws.com', 'aws', 'us-gov-west-1'],
    ['https://abc.r2.cloudflarestorage.com', 'r2', 'auto'],
    ['https://storage.googleapis.com', 'gcs', 'auto'],
    ['https://s3.eu-central-1.wasabisys.com', 'wasabi', 'eu-central-1'],
    ['https://s3.us-west-004.backblazeb2.com', 'backblaze', 'us-west-004'],
    ['https://fra1.digitaloceanspaces.com', 'digitalocean', 'fra1'],
    ['https://t3.storage.dev', 'tigris', 'auto'],
    ['https://s3.fr-par.scw.cloud', 'scaleway', 'fr-par'],
    ['https://fsn1.your-objectstorage.com', 'hetzner', 'fsn1'],
    ['https://abcdefgh.supabase.co/storage/v1/s3', 'supabase', undefined],
    ['https://abcdefgh.storage.supabase.co/storage/v1/s3', 'supabase', undefined],
    ['http://127.0.0.1:9000', 'unknown', 'us-east-1'],
  ])('know a service by its endpoint: %s', (endpoint, name, region) => {
    const target = targetOf({ endpoint })
    expect([target.service.name, target.region]).toEqual([name, region])
  })

  it('make endpoints of regions, and every preset knows its own', () => {
    expect(targetOf({ preset: 'wasabi', region: 'eu-west-2' }).endpoint).toBe(
      'https://s3.eu-west-2.wasabisys.com',
    )
    expect(targetOf({}).service.name).toBe('aws')
    for (const preset of Object.values(presets)) {
      if (!('endpoint' in preset) || preset.hosts === undefined) continue
      const region =
        { backblaze: 'us-west-004', digitalocean: 'fra1', scaleway: 'fr-par', hetzner: 'fsn1' }[
          preset.name
        ] ?? 'eu-west-1'
      expect(
        presetOfHost(new URL((preset.endpoint as (region: string) => string)(region)).hostname)?.name,
      ).toBe(preset.name)
    }
  })

  it('promise what the preset says, or what the caller knows', () => {
    const of = (options: BucketOptions) => guarantees(bucket('media', options))
    expect(of({}).conditions).toEqual(['ifAbsent', 'ifMatch', 'deleteIfMatch'])
    expect(of({}).order).toBe('utf8-bytes')
    expect(of({ keys: 'encoded' }).order).toBe('none')
    expect(guarantees(bucket('media--use1-az4--x-s3')).order).toBe('none')
    expect(of({ connection: { endpoint: 'http://127.0.0.1:9000' } })).toMatchObject({
      conditions: [],
      order: 'none',
    })
    expect(of({ connection: { preset: 'minio', endpoint: 'http://127.0.0.1:9000' } }).conditions).toEqual([
      'ifAbsent',
      'ifMatch',
    ])
    expect(of({ conditions: ['ifAbsent'] }).conditions).toEqual(['ifAbsent'])
    expect(of({ prefix: 'logs' }).maxKeyBytes).toBe(1024 - 5)
  })

  it('of definePreset are checked', () => {
    for (const bad of [
      {},
      { name: '' },
      { name: 'x', host: 1 },
      { name: 'x', conditions: ['x'] },
      { name: 'x', hosts: /a/g },
    ])
      expect(() => definePreset(bad as { name: string })).toThrow(TypeError)
    expect(Object.isFrozen(definePreset({ name: 'x' }))).toBe(true)
  })
})

describe('a client', () => {
  it('of the caller is used and stays open, and one of the store is closed', async () => {
    const sent: string[] = []
    let destroyed = false
    const client = {
      send: (command: object) => {
        sent.push(command.constructor.name)
        return Promise.reject(Object.assign(new Error('no'), { name: 'NoSuchKey' }))
      },
      destroy: () => {
        destroyed = true
      },
    } as unknown as NonNullable<BucketOptions['client']>
    const store = bucket('media', { client })
    expect(await store.get('a')).toBe(undefined)
    await store.close()
    expect(sent).toEqual(['GetObjectCommand', 'GetObjectCommand'])
    expect(destroyed).toBe(false)
  })

  it('that hangs for ever ends with Timeout', async () => {
    const client = { send: () => new Promise(() => {}) } as unknown as NonNullable<BucketOptions['client']>
    await expect(bucket('media', { client, timeout: 50 }).get('a')).rejects.toMatchObject({ code: 'Timeout' })
  })

  it('asks nothing before the first call, and signs nothing for nobody', async () => {
    const { store } = open({ connection: { endpoint: loopback.endpoint, anonymous: true } })
    expect(loopback.received).toEqual([])
    await store.get('a')
    expect(loopback.received[0]?.headers.authorization).toBe(undefined)
  })
})

describe('a missing bucket', () => {
  it('is raised, made, or assumed to be there', async () => {
    const { service } = loopback
    const named = (onMissingBucket: BucketOptions['onMissingBucket']) =>
      bucket('missing', { connection, onMissingBucket })
    for (const store of [named('raise'), named('assume'), named(undefined)]) {
      await expect(store.get('a')).rejects.toMatchObject({ code: 'Unavailable', reason: 'no-bucket' })
      await expect(store.set('a', bytes('a'))).rejects.toMatchObject({ reason: 'no-bucket' })
    }
    expect(service.buckets.has('missing')).toBe(false)
    const made = named('create')
    expect(await made.get('a')).toBe(undefined)
    expect(service.buckets.has('missing')).toBe(true)
    service.buckets.delete('missing')
  })

  it('is no bucket of the reader of buckets', async () => {
    const all = buckets(connection, { prefix: 'in' })
    loopback.service.bucket('there')
    expect(await all.has('there')).toBe(true)
    expect(await all.get('missing')).toBe(undefined)
    await expect(all.get('No/Such')).rejects.toMatchObject({ code: 'InvalidKey', reason: 'bucket-name' })
    const store = await all.getOrThrow('there')
    await store.set('a', bytes('a'))
    expect([...loopback.service.bucket('there').objects.keys()]).toEqual(['in/a'])
    const names: string[] = []
    for await (const name of all.keys()) names.push(name)
    expect(names).toContain('there')
    await all.close()
  })
})

describe('two ways to write keys', () => {
  it('are never mixed under one prefix', async () => {
    const { store: plain, name } = open({ prefix: 'p' })
    await plain.set('a', bytes('a'))
    const encoded = bucket(name, { connection, prefix: 'p', keys: 'encoded' })
    await expect(encoded.get('a')).rejects.toMatchObject({ code: 'Incompatible' })
    const other = bucket(name, { connection, prefix: 'q', keys: 'encoded' })
    await other.set('A/', bytes('a'))
    expect(loopback.service.bucket(name).objects.has('q/%41/%=')).toBe(true)
    await expect(bucket(name, { connection, prefix: 'q' }).get('a')).rejects.toMatchObject({
      code: 'Incompatible',
    })
    loopback.service.bucket(name).put('q/.kvdol', Buffer.from('{"format":"kvdol-encoded-keys","version":2}'))
    await expect(bucket(name, { connection, prefix: 'q', keys: 'encoded' }).get('a')).rejects.toMatchObject({
      code: 'Incompatible',
    })
  })
})

describe('two stores that are opened at the same time on one empty place', () => {
  const formats = ['plain', 'encoded', 'encoded', 'plain'] as const

  it.each([
    ['decides conditions', connection],
    ['decides none', { ...connection, preset: preset({ conditions: [] }) }],
  ])('write in one format where the service %s', async (what, connection) => {
    for (let round = 0; round < 10; round++) {
      const { name, objects } = open()
      const stores = formats.map(keys => bucket(name, { connection, prefix: 'p', keys }))
      const written = await Promise.allSettled(
        stores.map((store, index) => store.set(`K${index}`, bytes('a'))),
      )
      const named = [...objects.objects.keys()].filter(each => each !== 'p/.kvdol')
      const encoded = named.filter(each => each.startsWith('p/%4b')).length
      const plain = named.length - encoded
      // Without an exclusive write the window stays, as the documentation says.
      if (what === 'decides conditions') expect(Math.min(encoded, plain)).toBe(0)
      expect(written.filter(({ status }) => status === 'fulfilled')).toHaveLength(named.length)
      for (const each of written)
        if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'Incompatible' })
      // The mark of plain keys is gone, and that of encoded ones stays.
      if (what === 'decides conditions') expect(objects.objects.has('p/.kvdol')).toBe(encoded > 0)
      for (const store of stores) await store.close()
    }
  })

  it('plain keys of an account that may neither list nor mark are written nevertheless', async () => {
    const { name, objects } = open()
    loopback.script = ({ query, target, method }, response) =>
      (query.has('list-type') || (target.includes('.kvdol') && method !== 'GET')) &&
      fail(response, 403, 'AccessDenied')
    const store = bucket(name, { connection, prefix: 'p' })
    await store.set('a', bytes('a'))
    expect([...objects.objects.keys()]).toEqual(['p/a'])
    await store.close()
  })
})

describe('values and keys', () => {
  it('of another kind are refused before anything is sent', async () => {
    const { store } = open()
    await expect(store.set('a', 'text' as never)).rejects.toThrow(/textValues\(\)/)
    for (const key of ['', 7, null, 'x'.repeat(1025)])
      await expect(store.set(key as string, bytes(''))).rejects.toMatchObject({ code: 'InvalidKey' })
    await expect(store.get('a', { wrong: true } as object)).rejects.toMatchObject({ code: 'Unsupported' })
    expect(loopback.received).toEqual([])
  })
})
