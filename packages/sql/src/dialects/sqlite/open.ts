import { existsSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { StoreError } from '@kvdol/core/adapter'
import { type BetterHandle, better, type Native, type NodeHandle, node } from './native.ts'
import type { Settings } from './options.ts'

type BetterModule = new (
  path: string,
  options: { readonly: boolean; fileMustExist: boolean; timeout: number },
) => BetterHandle
interface NodeModule {
  readonly DatabaseSync: new (file: string, options: { readOnly: boolean }) => NodeHandle
}

/** A library that is loaded when a database is opened. */
const load = (name: string) => createRequire(import.meta.url)(name)

/** How long SQLite itself waits for a lock, in milliseconds, while nothing else can run. */
const SHORT = 1

/** Opens a database file and sets how it is written. Never makes a new one in the place of what is there. */
export function openDatabase(file: string, options: Settings): Native {
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

function assertPlace(file: string, { mustExist, readOnly }: Settings): void {
  if (existsSync(file)) {
    if (!statSync(file).isFile()) throw unusable('the path of the database is not a file')
  } else if (mustExist || readOnly) {
    throw unusable('the database file does not exist')
  } else if (!existsSync(path.dirname(file))) {
    throw unusable('the folder of the database file does not exist; make it first')
  }
}

function unusable(detail: string): StoreError {
  return new StoreError('Unavailable', detail, { retryable: false })
}

/** Opens a file with the chosen library, or with the first one that works here. Throws the library's errors. */
function openFile(file: string, options: Settings): Native {
  const native = options.driver === 'node:sqlite' ? openNode(file, options) : openBetter(file, options)
  native.exec(`PRAGMA busy_timeout = ${SHORT}`)
  return native
}

function openBetter(file: string, options: Settings): Native {
  const { driver, readOnly, mustExist } = options
  try {
    const Better = load('better-sqlite3') as BetterModule
    return better(
      new Better(file, { readonly: readOnly, fileMustExist: mustExist || readOnly, timeout: SHORT }),
    )
  } catch (cause) {
    const advice = adviceFor(cause)
    if (advice === undefined) throw cause
    if (driver === undefined && hasNode()) return openNode(file, options)
    throw new StoreError('Unsupported', advice, { cause })
  }
}

function openNode(file: string, { readOnly }: Settings): Native {
  if (!hasNode())
    throw new StoreError(
      'Unsupported',
      'this Node has no node:sqlite: npm install better-sqlite3, or use Node 22.16 or newer',
    )
  const { DatabaseSync } = load('node:sqlite') as NodeModule
  return node(new DatabaseSync(file, { readOnly }))
}

function hasNode(): boolean {
  return process.getBuiltinModule?.('node:sqlite') !== undefined
}

/** What to do where `better-sqlite3` is missing, or its binary is; `undefined` for an error of the database. */
function adviceFor(error: unknown): string | undefined {
  const { code, message } = Object(error) as { code?: unknown; message?: unknown }
  if (code === 'MODULE_NOT_FOUND' && /'better-sqlite3'/.test(String(message)))
    return 'SQLite needs the package better-sqlite3 (npm install better-sqlite3), or Node 22.16 or newer'
  if (code === 'ERR_DLOPEN_FAILED' || /bindings file|'bindings'/.test(String(message)))
    return 'the binary of better-sqlite3 is missing, or made for another Node: npm rebuild better-sqlite3, or use Node 22.16 or newer'
  return undefined
}
