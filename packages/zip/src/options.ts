import {
  abortSignal,
  callback,
  flag,
  group,
  milliseconds,
  type OptionsOf,
  oneOf,
  option,
  type SettingsOf,
  settingsOf,
  wholeNumber,
} from '@kvdol/core/adapter'
import type { ForeignEntry } from './format/directory.ts'
import type { NameEncoding } from './format/names.ts'

const LIMIT_OPTIONS = {
  /**
   * Longest value in bytes, read or written.
   * @default 1073741824 (1 GiB)
   */
  entryBytes: wholeNumber(1).or(2 ** 30),
  /**
   * Bytes of all values together.
   * @default 68719476736 (64 GiB)
   */
  totalBytes: wholeNumber(1).or(2 ** 36),
  /**
   * Number of entries.
   * @default 1000000
   */
  entries: wholeNumber(1).or(1_000_000),
  /**
   * How many times longer than its compressed form a value may be; counts for values over 16 MiB.
   * @default 200
   */
  ratio: wholeNumber(1).or(200),
}

/** Guards against archives that unpack to far more than they are. Each can be `Infinity`. */
export const limits = group(LIMIT_OPTIONS)

const READ_OPTIONS = {
  /**
   * Whether a missing archive is an error (`Unavailable`); otherwise it is empty, and made by the first write.
   * @default false
   */
  mustExist: flag.or(false),
  /** Told, by each listing, of entries that no key stands for: directories, links, names that are no keys. */
  onForeign: callback<(entry: ForeignEntry) => void>(),
  /**
   * What becomes of names that are more than relative paths: `../x`, `/x`, `C:x`, `a\b`, `a//b`, control characters.
   * `'keep'`: they are keys as they are. `'skip'`: they are foreign, and refused on writing. `'refuse'`: an archive
   * that has one is `Corrupt`.
   * @default 'keep'
   */
  unsafe: oneOf('keep', 'skip', 'refuse').or('keep'),
  /**
   * Which of several entries of one name counts. `'refuse'`: reading that key is `Corrupt`.
   * @default 'refuse'
   */
  duplicates: oneOf('refuse', 'first', 'last').or('refuse'),
  /**
   * The encoding of names that do not say that they are UTF-8; a function decodes them, or gives `undefined`.
   * @default 'cp437'
   */
  names: option<NameEncoding>(
    "'cp437', 'utf-8' or a function",
    value => typeof value === 'function' || value === 'cp437' || value === 'utf-8',
  ).or('cp437'),
  /** Guards against archives that unpack to far more than they are. Each can be `Infinity`. */
  limits,
}

/** Options of whatever compresses. */
export const PACKING_OPTIONS = {
  /**
   * How hard to compress: 0 (not at all) to 9.
   * @default 6
   */
  level: wholeNumber(0, 9).or(6),
}
export type PackingOptions = OptionsOf<typeof PACKING_OPTIONS>

/** Options of `zipOf`. */
export const ZIP_OF_OPTIONS = {
  ...PACKING_OPTIONS,
  /** Packs only keys that begin with this. */
  prefix: option<string>('a string', value => typeof value === 'string'),
  /**
   * The same values always make the same bytes: entries are sorted by name and have no dates.
   * @default false
   */
  deterministic: flag.or(false),
  signal: abortSignal,
}
export type ZipOfOptions = OptionsOf<typeof ZIP_OF_OPTIONS>
export type ZipOfSettings = SettingsOf<typeof ZIP_OF_OPTIONS>

const WRITE_OPTIONS = {
  /**
   * The same values always make the same bytes: entries are sorted by name and have no dates.
   * @default false
   */
  deterministic: flag.or(false),
  /**
   * Whether a key that is there can be set; otherwise that is a `Conflict`.
   * @default true
   */
  overwrite: flag.or(true),
  /**
   * Whether each write is in the archive when it resolves. `false` keeps writes in memory, compressed, until `flush` or
   * `close`: one rewrite for all.
   * @default true
   */
  autoFlush: flag.or(true),
  /**
   * What a write to a file survives. `'none'`: the end of the process. `'data'`: after a loss of power the archive is the
   * old or the new one. `'full'`: after a loss of power the write is still there.
   * @default 'data'
   */
  sync: oneOf('none', 'data', 'full').or('data'),
  /**
   * Longest wait for another writer of a file, in milliseconds.
   * @default 30000
   */
  timeout: milliseconds.or(30_000),
}

const OPTIONS = { ...READ_OPTIONS, ...PACKING_OPTIONS, ...WRITE_OPTIONS }
const ARCHIVED_OPTIONS = { ...READ_OPTIONS, ...PACKING_OPTIONS }

/** Guards against archives that unpack to far more than they are. Each can be `Infinity`. */
export type ZipLimits = OptionsOf<typeof LIMIT_OPTIONS>
export type ZipReadOptions = OptionsOf<typeof READ_OPTIONS>
export type ZipOptions = ZipReadOptions & PackingOptions & OptionsOf<typeof WRITE_OPTIONS>
export type ArchivedOptions = ZipReadOptions & PackingOptions

/** {@link ZipOptions} with every choice made. */
export type Settings = SettingsOf<typeof OPTIONS>
export type Limits = Settings['limits']

/** The limits where none are given. */
export const LIMITS: Limits = settingsOf('zip', LIMIT_OPTIONS, {})

/** Checks options and fills in defaults. Throws `TypeError` for bad ones; `by` is the function they were given to. */
export function zipSettings(options: ZipOptions | undefined, by = 'zip'): Settings {
  return settingsOf(by, OPTIONS, options)
}

/** The same for a function that only reads. */
export function zipReadSettings(options: ZipReadOptions | undefined, by: string): Settings {
  return { ...settingsOf(by, OPTIONS, {}), ...settingsOf(by, READ_OPTIONS, options) }
}

/** The options of {@link archived}: those of reading, and how hard to compress. */
export function archivedSettings(options: ArchivedOptions | undefined): SettingsOf<typeof ARCHIVED_OPTIONS> {
  return settingsOf('archived', ARCHIVED_OPTIONS, options)
}
