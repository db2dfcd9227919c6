import { type Condition, givenOptions, type OptionCheck, option } from '@kvdol/core'
import type { BucketClient } from './client.ts'
import { type Connection, presetOf, type Target, targetOf } from './connection.ts'
import { CONDITIONS, type Preset, type Service, serviceOf } from './preset.ts'
import { type PresetName, unknownService } from './presets.ts'

/** An object of the bucket that no key of the store stands for. */
export interface ForeignObject {
  /** Its name, without the store's prefix. */
  readonly name: string
}

export interface BucketOptions {
  /**
   * Only the objects under this path; it ends in `/`, which is added. Keys leave it out.
   * @default the whole bucket
   */
  prefix?: string | undefined
  /**
   * Where the bucket is, and who asks. The store opens a client for it, and closes it.
   * @default what the environment tells of AWS
   */
  connection?: Connection | undefined
  /** A client that is there already, instead of `connection`; it stays open. */
  client?: BucketClient | undefined
  /**
   * What is known of the service behind `client`.
   * @default nothing
   */
  preset?: PresetName | Preset | undefined
  /**
   * `'plain'`: a key is the name of its object, and keys that the service could not hold one to one are refused.
   * `'encoded'`: any key works that is not too long, and the names of the objects are encodings of the keys. The two
   * are never mixed under one prefix.
   * @default 'plain'
   */
  keys?: 'plain' | 'encoded' | undefined
  /**
   * The conditional writes that the service decides without a race, if you know better than the preset; see
   * `probe`.
   * @default what the preset says
   */
  conditions?: readonly Condition[] | undefined
  /**
   * Before the first call: `'raise'` looks whether the bucket is there, `'create'` makes it if not, `'assume'` saves
   * the request. A missing bucket is always an error and never an absent key.
   * @default 'raise'
   */
  onMissingBucket?: 'raise' | 'create' | 'assume' | undefined
  /** Told of objects that listing leaves out because no key stands for them. */
  onForeign?: ((object: ForeignObject) => void) | undefined
  /**
   * Whether `clear` may empty the whole bucket. With a `prefix` it always may.
   * @default false
   */
  allowClear?: boolean | undefined
  /**
   * Longest wait for the answer to a request, with the retries of the SDK, and for the next bytes of a body, in
   * milliseconds.
   * @default 30_000
   */
  timeout?: number | undefined
}

/** {@link BucketOptions} with every choice made. */
export interface Settings {
  readonly prefix: string
  readonly keys: 'plain' | 'encoded'
  readonly conditions: readonly Condition[]
  readonly onMissingBucket: 'raise' | 'create' | 'assume'
  readonly onForeign: ((object: ForeignObject) => void) | undefined
  readonly allowClear: boolean
  readonly timeout: number
  readonly service: Service
  /** The caller's client, or how to open one. */
  readonly from: { readonly client: BucketClient } | { readonly target: Target }
}

const CHECKS: Readonly<Record<keyof BucketOptions, OptionCheck>> = {
  prefix: ['a path', value => typeof value === 'string' && value.isWellFormed()],
  connection: ['{ preset, endpoint, region, credentials }', value => Object(value) === value],
  client: ['a client with send', value => typeof Object(value).send === 'function'],
  preset: ['the name of a preset, or what definePreset gives', value => value !== ''],
  keys: option.oneOf('plain', 'encoded'),
  conditions: CONDITIONS,
  onMissingBucket: option.oneOf('raise', 'create', 'assume'),
  onForeign: option.callback,
  allowClear: option.flag,
  timeout: option.milliseconds,
}

/** The settings of these options. Throws `TypeError` for options that do not exist, make no sense, or contradict. */
export function settingsOf(of: string, options: BucketOptions): Settings {
  givenOptions(of, options, CHECKS)
  const { client, connection, preset, conditions } = options
  if (client !== undefined && connection !== undefined)
    throw new TypeError(`${of}: give a client or a connection, not both`)
  if (client === undefined && preset !== undefined)
    throw new TypeError(`${of}: preset goes with client; for a connection it is connection.preset`)
  const target = client === undefined ? targetOf(of, connection ?? {}) : undefined
  const service = target?.service ?? serviceOf(checkedPreset(of, preset))
  return {
    prefix: prefixOf(of, options.prefix),
    keys: options.keys ?? 'plain',
    conditions: conditions ?? service.conditions,
    onMissingBucket: options.onMissingBucket ?? 'raise',
    onForeign: options.onForeign,
    allowClear: options.allowClear ?? false,
    timeout: options.timeout ?? 30_000,
    service,
    from: client === undefined ? { target: target as Target } : { client },
  }
}

function checkedPreset(of: string, preset: PresetName | Preset | undefined): Preset {
  const found = presetOf(preset)
  if (preset !== undefined && typeof Object(found).name !== 'string')
    throw new TypeError(`${of}: there is no preset ${JSON.stringify(preset)}`)
  return found ?? unknownService
}

/** Longest prefix in UTF-8 bytes, so that there is room for keys. */
const MAX_PREFIX = 512

function prefixOf(of: string, prefix = ''): string {
  const path = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`
  if (
    /^\/|\/\/|(?:^|\/)\.{1,2}\/|[\u0000-\u001f\ufffe\uffff]/.test(path) ||
    Buffer.byteLength(path) > MAX_PREFIX
  )
    throw new TypeError(
      `${of}: prefix is a path such as 'logs/2026', without empty or dotted parts or control characters, of at most ${MAX_PREFIX} bytes`,
    )
  return path
}

/** The name of a bucket, checked. */
export function bucketName(of: string, name: string): string {
  if (typeof name !== 'string' || !BUCKET.test(name))
    throw new TypeError(
      `${of}: the name of a bucket has 3 to 63 lower-case letters, digits, dots and hyphens`,
    )
  return name
}

/** Also older names with capitals and underscores. */
export const BUCKET: RegExp = /^(?!\.)(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/
