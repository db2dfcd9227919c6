import { givenOptions, type OptionCheck, option } from '@kvdol/core'
import type { ForeignEntry } from './format/directory.ts'
import type { NameEncoding } from './format/names.ts'

/** Guards against archives that unpack to far more than they are. Each can be `Infinity`. */
export interface ZipLimits {
  /**
   * Longest value in bytes, read or written.
   * @default 1073741824 (1 GiB)
   */
  entryBytes?: number | undefined
  /**
   * Bytes of all values together.
   * @default 68719476736 (64 GiB)
   */
  totalBytes?: number | undefined
  /**
   * Number of entries.
   * @default 1000000
   */
  entries?: number | undefined
  /**
   * How many times longer than its compressed form a value may be; counts for values over 16 MiB.
   * @default 200
   */
  ratio?: number | undefined
}

export interface ZipReadOptions {
  /**
   * Whether a missing archive is an error (`Unavailable`); otherwise it is empty, and made by the first write.
   * @default false
   */
  mustExist?: boolean | undefined
  /** Told, by each listing, of entries that no key stands for: directories, links, names that are no keys. */
  onForeign?: ((entry: ForeignEntry) => void) | undefined
  /**
   * What becomes of names that are more than relative paths: `../x`, `/x`, `C:x`, `a\b`, `a//b`, control characters.
   * `'keep'`: they are keys as they are. `'skip'`: they are foreign, and refused on writing. `'refuse'`: an archive
   * that has one is `Corrupt`.
   * @default 'keep'
   */
  unsafe?: 'keep' | 'skip' | 'refuse' | undefined
  /**
   * Which of several entries of one name counts. `'refuse'`: reading that key is `Corrupt`.
   * @default 'refuse'
   */
  duplicates?: 'refuse' | 'first' | 'last' | undefined
  /**
   * The encoding of names that do not say that they are UTF-8; a function decodes them, or gives `undefined`.
   * @default 'cp437'
   */
  names?: NameEncoding | undefined
  /** Guards against archives that unpack to far more than they are. */
  limits?: ZipLimits | undefined
  /**
   * Longest wait for the next bytes of a web server, or for another writer, in milliseconds.
   * @default 30000
   */
  timeout?: number | undefined
  /**
   * Whether an archive at a web address whose server does not answer ranges is read whole, at most `limits.entryBytes`.
   * @default false
   */
  download?: boolean | undefined
}

export interface ZipOptions extends ZipReadOptions {
  /**
   * How hard to compress: 0 (not at all) to 9.
   * @default 6
   */
  level?: number | undefined
  /**
   * The same values always make the same bytes: entries are sorted by name and have no dates.
   * @default false
   */
  deterministic?: boolean | undefined
  /**
   * Whether a key that is there can be set; otherwise that is a `Conflict`.
   * @default true
   */
  overwrite?: boolean | undefined
  /**
   * Whether each write is in the archive when it resolves. `false` keeps writes in memory, compressed, until `flush` or
   * `close`: one rewrite for all.
   * @default true
   */
  autoFlush?: boolean | undefined
  /**
   * What a write to a file survives. `'none'`: the end of the process. `'data'`: after a loss of power the archive is the
   * old or the new one. `'full'`: after a loss of power the write is still there.
   * @default 'data'
   */
  sync?: 'none' | 'data' | 'full' | undefined
}

/** {@link ZipOptions} with every choice made. */
export type Settings = {
  readonly [Name in Exclude<keyof ZipOptions, 'limits' | 'onForeign'>]-?: NonNullable<ZipOptions[Name]>
} & {
  readonly limits: { readonly [Name in keyof ZipLimits]-?: number }
  readonly onForeign: ((entry: ForeignEntry) => void) | undefined
}

/** The limits where none are given. */
export const LIMITS = { entryBytes: 2 ** 30, totalBytes: 2 ** 36, entries: 1_000_000, ratio: 200 }

const DEFAULTS = {
  mustExist: false,
  unsafe: 'keep',
  duplicates: 'refuse',
  names: 'cp437',
  timeout: 30_000,
  download: false,
  level: 6,
  deterministic: false,
  overwrite: true,
  autoFlush: true,
  sync: 'data',
} as const

const LIMIT_CHECKS: Readonly<Record<keyof ZipLimits, OptionCheck>> = {
  entryBytes: option.wholeNumber(1),
  totalBytes: option.wholeNumber(1),
  entries: option.wholeNumber(1),
  ratio: option.wholeNumber(1),
}

const CHECKS: Readonly<Record<keyof ZipOptions, OptionCheck>> = {
  mustExist: option.flag,
  onForeign: option.callback,
  unsafe: option.oneOf('keep', 'skip', 'refuse'),
  duplicates: option.oneOf('refuse', 'first', 'last'),
  names: [
    "'cp437', 'utf-8' or a function",
    value => typeof value === 'function' || value === 'cp437' || value === 'utf-8',
  ],
  limits: ['an object', value => typeof value === 'object' && value !== null],
  timeout: option.milliseconds,
  download: option.flag,
  level: option.wholeNumber(0, 9),
  deterministic: option.flag,
  overwrite: option.flag,
  autoFlush: option.flag,
  sync: option.oneOf('none', 'data', 'full'),
}

/** Checks options and fills in defaults. Throws `TypeError` for bad ones; `by` is the function they were given to. */
export function settingsOf(options: ZipOptions, by = 'zip'): Settings {
  const { limits, ...given } = givenOptions(by, options, CHECKS)
  const most = { ...LIMITS, ...givenOptions(`${by}: limits`, limits ?? {}, LIMIT_CHECKS) }
  return { ...DEFAULTS, onForeign: undefined, ...given, limits: most } as Settings
}
