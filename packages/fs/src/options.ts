import { givenOptions, type OptionCheck, option, template } from '@kvdol/core'

/** Something in the folder that no key stands for. */
export interface ForeignEntry {
  /** Its path, relative to the root; characters that could not be decoded are U+FFFD. */
  readonly path: string
  readonly kind: 'symlink' | 'name' | 'other'
}

export interface FilesOptions {
  /**
   * `'plain'`: a key is the path of its file, and keys that some system could not hold are refused. `'encoded'`: any
   * key works, and the names of the files are encodings of the keys. The two are never mixed in one folder.
   * @default 'plain'
   */
  keys?: 'plain' | 'encoded' | undefined
  /**
   * Whether files and folders whose name begins with a dot are part of the store (plain keys only).
   * @default false
   */
  hidden?: boolean | undefined
  /**
   * How many folders deep keys can be; 0 is the top only.
   * @default Infinity
   */
  maxLevels?: number | undefined
  /**
   * Whether a write makes the folders that are missing. If so, deleting the last file of a folder removes the folder.
   * @default true
   */
  createFolders?: boolean | undefined
  /**
   * At most so many folders are made by one write, as a guard against mistyped paths.
   * @default Infinity
   */
  maxNewFolders?: number | undefined
  /**
   * What a resolved write survives. `'none'`: the end of the process. `'data'`: after a loss of power the file has
   * its old or its new content. `'full'`: after a loss of power the write is still there. See Limits in the README.
   * @default 'none'
   */
  sync?: 'none' | 'data' | 'full' | undefined
  /**
   * Whether symbolic links are followed, wherever they lead.
   * @default false
   */
  followSymlinks?: boolean | undefined
  /** Told of entries that listing leaves out because no key stands for them. */
  onForeign?: ((entry: ForeignEntry) => void) | undefined
  /**
   * How a file is deleted: for good, into the system's trash (needs the package `trash`), or by a function that gets
   * the absolute path.
   * @default 'permanent'
   */
  remove?: 'permanent' | 'trash' | ((path: string) => void | Promise<void>) | undefined
  /** Only keys that match are listed, and others are refused: a template such as `'{name}_{n:int}.wav'`. */
  pattern?: string | KeyPattern | undefined
  /**
   * Whether a missing root is an error; otherwise it is empty, and made by the first write.
   * @default false
   */
  mustExist?: boolean | undefined
  /**
   * Permissions of new files, as a number. A file that is replaced keeps its own.
   * @default 0o666 without the process's umask
   */
  mode?: number | undefined
  /**
   * `'utf8-bytes'` lists in the order of the keys' UTF-8 bytes and makes `after` possible; each folder is then read
   * whole before its first key.
   * @default 'none'
   */
  order?: 'none' | 'utf8-bytes' | undefined
  /**
   * Whether `clear` may empty the whole folder.
   * @default false
   */
  allowClear?: boolean | undefined
}

/** Tells which keys belong to a store. Every `template` of `@kvdol/core` is one. */
export interface KeyPattern {
  matches(key: string): boolean
  /** For messages. */
  readonly name?: string
}

/** {@link FilesOptions} with every choice made. */
export interface Settings {
  readonly keys: 'plain' | 'encoded'
  readonly hidden: boolean
  readonly maxLevels: number
  readonly createFolders: boolean
  readonly maxNewFolders: number
  readonly sync: 'none' | 'data' | 'full'
  readonly followSymlinks: boolean
  readonly onForeign: ((entry: ForeignEntry) => void) | undefined
  readonly remove: 'permanent' | 'trash' | ((path: string) => void | Promise<void>)
  readonly pattern: KeyPattern | undefined
  readonly mustExist: boolean
  readonly mode: number | undefined
  readonly order: 'none' | 'utf8-bytes'
  readonly allowClear: boolean
}

const DEFAULTS = {
  keys: 'plain',
  hidden: false,
  maxLevels: Number.POSITIVE_INFINITY,
  createFolders: true,
  maxNewFolders: Number.POSITIVE_INFINITY,
  sync: 'none',
  followSymlinks: false,
  onForeign: undefined,
  remove: 'permanent',
  pattern: undefined,
  mustExist: false,
  mode: undefined,
  order: 'none',
  allowClear: false,
} as const satisfies FilesOptions

const CHECKS: Readonly<Record<keyof FilesOptions, OptionCheck>> = {
  keys: option.oneOf('plain', 'encoded'),
  hidden: option.flag,
  maxLevels: option.wholeNumber(0),
  createFolders: option.flag,
  maxNewFolders: option.wholeNumber(0),
  sync: option.oneOf('none', 'data', 'full'),
  followSymlinks: option.flag,
  onForeign: option.callback,
  remove: [
    "'permanent', 'trash' or a function",
    value => value === 'permanent' || value === 'trash' || isFunction(value),
  ],
  pattern: [
    'the text of a template, or a template',
    value => (typeof value === 'string' && value !== '') || isFunction((value as KeyPattern | null)?.matches),
  ],
  mustExist: option.flag,
  mode: [
    'a number from 0 to 0o777',
    value => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0o777,
  ],
  order: option.oneOf('none', 'utf8-bytes'),
  allowClear: option.flag,
}

/** The settings of these options. Throws `TypeError` for an option that does not exist or makes no sense. */
export function settingsOf(options: FilesOptions): Settings {
  const { pattern, ...settings } = { ...DEFAULTS, ...givenOptions('files', options, CHECKS) }
  return { ...settings, pattern: typeof pattern === 'string' ? template(pattern) : pattern } as Settings
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}
