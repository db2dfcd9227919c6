import { randomUUID } from 'node:crypto'
import type { S3Client } from '@aws-sdk/client-s3'
import {
  flag,
  INTERNAL,
  isStoreError,
  milliseconds,
  type OptionsOf,
  settingsOf,
  text,
  withoutSecrets,
} from '@kvdol/core/adapter'
import { type BucketContext, contextOf, place } from '../context.ts'
import { errorOf } from '../errors.ts'
import { bucketName, bucketSettings } from '../options.ts'
import { getObject } from '../reading/read-object.ts'
import { linkTo } from './client.ts'
import type { Connection, Target } from './connection.ts'
import { connected, resolved, secured } from './reaching.ts'
import { request } from './request.ts'

const OPTIONS = {
  /** The bucket that is looked at; without one, buckets are listed. */
  bucket: text,
  /**
   * Whether an object is written to the bucket, read and deleted, under a name that no store lists.
   * @default false
   */
  write: flag.or(false),
  /**
   * Longest time of one step, in milliseconds.
   * @default 5_000
   */
  timeout: milliseconds.or(5000),
}

/** Options of {@link diagnose}. */
export type DiagnoseOptions = OptionsOf<typeof OPTIONS>

/** A choice that was made for a connection, and where it comes from. */
export interface DiagnosedSetting {
  readonly name: 'preset' | 'endpoint' | 'region' | 'credentials'
  /** What was chosen; of credentials only whether there are any. */
  readonly value: string
  /** Where it comes from: `'connection.endpoint'`, `'AWS_REGION'`, `'the preset minio'`. */
  readonly from: string
}

/** What one step of connecting answered. */
export interface DiagnosedStep {
  readonly name: 'address' | 'connect' | 'tls' | 'credentials' | 'list' | 'put' | 'get' | 'delete'
  /** Whether it succeeded; `undefined` for one that was not tried. */
  readonly ok: boolean | undefined
  /** What was found, or the reason why it failed or was not tried. */
  readonly detail: string
}

/** What {@link diagnose} has found out. */
export interface Diagnosis {
  /** Whether every step that was tried succeeded. */
  readonly ok: boolean
  readonly settings: readonly DiagnosedSetting[]
  readonly steps: readonly DiagnosedStep[]
}

/**
 * Tells why a connection works or does not: where each of its settings comes from, and what each step answers, from
 * the name of the host to the listing of a bucket. Nothing of it is secret, so it can be shown to others.
 *
 * Throws `TypeError` as {@link bucket} does for a connection that makes no sense; what fails later is told and not
 * thrown. It writes only with `write`.
 *
 * @example
 * ```ts
 * const { settings, steps } = await diagnose(connection, { bucket: 'media' })
 * console.table(settings)
 * console.table(steps)
 * ```
 */
export async function diagnose(
  connection: Connection = {},
  options: DiagnoseOptions = {},
): Promise<Diagnosis> {
  const { bucket, write, timeout } = settingsOf('diagnose', OPTIONS, options)
  const settings = bucketSettings('diagnose', { connection, timeout })
  const { target } = settings.from as { target: Target }
  const name = bucket === undefined ? undefined : bucketName('diagnose', bucket)
  const link = linkTo(settings.from, timeout)
  const context = contextOf(name ?? '', settings, link)
  const steps = stepsOf(() => link.secrets())
  try {
    const client = (await link.connected.get()).client as S3Client
    const found = await settingsFound(target, client)
    const address = new URL(found.endpoint)
    await steps.run('address', () => resolved(address))
    await steps.run('connect', () => connected(address, timeout))
    if (address.protocol === 'https:') await steps.run('tls', () => secured(address, timeout))
    await steps.run('credentials', () => credentialsOf(target, client))
    await steps.run('list', () => listed(context, name))
    await writes(steps, context, write ? name : undefined)
    return { ok: steps.all.every(({ ok }) => ok !== false), settings: told(target, found), steps: steps.all }
  } finally {
    await link.connected.close()
  }
}

interface Steps {
  readonly all: readonly DiagnosedStep[]
  /** Does a step, unless one before it has failed or it is to be done all the same. Gives whether it succeeded. */
  run(name: DiagnosedStep['name'], work: () => Promise<string>, always?: boolean): Promise<boolean>
  skip(name: DiagnosedStep['name'], detail: string): void
}

function stepsOf(secrets: () => Iterable<string>): Steps {
  const all: DiagnosedStep[] = []
  return {
    all,
    async run(name, work, always = false) {
      const failed = always ? undefined : all.find(({ ok }) => ok === false)
      const result =
        failed === undefined
          ? await work().then(
              detail => ({ ok: true, detail }),
              (error: unknown) => ({ ok: false, detail: reasonOf(error, secrets()) }),
            )
          : { ok: undefined, detail: `not tried, as ${failed.name} failed` }
      all.push({ name, ...result })
      return result.ok === true
    },
    skip: (name, detail) => void all.push({ name, ok: undefined, detail }),
  }
}

/** The reason in our own words where there are any. Those of others may hold secrets. */
function reasonOf(error: unknown, secrets: Iterable<string>): string {
  const told = isStoreError(error) ? error : errorOf(error, { op: 'diagnose', writes: false })
  return told === undefined ? withoutSecrets(error, [...secrets]).message : `${told.code}: ${told.message}`
}

interface Found {
  readonly endpoint: string
  readonly region: string
}

/** What the client has made of the connection. A region that was not set is told by the list step. */
async function settingsFound({ endpoint, region }: Target, { config }: S3Client): Promise<Found> {
  const found = region ?? (await config.region().catch(() => ''))
  return { endpoint: endpoint ?? `https://s3.${found || 'us-east-1'}.amazonaws.com/`, region: found }
}

function told({ service, credentials, anonymous, origins }: Target, found: Found): DiagnosedSetting[] {
  const kind = anonymous ? 'none, requests are not signed' : 'what the SDK finds'
  const values = {
    preset: service.name,
    endpoint: found.endpoint,
    region: found.region || 'none',
    credentials: credentials === undefined ? kind : typeof credentials === 'function' ? 'a function' : 'keys',
  }
  return (['preset', 'endpoint', 'region', 'credentials'] as const).map(name => ({
    name,
    value: values[name],
    from: origins[name],
  }))
}

/** Gets the credentials, and tells where the SDK found them, not what they are. */
async function credentialsOf({ anonymous, credentials }: Target, { config }: S3Client): Promise<string> {
  if (anonymous) return 'not needed'
  const { expiration, $source = {} } = (await config.credentials()) as {
    expiration?: Date
    $source?: object
  }
  const source = Object.keys($source).map(each => each.replace(/^CREDENTIALS_/, '').toLowerCase())
  const from = credentials === undefined && source.length > 0 ? `found by ${source.join(', ')}` : 'there'
  return expiration === undefined ? from : `${from}, until ${expiration.toISOString()}`
}

async function listed(context: BucketContext, name: string | undefined): Promise<string> {
  if (name === undefined) {
    const { Buckets = [] } = await request(context, 'ListBuckets', {})
    return `${Buckets.length} buckets`
  }
  const { KeyCount, Contents = [] } = await request(context, 'ListObjectsV2', { Bucket: name, MaxKeys: 1 })
  return (KeyCount ?? Contents.length) > 0 ? 'the bucket holds objects' : 'the bucket is empty'
}

/** Writes an object, reads it and deletes it. */
async function writes(steps: Steps, context: BucketContext, name: string | undefined): Promise<void> {
  if (name === undefined) {
    for (const step of ['put', 'get', 'delete'] as const)
      steps.skip(step, 'not asked for: give bucket and write')
    return
  }
  const probe = `${INTERNAL}-probe-${randomUUID()}`
  const object = place(context, probe)
  const Body = new TextEncoder().encode('kvdol')
  const put = { ...object, Body, ContentLength: Body.byteLength }
  const done = async (work: Promise<unknown>) => work.then(() => 'done')
  const written = await steps.run('put', () => done(request(context, 'PutObject', put)))
  await steps.run('get', async () => {
    const found = await getObject(context, probe, {})
    return `${found?.byteLength ?? 0} of ${Body.byteLength} bytes`
  })
  await steps.run('delete', () => done(request(context, 'DeleteObject', object)), written)
}
