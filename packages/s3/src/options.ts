import {
  callback,
  flag,
  group,
  milliseconds,
  type OptionsOf,
  oneOf,
  option,
  type SettingsOf,
  settingsOf,
} from '@kvdol/core/adapter'
import type { BucketClient, Origin } from './service/client.ts'
import { CONNECTION, preset, presetOf, targetOf } from './service/connection.ts'
import { conditions, type Service, serviceOf } from './service/preset.ts'
import { unknownService } from './service/presets.ts'

/** An object of the bucket that no key of the store stands for. */
export interface ForeignObject {
  /** Its name, without the store's prefix. */
  readonly name: string
}

/** Longest prefix in UTF-8 bytes, so that there is room for keys. */
const MAX_PREFIX = 512

const NO_PATH = /^\/|\/\/|(?:^|\/)\.{1,2}(?:\/|$)|[\u0000-\u001f\ufffe\uffff]/

export const OPTIONS = {
  /**
   * Only the objects under this path; it ends in `/`, which is added. Keys leave it out.
   * @default the whole bucket
   */
  prefix: option<string>(
    `a path such as 'logs/2026', without empty or dotted parts or control characters, of at most ${MAX_PREFIX} bytes`,
    value =>
      typeof value === 'string' &&
      value.isWellFormed() &&
      !NO_PATH.test(value) &&
      Buffer.byteLength(slashed(value)) <= MAX_PREFIX,
  ).or(''),
  /**
   * Where the bucket is, and who asks. The store opens a client for it, and closes it.
   * @default what the environment tells of AWS
   */
  connection: group(CONNECTION),
  /** A client that is there already, instead of `connection`; it stays open. */
  client: option<BucketClient>('a client with send', value => typeof Object(value).send === 'function'),
  /**
   * What is known of the service behind `client`.
   * @default nothing
   */
  preset,
  /**
   * `'plain'`: a key is the name of its object, and keys that the service could not hold one to one are refused.
   * `'encoded'`: any key works that is not too long, and the names of the objects are encodings of the keys. The two
   * are never mixed under one prefix.
   * @default 'plain'
   */
  keys: oneOf('plain', 'encoded').or('plain'),
  /**
   * The conditional writes that the service decides without a race, if you know better than the preset; see
   * `probe`.
   * @default what the preset says
   */
  conditions,
  /**
   * Before the first call: `'raise'` looks whether the bucket is there, `'create'` makes it if not, `'assume'` saves
   * the requests, and with plain keys also looks for no mark. A missing bucket is always an error and never an absent
   * key.
   * @default 'raise'
   */
  onMissingBucket: oneOf('raise', 'create', 'assume').or('raise'),
  /**
   * The media type of what is written without the option `contentType`: by the extension of the key, or as a function of
   * the key says.
   * @default none; most services then tell a type for any bytes
   */
  contentTypes: option<'by-extension' | ((key: string) => string | undefined)>(
    "'by-extension', or a function of the key",
    value => value === 'by-extension' || typeof value === 'function',
  ),
  /**
   * Whether a write without `contentType`, `metadata` and their like keeps those of the object that it replaces, for
   * a request more.
   * @default false
   */
  keepMetadata: flag.or(false),
  /** Told of objects that listing leaves out because no key stands for them. */
  onForeign: callback<(object: ForeignObject) => void>(),
  /**
   * Whether `clear` may empty the whole bucket. With a `prefix` it always may.
   * @default false
   */
  allowClear: flag.or(false),
  /**
   * Longest wait for the answer to a request, with the retries of the SDK, and for the next bytes of a body, in
   * milliseconds.
   * @default 30_000
   */
  timeout: milliseconds.or(30_000),
}

/** Options of {@link bucket}. */
export type BucketOptions = OptionsOf<typeof OPTIONS>

type Decided = Omit<SettingsOf<typeof OPTIONS>, 'connection' | 'client' | 'preset' | 'conditions'>

/** {@link BucketOptions} with every choice made. */
export interface Settings extends Decided {
  readonly conditions: NonNullable<BucketOptions['conditions']>
  readonly service: Service
  readonly from: Origin
}

/** The settings of these options. Throws `TypeError` for options that do not exist, make no sense, or contradict. */
export function bucketSettings(of: string, options: BucketOptions | undefined): Settings {
  const { client, connection, preset, ...decided } = settingsOf(of, OPTIONS, options)
  if (client !== undefined && options?.connection !== undefined)
    throw new TypeError(`${of}: give a client or a connection, not both`)
  if (client === undefined && preset !== undefined)
    throw new TypeError(`${of}: preset goes with client; for a connection it is connection.preset`)
  const from = client === undefined ? { target: targetOf(of, connection) } : { client }
  const service = 'target' in from ? from.target.service : serviceOf(presetOf(preset) ?? unknownService)
  return {
    ...decided,
    prefix: slashed(decided.prefix),
    conditions: decided.conditions ?? service.conditions,
    service,
    from,
  }
}

function slashed(prefix: string): string {
  return prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`
}

/** The name of a bucket, or the ARN of an access point, checked. */
export function bucketName(of: string, name: string): string {
  if (typeof name !== 'string' || !(BUCKET.test(name) || ACCESS_POINT.test(name)))
    throw new TypeError(
      `${of}: the name of a bucket has 3 to 63 lower-case letters, digits, dots and hyphens; that of an access point is its ARN`,
    )
  return name
}

/** Also older names with capitals and underscores. */
export const BUCKET: RegExp = /^(?!\.)(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/

/** Access points of buckets, of Outposts, of Object Lambda and of several regions. */
const ACCESS_POINT =
  /^arn:aws[a-z-]*:s3(?:-outposts|-object-lambda)?:[a-z0-9-]*:\d{12}:(?:outpost[/:][a-z0-9-]+[/:])?accesspoint[/:][a-z0-9.-]+$/
