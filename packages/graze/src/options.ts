import type { MaybePromise, Reader, ReadOptions, Store } from '@kvdol/core'
import {
  callback,
  flag,
  milliseconds,
  type OptionsOf,
  oneOf,
  option,
  type SettingsOf,
  settingsOf,
  text,
  wholeNumber,
} from '@kvdol/core/adapter'
import type { Dispatcher } from 'undici'
import { KINDS } from './content/kinds.ts'
import type { Allow } from './http/address-policy.ts'
import type { Lookup } from './http/connect.ts'
import { type HeadersOption, isHeaders } from './http/own-headers.ts'
import type { Route } from './routes/route.ts'
import { shareLinks } from './routes/share-links.ts'

/** Longest URL in bytes: more than servers take. */
export const MAX_URL_BYTES = 65_536

/** What {@link graze} fetches from, where it is not the web: a reader, or a function from URL to bytes. */
export type Source =
  | Reader<string, Uint8Array>
  | ((url: string, options: ReadOptions) => MaybePromise<Uint8Array | undefined>)

/** How much of a download has arrived; `total` where the server tells. In bytes. */
export interface Progress {
  readonly url: string
  readonly received: number
  readonly total: number | undefined
}

/** Told of a failure that a read has survived. */
type Told = (reason: Error, url: string) => void

const isFunction = (value: unknown) => typeof value === 'function'
const has = (value: unknown, method: string) => isFunction(Object(value)[method])
const isText = (value: unknown) => typeof value === 'string' && value !== ''

const INTERNET = {
  /**
   * Headers of every request, or a function that gives them for a URL. After a redirect to another server only
   * `accept`, `accept-language` and `user-agent` go along. Ranges, conditions and lengths are not for the caller.
   */
  headers: option<HeadersOption>(
    'an object of header names and texts that are free to choose, or a function that gives one',
    value => isFunction(value) || isHeaders(value),
    { hidden: true },
  ).or({}),
  /** Longest wait for a connection, for an answer, and for each next part of it, in milliseconds. @default 30_000 */
  timeout: milliseconds.or(30_000),
  /** Longest wait for a whole download, in milliseconds, without the time of a slow reader. @default 3_600_000 */
  deadline: milliseconds.or(3_600_000),
  /** How often a request that failed in a passing way is sent again; none once `timeout` is over. @default 2 */
  retries: wholeNumber(0).or(2),
  /** Most bytes of a value; more rejects `TooLarge`. @default Infinity */
  limit: wholeNumber(0).or(Number.POSITIVE_INFINITY),
  /** How many redirects are followed. @default 10 */
  redirects: wholeNumber(0, 100).or(10),
  /**
   * The addresses that may be connected to, at every hop: `'any'`, `'public'` (no private, local or reserved ones, for
   * URLs that strangers give), or a function of the numeric address.
   * @default 'any'
   */
  allow: option<Allow>(
    "'any', 'public' or a function of an address",
    value => value === 'any' || value === 'public' || isFunction(value),
  ).or('any'),
  /** Looks up the addresses of hosts in place of the system, with the signature of `lookup` in `node:dns`. */
  lookup: callback<Lookup>(),
  /** Certificates of authorities, as PEM, that are trusted besides the usual ones. */
  ca: option<readonly string[]>('a list of PEM texts', value => Array.isArray(value) && value.every(isText)),
  /** A dispatcher of `undici`, such as a `ProxyAgent`, in place of one that this store opens. It stays open. */
  dispatcher: option<Dispatcher>('a dispatcher of undici', value => has(value, 'dispatch')),
}

const GRAZE = {
  ...INTERNET,
  /** Where downloads are kept: a byte store, or the path of a folder. @default a folder of the application */
  cache: option<Store<string, Uint8Array> | string>(
    'a store of bytes that can be written, or the path of a folder',
    value => isText(value) || has(value, 'set'),
  ),
  /** The name of the application, for the default folder. @default the name of the package whose script runs */
  application: text,
  /** Where misses come from, in place of the web. */
  source: option<Source>(
    'a reader, or a function from URL to bytes',
    value => isFunction(value) || has(value, 'get'),
  ),
  /** How long a download is good, in milliseconds; then it is asked about, or done again. @default Infinity */
  maxAge: wholeNumber(0),
  /** Asks the server at every read whether there is something new. @default false */
  refresh: flag.or(false),
  /** What has expired is asked about by etag and date; `false` downloads it without asking. @default true */
  revalidate: flag.or(true),
  /**
   * `'kept'`: a download is good until `maxAge`, whatever the server says. `'http'`: as long as HTTP's rules say, and
   * what the server forbids to store is not kept.
   * @default 'kept'
   */
  freshness: oneOf('kept', 'http').or('kept'),
  /**
   * When something has expired and asking fails: `'raise'` rejects, `'stale'` gives what is kept and tells `onStale`.
   * @default 'raise'
   */
  onError: oneOf('raise', 'stale').or('raise'),
  /** Told when something that has expired is given, and why. @default a warning of the process */
  onStale: callback<Told>(),
  /** Told when the cache failed; the read goes on without it. @default a warning of the process */
  onCacheError: callback<Told>(),
  /** Gives what is kept, however old, and never connects; a miss rejects `Unavailable`. @default false */
  offline: flag.or(false),
  /** What the content has to be; what is recognised as anything else rejects `Incompatible`. */
  kind: oneOf(...KINDS),
  /** Told of each part of a download that arrives. What it throws ends the download. */
  onProgress: callback<(progress: Progress) => void>(),
  /** The name of an entry in place of its URL: one text for all, or a function of the URL. */
  cacheKey: option<string | ((url: string) => string)>(
    'a name, or a function from URL to name',
    value => isText(value) || isFunction(value),
  ),
  /** For whom `headers` ask: entries of one identity are never given to another. @default the headers themselves */
  identity: text,
  /** From the links that people share to what they share, the first that matches. @default shareLinks */
  routes: option<readonly Route[]>(
    'a list of routes',
    value => Array.isArray(value) && value.every(each => has(each, 'matches') && has(each, 'target')),
  ).or(shareLinks),
}

export type InternetOptions = OptionsOf<typeof INTERNET>
export type InternetSettings = SettingsOf<typeof INTERNET>
export type GrazeOptions = OptionsOf<typeof GRAZE>
export type GrazeSettings = SettingsOf<typeof GRAZE>

/** Options that have no effect beside another one, with what makes it so. */
const CONFLICTS: readonly (readonly [
  string,
  keyof GrazeSettings,
  (settings: Partial<GrazeSettings>) => unknown,
])[] = [
  ['maxAge', 'refresh', ({ maxAge, refresh }) => maxAge !== undefined && refresh],
  ['maxAge', 'freshness', ({ maxAge, freshness }) => maxAge !== undefined && freshness === 'http'],
  ['refresh', 'freshness', ({ refresh, freshness }) => refresh && freshness === 'http'],
  ['offline', 'refresh', ({ offline, refresh }) => offline && refresh],
  ['offline', 'source', ({ offline, source }) => offline && source],
  ['cache', 'application', ({ cache, application }) => cache && application],
  ['dispatcher', 'allow', ({ dispatcher, allow }) => dispatcher && allow !== 'any'],
  ['dispatcher', 'lookup', ({ dispatcher, lookup }) => dispatcher && lookup],
  ['dispatcher', 'ca', ({ dispatcher, ca }) => dispatcher && ca],
]

/** The settings of {@link internet}. Throws `TypeError`. */
export function internetSettings(options?: InternetOptions): InternetSettings {
  return consistent('internet', settingsOf('internet', INTERNET, options))
}

/** The settings of {@link graze}. Throws `TypeError`, also for options that contradict each other. */
export function grazeSettings(options?: GrazeOptions): GrazeSettings {
  const settings = consistent('graze', settingsOf('graze', GRAZE, options))
  const idle = Object.keys(INTERNET).find(
    each => each !== 'limit' && options?.[each as 'limit'] !== undefined,
  )
  if (settings.source !== undefined && idle !== undefined)
    throw new TypeError(`graze: ${idle} has no effect on a source of your own; leave one of them out`)
  if (isFunction(settings.headers) && settings.identity === undefined)
    throw new TypeError('graze: with a function as headers, identity says for whom they ask')
  return settings
}

function consistent<S extends InternetSettings>(adapter: string, settings: S): S {
  for (const [a, b, contradicts] of CONFLICTS)
    if (contradicts(settings))
      throw new TypeError(`${adapter}: ${a} and ${b} contradict each other; leave one out`)
  return settings
}
