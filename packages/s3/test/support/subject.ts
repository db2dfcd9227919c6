import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import type { ByteStore, Canaries, Subject } from '@kvdol/conformance'
import { encodedKeys } from '@kvdol/core/adapter'
import { bundle, bytes, PATIENCE } from '@kvdol/test-support'
import { type BucketOptions, bucket, type Connection } from '../../src/index.ts'
import { bucketSettings } from '../../src/options.ts'
import { linkTo } from '../../src/service/client.ts'
import { type DetourOptions, detour } from './detour.ts'

const program = bundle({ core: new URL('../../../core/src/index.ts', import.meta.url) })

export interface SubjectOptions {
  readonly name: string
  readonly bucket: string
  readonly connection: Connection & { readonly preset: NonNullable<Connection['preset']> }
  readonly options: BucketOptions
  /** To look behind the stores. */
  readonly admin: S3Client
  /** Removes what is under a prefix; otherwise it goes with the bucket. */
  readonly removeAll?: (prefix: string) => void
}

/** What is done to the requests of a store. */
interface Interference {
  readonly down: Set<string>
  readonly cut: Set<string>
  requests: number
}

let count = 0

/** Stores under prefixes of one bucket, with objects around them that must not change. */
export async function subject({
  name,
  bucket: Bucket,
  connection,
  options,
  admin,
  removeAll,
}: SubjectOptions): Promise<Subject> {
  const meddling: Interference = { down: new Set(), cut: new Set(), requests: 0 }
  const clientAt = async (endpoint: Connection['endpoint']) => {
    const { from, timeout } = bucketSettings('test', { connection: { ...connection, endpoint } })
    const client = (await linkTo(from, timeout).connected.get()).client as S3Client
    meddle(client, meddling)
    return client
  }
  const client = await clientAt(connection.endpoint)
  const places = new WeakMap<ByteStore, { readonly prefix: string; by: S3Client }>()
  const open = (prefix: string) => {
    const place = { prefix, by: client }
    const through = Object.create(client, {
      send: { value: (...call: Parameters<S3Client['send']>) => place.by.send(...call) },
    }) as S3Client
    const store = bucket(Bucket, { client: through, preset: connection.preset, prefix, ...options })
    places.set(store, place)
    return store
  }
  const placeOf = (store: ByteStore) => places.get(store) as { readonly prefix: string; by: S3Client }
  const prefixOf = (store: ByteStore) => placeOf(store).prefix
  const disturb = async (store: ByteStore, how: DetourOptions) => {
    placeOf(store).by = await clientAt(await detour(String(connection.endpoint), how))
  }

  return {
    name,
    timeout: PATIENCE,
    open: () => open(`place-${++count}`),
    reopen: store => open(prefixOf(store)),
    ...(removeAll && { remove: (store: ByteStore) => removeAll(prefixOf(store)) }),
    canaries: store => plantCanaries(admin, Bucket, prefixOf(store)),
    crowd: store => crowd(store, admin, Bucket, prefixOf(store)),
    outage: store => void meddling.down.add(prefixOf(store)),
    damage: (store, key) => void meddling.cut.add(objectName(options, prefixOf(store), key)),
    slow: (store, delay) => disturb(store, { delay }),
    failWrite: (store, key) =>
      disturb(store, { refuses: name => name === objectName(options, prefixOf(store), key) }),
    otherCore: () => import(program('core')),
    requests: () => meddling.requests,
    resources: () => socketsInUse(client),
  }
}

function objectName({ keys }: BucketOptions, prefix: string, key: string): string {
  return `${prefix}/${keys === 'encoded' ? encodedKeys.encode(key) : key}`
}

/** Counts the requests, fails those under prefixes that are down, and cuts the bodies of objects. */
function meddle(client: S3Client, meddling: Interference): void {
  client.middlewareStack.add(
    next => args => {
      meddling.requests++
      const { Key, Prefix, Delete } = args.input as {
        Key?: string
        Prefix?: string
        Delete?: { Objects: { Key: string }[] }
      }
      const name = Key ?? Prefix ?? Delete?.Objects[0]?.Key ?? ''
      if (meddling.down.has(name.split('/')[0] as string))
        throw Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' })
      return next(args)
    },
    { step: 'initialize', name: 'meddle' },
  )
  client.middlewareStack.add(
    (next, { commandName }) =>
      async args => {
        const result = await next(args)
        if (commandName === 'GetObjectCommand') cutBody(args, result, meddling)
        return result
      },
    { step: 'deserialize', priority: 'low', name: 'cut' },
  )
}

function cutBody(args: object, { response }: { response: unknown }, { cut }: Interference): void {
  const { path } = (args as { request: { path: string } }).request
  const name = decodeURIComponent(path).split('/').slice(2).join('/')
  if (!cut.has(name)) return
  const answer = response as { body: IncomingMessage | Readable }
  answer.body.resume()
  answer.body = Readable.from([])
}

/** Objects whose names begin as the prefix does, or hold it. */
async function plantCanaries(admin: S3Client, Bucket: string, prefix: string): Promise<Canaries> {
  const names = [`${prefix}-evil/a`, `${prefix}.txt`, `other/${prefix}/a`]
  for (const Key of names)
    await admin.send(new PutObjectCommand({ Bucket, Key, Body: bytes(`canary ${Key}`) }))
  return {
    async check() {
      for (const Key of names) {
        const { Body } = await admin.send(new GetObjectCommand({ Bucket, Key }))
        if ((await Body?.transformToString()) !== `canary ${Key}`) throw new Error(`${Key} has changed`)
      }
    },
  }
}

/** The marker of the folder, and what a probe has left. */
async function crowd(store: ByteStore, admin: S3Client, Bucket: string, prefix: string): Promise<void> {
  await store.delete('x')
  for (const Key of [`${prefix}/`, `${prefix}/.kvdol-probe-1`])
    await admin.send(new PutObjectCommand({ Bucket, Key, Body: bytes('') }))
}

interface Agents {
  readonly httpAgent?: { readonly sockets: Readonly<Record<string, readonly unknown[]>> }
}

function socketsInUse(client: S3Client): number {
  const { httpAgent } = (
    client.config.requestHandler as unknown as { httpHandlerConfigs(): Agents }
  ).httpHandlerConfigs()
  return Object.values(httpAgent?.sockets ?? {}).reduce((sum, sockets) => sum + (sockets?.length ?? 0), 0)
}
