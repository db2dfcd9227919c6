import {
  callback,
  flag,
  group,
  milliseconds,
  type OptionsOf,
  oneOf,
  option,
  type SettingsOf,
  secret,
  settingsOf,
  text,
  wholeNumber,
} from '@kvdol/core/adapter'

/** A file in the folder that no key stands for. */
export interface ForeignFile {
  /** Its path, relative to the root. */
  readonly path: string
}

/** Dropbox takes no longer value in one request, in bytes. */
const LONGEST_REQUEST = 150 * 1024 ** 2

const REFRESH = {
  /** The key of the app. */
  clientId: text,
  /** What the app got when the user let it in; access tokens are fetched with it as they are needed. */
  refreshToken: secret,
  /** The secret of the app; apps that use PKCE have none. */
  clientSecret: secret,
}

const CONNECTION = {
  /** An access token. When it expires, calls reject `Unauthenticated`. */
  token: secret,
  /** Fetches access tokens, and a new one whenever one has expired. */
  refresh: option<OptionsOf<typeof REFRESH>>(
    'an object with clientId, refreshToken and perhaps clientSecret',
    isObject,
    { hidden: true },
  ),
  /** Longest wait for an answer, in milliseconds; an upload has one more for each 32 bytes of it. */
  timeout: milliseconds.or(30_000),
  /** Where calls about files go, for tests: a server with the interface of Dropbox. */
  apiUrl: option<string>('an http or https URL without user, query and path', isOrigin).or(
    'https://api.dropboxapi.com',
  ),
  /** Where the content of files goes, for tests. */
  contentUrl: option<string>('an http or https URL without user, query and path', isOrigin).or(
    'https://content.dropboxapi.com',
  ),
  /** Where changes are waited for, for tests. */
  notifyUrl: option<string>('an http or https URL without user, query and path', isOrigin).or(
    'https://notify.dropboxapi.com',
  ),
}

const FOLDER = {
  /** The folder of the store: a path from the root of what the app may see. It is made by the first write. */
  root: option<string>('the path of a folder, which holds no . or .. and no backslash', isFolderPath).or(''),
  /**
   * `'encoded'`: any key works, and the names of the files are encodings of the keys. `'plain'`: a key is the path of its
   * file, and keys that Dropbox cannot hold one to one are refused. The two are never mixed in one folder.
   */
  keys: oneOf('encoded', 'plain').or('encoded'),
  /** The id of the namespace that paths begin in: a team space, a shared folder. */
  pathRoot: option<string>(
    'the id of a namespace',
    value => typeof value === 'string' && /^\d+$/.test(value),
  ),
  /** Longest value that is sent by one request, in bytes; longer ones go by an upload session. */
  singleUpload: wholeNumber(1, LONGEST_REQUEST).or(LONGEST_REQUEST),
  /** `clear` may empty everything that the app may see, where there is no `root`. */
  allowClear: flag.or(false),
  /** Told of files that listing leaves out because no key stands for them. */
  onForeign: callback<(file: ForeignFile) => void>(),
}

const OPTIONS = { ...CONNECTION, ...FOLDER }

const LINK_OPTIONS = {
  ...CONNECTION,
  /** The password of the link. */
  password: secret,
  /** Told of files that listing leaves out because no key stands for them. */
  onForeign: FOLDER.onForeign,
}

/** Options of {@link dropbox}. One of `token` and `refresh` is needed. */
export interface DropboxOptions extends OptionsOf<typeof OPTIONS> {}

/** Options of {@link sharedLink}. One of `token` and `refresh` is needed. */
export interface SharedLinkOptions extends OptionsOf<typeof LINK_OPTIONS> {}

/** How to get access tokens. */
type Refresh = {
  readonly clientId: string
  readonly refreshToken: string
  readonly clientSecret?: string | undefined
}

/** How to reach Dropbox. */
export type Connection = Omit<SettingsOf<typeof CONNECTION>, 'refresh'> & {
  readonly refresh: Refresh | undefined
  readonly pathRoot?: string | undefined
}

/** {@link DropboxOptions} with every choice made; `root` is empty or begins with a slash. */
export type Settings = Connection & Omit<SettingsOf<typeof FOLDER>, 'pathRoot'>

/** {@link SharedLinkOptions} with every choice made. */
export type LinkSettings = Connection & Pick<SettingsOf<typeof LINK_OPTIONS>, 'password' | 'onForeign'>

/** The settings of a store. Throws `TypeError` for an option that does not exist or makes no sense. */
export function folderSettings(options: DropboxOptions): Settings {
  const settings = settingsOf('dropbox', OPTIONS, options)
  const root = settings.root.replace(/^\/+|\/+$/g, '')
  return { ...settings, ...authorised('dropbox', settings), root: root === '' ? '' : `/${root}` }
}

/** The settings of a shared folder, as {@link folderSettings}. */
export function linkSettings(options: SharedLinkOptions): LinkSettings {
  const settings = settingsOf('sharedLink', LINK_OPTIONS, options)
  return { ...settings, ...authorised('sharedLink', settings) }
}

function authorised(
  adapter: string,
  { token, refresh }: Pick<SettingsOf<typeof CONNECTION>, 'token' | 'refresh'>,
): { refresh: Refresh | undefined } {
  const fail = (detail: string): never => {
    throw new TypeError(`${adapter}: ${detail}`)
  }
  if (refresh === undefined) {
    if (token === undefined || token === '')
      return fail('token or refresh is missing: give an access token, or what fetches one')
    if (!isHeader(token)) return fail('token holds characters that no token has')
    return { refresh: undefined }
  }
  if (token !== undefined) return fail('give token or refresh, not both')
  const given = settingsOf(adapter, { refresh: group(REFRESH) }, { refresh }).refresh
  const { clientId, refreshToken, clientSecret } = given
  if (clientId === undefined || refreshToken === undefined || refreshToken === '')
    return fail('refresh needs clientId and refreshToken')
  return { refresh: { clientId, refreshToken, clientSecret } }
}

function isHeader(token: string): boolean {
  return /^[\x21-\x7e]+$/.test(token)
}

function isObject(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object Object]'
}

function isOrigin(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false
  const { protocol, origin, href } = new URL(value)
  return /^https?:$/.test(protocol) && (href === `${origin}/` || href === origin)
}

function isFolderPath(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    value.isWellFormed() &&
    !/[\u0000-\u001f\u007f\\]|\/\/|(?:^|\/)\.{1,2}(?:\/|$)|[. ](?:\/|$)/.test(value)
  )
}
