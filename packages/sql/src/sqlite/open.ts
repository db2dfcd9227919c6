import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { StoreError } from '@kvdol/core'
import { type OpenOptions, openFile } from './load.ts'
import type { Native } from './native.ts'

/** How a file is opened and written. */
export interface FileOptions extends OpenOptions {
  readonly sync: 'full' | 'normal'
}

/** Opens a database file and sets how it is written. Never makes a new one in the place of what is there. */
export function openDatabase(file: string, options: FileOptions): Native {
  if (file !== ':memory:') assertPlace(file, options)
  const native = openFile(file, options)
  try {
    if (!options.readOnly && file !== ':memory:') native.exec('PRAGMA journal_mode = WAL')
    native.exec(`PRAGMA synchronous = ${options.sync}`)
    // Reads the file, so that one that is no database is noticed now.
    native.prepare('SELECT count(*) FROM sqlite_schema').all([])
    return native
  } catch (error) {
    native.close()
    throw error
  }
}

function assertPlace(file: string, { mustExist, readOnly }: FileOptions): void {
  if (existsSync(file)) {
    if (!statSync(file).isFile()) throw unusable('the path of the database is no file')
  } else if (mustExist || readOnly) {
    throw unusable('the database file does not exist')
  } else if (!existsSync(path.dirname(file))) {
    throw unusable('the folder of the database file does not exist; make it first')
  }
}

function unusable(detail: string): StoreError {
  return new StoreError('Unavailable', detail, { retryable: false })
}
