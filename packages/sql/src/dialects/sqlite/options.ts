import { flag, milliseconds, type OptionsOf, oneOf, type SettingsOf, settingsOf } from '@kvdol/core/adapter'

const OPTIONS = {
  /**
   * Which library opens the file.
   * @default 'better-sqlite3' if it is installed and works, else 'node:sqlite'
   */
  driver: oneOf('better-sqlite3', 'node:sqlite'),
  /**
   * What a resolved write survives. `'full'`: a loss of power. `'normal'`: the end of the process; after a loss of
   * power the last writes may be gone, the database is whole.
   * @default 'full'
   */
  sync: oneOf('full', 'normal').or('full'),
  /**
   * Opens the file for reading only.
   * @default false
   */
  readOnly: flag.or(false),
  /**
   * A missing file is an error; otherwise it is made.
   * @default false
   */
  mustExist: flag.or(false),
  /**
   * How long a call waits while another process has locked the database, in milliseconds.
   * @default 30_000
   */
  timeout: milliseconds.or(30_000),
}

/** Options of {@link sqlite}. */
export type SqliteOptions = OptionsOf<typeof OPTIONS>

/** Options with every choice made. */
export type Settings = SettingsOf<typeof OPTIONS>

/** Options that mean nothing for a database that is open already, and for one in memory. */
const IDLE = {
  opened: ['driver', 'sync', 'readOnly', 'mustExist'],
  memory: ['readOnly', 'mustExist'],
} as const

/** Throws `TypeError` for options that make no sense, also for the kind of place. */
export function sqliteSettings(options: SqliteOptions, place: 'opened' | 'memory' | 'file'): Settings {
  const settings = settingsOf('sqlite', OPTIONS, options)
  const idle = place === 'file' ? undefined : IDLE[place].find(name => options[name] !== undefined)
  if (idle !== undefined)
    throw new TypeError(
      `sqlite: ${idle} means nothing for a database ${place === 'opened' ? 'that is open' : 'in memory'}`,
    )
  return settings
}
