import {
  callback,
  flag,
  type OptionsOf,
  oneOf,
  option,
  type SettingsOf,
  settingsOf as settled,
  template,
  wholeNumber,
} from '@kvdol/core/adapter'

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

type Remove = 'permanent' | 'trash' | ((path: string) => void | Promise<void>)

const isFunction = (value: unknown) => typeof value === 'function'

export const OPTIONS = {
  /**
   * `'plain'`: a key is the path of its file, and keys that some system could not hold are refused. `'encoded'`: any
   * key works, and the names of the files are encodings of the keys. The two are never mixed in one folder.
   * @default 'plain'
   */
  keys: oneOf('plain', 'encoded').or('plain'),
  /**
   * Whether files and folders whose name begins with a dot are part of the store (plain keys only).
   * @default false
   */
  hidden: flag.or(false),
  /**
   * How many folders deep keys can be; 0 is the top only.
   * @default Infinity
   */
  maxLevels: wholeNumber(0).or(Number.POSITIVE_INFINITY),
  /**
   * Whether a write makes the folders that are missing. If so, deleting the last file of a folder removes the folder.
   * @default true
   */
  createFolders: flag.or(true),
  /**
   * At most so many folders are made by one write, as a guard against mistyped paths.
   * @default Infinity
   */
  maxNewFolders: wholeNumber(0).or(Number.POSITIVE_INFINITY),
  /**
   * What a resolved write survives. `'none'`: the end of the process. `'data'`: after a loss of power the file has
   * its old or its new content. `'full'`: after a loss of power the write is still there. See Limits in the README.
   * @default 'none'
   */
  sync: oneOf('none', 'data', 'full').or('none'),
  /**
   * Whether symbolic links are followed, wherever they lead.
   * @default false
   */
  followSymlinks: flag.or(false),
  /** Told of entries that listing leaves out because no key stands for them. */
  onForeign: callback<(entry: ForeignEntry) => void>(),
  /**
   * How a file is deleted: for good, into the system's trash (needs the package `trash`), or by a function that gets
   * the absolute path.
   * @default 'permanent'
   */
  remove: option<Remove>(
    "'permanent', 'trash' or a function",
    value => value === 'permanent' || value === 'trash' || isFunction(value),
  ).or('permanent'),
  /** Only keys that match are listed, and others are refused: a template such as `'{name}_{n:int}.wav'`. */
  pattern: option<string | KeyPattern>(
    'the text of a template, or a template',
    value => (typeof value === 'string' && value !== '') || isFunction((value as KeyPattern | null)?.matches),
  ),
  /**
   * Whether a missing root is an error; otherwise it is empty, and made by the first write.
   * @default false
   */
  mustExist: flag.or(false),
  /**
   * Permissions of new files, as a number. A file that is replaced keeps its own.
   * @default 0o666 without the process's umask
   */
  mode: option<number>(
    'a number from 0 to 0o777',
    value => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0o777,
  ),
  /**
   * `'utf8-bytes'` lists in the order of the keys' UTF-8 bytes and makes `after` possible; each folder is then read
   * whole before its first key.
   * @default 'none'
   */
  order: oneOf('none', 'utf8-bytes').or('none'),
  /**
   * Whether `clear` may empty the whole folder.
   * @default false
   */
  allowClear: flag.or(false),
}

/** What the store of a folder can be told; every option has a default. */
export interface FilesOptions extends OptionsOf<typeof OPTIONS> {}

/** {@link FilesOptions} with every choice made. */
export interface Settings extends Omit<SettingsOf<typeof OPTIONS>, 'pattern'> {
  readonly pattern: KeyPattern | undefined
}

/** The settings of these options. Throws `TypeError` for an option that does not exist or makes no sense. */
export function settingsOf(by: string, options: FilesOptions): Settings {
  const { pattern, ...settings } = settled(by, OPTIONS, options)
  return { ...settings, pattern: typeof pattern === 'string' ? template(pattern) : pattern }
}
