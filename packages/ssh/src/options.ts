import {
  callback,
  flag,
  milliseconds,
  type OptionsOf,
  oneOf,
  option,
  type SettingsOf,
  secret,
  settingsOf,
  template,
  text,
  wholeNumber,
} from '@kvdol/core/adapter'
import { ALGORITHM_KINDS, type Algorithms } from './connection/algorithms.ts'
import type { SftpClient } from './connection/protocol.ts'

/** Something in the folder that no key stands for. */
export interface ForeignEntry {
  /** Its path, relative to the root; characters that could not be decoded are U+FFFD. */
  readonly path: string
  readonly kind: 'symlink' | 'name' | 'other'
}

/** Tells which keys belong to a store. Every `template` of `@kvdol/core` is one. */
export interface KeyPattern {
  matches(key: string): boolean
  /** For messages. */
  readonly name?: string | undefined
}

const CONNECTION = {
  /** The name or address of the machine, or a `Host` of the user's configuration. */
  host: text,
  /** @default 22 */
  port: wholeNumber(1, 65_535),
  /** @default who runs this process */
  username: text,
  /** A password, also for keyboard-interactive authentication that asks for nothing else. */
  password: secret,
  /** A private key: the content of its file. */
  privateKey: option<string | Uint8Array>('the content of a private key file', isContent, { hidden: true }),
  /** The passphrase of `privateKey` and of the identity files of the user's configuration. */
  passphrase: secret,
  /** The socket of an SSH agent; `true` is the one of the environment (`SSH_AUTH_SOCK`). */
  agent: option<true | string>('true or the path of a socket', isTrueOrPath),
  /** The key of the host: `'ssh-ed25519 AAAA…'` or `'SHA256:…'`, or several. No other is accepted. */
  hostKey: option<string | readonly string[]>(
    "a public key ('ssh-ed25519 AAAA…') or a fingerprint ('SHA256:…'), or a list of those",
    value => isOneOrMore(value, isHostKey),
  ),
  /** Files of known hosts, as `ssh` keeps them. */
  knownHosts: option<string | readonly string[]>('the path of a file, or a list of paths', value =>
    isOneOrMore(value, isPath),
  ),
  /** Trust a host whose key is not known, whoever it is. Everything sent can be read by whoever is in between. */
  insecureAcceptAnyHostKey: flag.or(false),
  /** Read the user's `~/.ssh`; a path is another `config` file. */
  sshConfig: option<boolean | string>(
    'true, false or the path of a file',
    value => typeof value === 'boolean' || isPath(value),
  ).or(false),
  /** Longest wait for the connection, and for each answer, in milliseconds. */
  timeout: milliseconds.or(30_000),
  /** How often an idle connection is tried, in milliseconds; after three tries without an answer it is lost. */
  keepalive: milliseconds.or(15_000),
  /** How many reads, writes and look-ups are under way at once; each may be several requests. */
  concurrency: wholeNumber(1, 1024).or(32),
  /** Algorithms to offer instead of the strong ones. */
  algorithms: option<Algorithms>(
    `an object with lists of names of algorithms: ${ALGORITHM_KINDS.join(', ')}`,
    isAlgorithms,
  ),
  /** An open client of `ssh2-sftp-client`, or the `SFTPWrapper` of an `ssh2` client; it stays open. */
  client: option<SftpClient>(
    'a connected client of ssh2-sftp-client, or what sftp() of ssh2 gives',
    isClient,
  ),
}

const FOLDER = {
  /** The folder, absolute or relative to where the server lets the user in. */
  root: option<string>('the path of a folder on the server', isRemotePath),
  /** Files and folders whose name begins with a dot are part of the store (plain keys only). */
  hidden: flag.or(false),
  /** How many folders deep keys can be; 0 is the top only. */
  maxLevels: wholeNumber(0).or(Number.POSITIVE_INFINITY),
  /** A write makes the folders that are missing, and deleting their last file removes them. */
  createFolders: flag.or(true),
  /** At most so many folders are made by one write, as a guard against mistyped paths. */
  maxNewFolders: wholeNumber(0).or(Number.POSITIVE_INFINITY),
  /** Told of entries that listing leaves out because no key stands for them. */
  onForeign: callback<(entry: ForeignEntry) => void>(),
  /** A missing root is an error; otherwise it is empty, and made by the first write. */
  mustExist: flag.or(false),
  /** Permissions of new files, as a number; by default the server decides. A replaced file keeps its own. */
  mode: wholeNumber(0, 0o777),
  /** `clear` may empty the whole folder. */
  allowClear: flag.or(false),
  /**
   * `'none'`: `stat` asks for size and time only, and the only condition is `ifAbsent`. `'content'`: the etag is a hash of
   * the value, for which `stat` reads it whole, and `ifMatch` and `update` work; times tell seconds only, and an etag may
   * miss no change.
   */
  etag: oneOf('none', 'content').or('none'),
  /**
   * `'atomic'`: a file is replaced in one step, and where the server cannot do that, replacing rejects `Unsupported`.
   * `'delete-first'`: there the old file is deleted first, and for a moment, or after a crash, there is none.
   */
  replace: oneOf('atomic', 'delete-first').or('atomic'),
}

const NAMING = {
  /**
   * `'plain'`: a key is the path of its file, and keys that some system could not hold are refused. `'encoded'`: any
   * key works, and the names of the files are encodings of the keys. The two are never mixed in one folder.
   */
  keys: oneOf('plain', 'encoded').or('plain'),
  /** Only keys that match are listed, and others are refused: a template such as `'{name}_{n:int}.wav'`. */
  pattern: option<string | KeyPattern>('the text of a template, or a template', isPattern),
}

const OPTIONS: typeof CONNECTION & typeof FOLDER & typeof NAMING = { ...CONNECTION, ...FOLDER, ...NAMING }
const FOLDERS_OPTIONS: typeof CONNECTION & typeof FOLDER = { ...CONNECTION, ...FOLDER }

/** Options of {@link sftp}: the connection, the folder, and how keys and files stand for each other. */
export interface SftpOptions extends OptionsOf<typeof OPTIONS> {}

/** Options of {@link folders}: those of {@link sftp} for the folders and the stores in them. */
export interface FoldersOptions extends OptionsOf<typeof FOLDERS_OPTIONS> {}

/** {@link SftpOptions} with every choice made. */
export type Settings = Omit<SettingsOf<typeof OPTIONS>, 'pattern' | 'root'> & {
  readonly pattern: KeyPattern | undefined
  readonly root: string
}

/** The settings of a store. Throws `TypeError` for an option that does not exist or makes no sense. */
export function sftpSettings(options: SftpOptions): Settings {
  return consistent('sftp', settingsOf('sftp', OPTIONS, options))
}

/** The settings of the folders and the stores in them. Throws as {@link sftpSettings}. */
export function foldersSettings(options: FoldersOptions): Settings {
  const settings = settingsOf('folders', FOLDERS_OPTIONS, options)
  return consistent('folders', { ...settings, keys: 'plain', pattern: undefined })
}

function consistent(adapter: string, settings: SettingsOf<typeof OPTIONS>): Settings {
  const { pattern, root, client, host, hostKey, knownHosts, sshConfig } = settings
  const fail = (detail: string): never => {
    throw new TypeError(`${adapter}: ${detail}`)
  }
  if (root === undefined) return fail('root is missing: the path of a folder on the server')
  if (client === undefined && host === undefined) return fail('host is missing: the machine to connect to')
  const any = settings.insecureAcceptAnyHostKey
  if (any && (hostKey ?? knownHosts) !== undefined)
    return fail('insecureAcceptAnyHostKey makes hostKey and knownHosts useless; give one or the other')
  if (client === undefined && !any && (hostKey ?? knownHosts) === undefined && sshConfig === false)
    return fail('how is the host to be recognised? Give hostKey or knownHosts, or sshConfig: true')
  return { ...settings, root, pattern: typeof pattern === 'string' ? template(pattern) : pattern }
}

/** What no message may tell. A key that is read from a file never gets into one. */
export function secretsOf({ password, passphrase, privateKey }: Settings): (string | undefined)[] {
  return [password, passphrase, typeof privateKey === 'string' ? privateKey : undefined]
}

function isPath(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isTrueOrPath(value: unknown): boolean {
  return value === true || isPath(value)
}

function isContent(value: unknown): boolean {
  return isPath(value) || (value instanceof Uint8Array && value.byteLength > 0)
}

function isHostKey(value: unknown): boolean {
  return typeof value === 'string' && /(?:^|\s)(?:SHA256:[\w+/]{43}=?|AAAA[\w+/]+=*)(?:\s|$)/.test(value)
}

function isOneOrMore(value: unknown, test: (value: unknown) => boolean): boolean {
  return Array.isArray(value) ? value.length > 0 && value.every(test) : test(value)
}

function isRemotePath(value: unknown): boolean {
  return isPath(value) && !value.includes('\0') && !value.startsWith('~')
}

function isPattern(value: unknown): boolean {
  return isPath(value) || typeof (value as KeyPattern | null)?.matches === 'function'
}

function isAlgorithms(value: unknown): boolean {
  if (Object.prototype.toString.call(value) !== '[object Object]') return false
  return Object.entries(value as object).every(
    ([kind, list]) =>
      ALGORITHM_KINDS.includes(kind) &&
      (list === undefined || (Array.isArray(list) && list.every(name => typeof name === 'string'))),
  )
}

function isClient(value: unknown): boolean {
  const { sftp, opendir } = Object(value) as { sftp?: { opendir?: unknown }; opendir?: unknown }
  return typeof (sftp?.opendir ?? opendir) === 'function'
}
