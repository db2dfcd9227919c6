import { createRequire } from 'node:module'
import { StoreError } from '@kvdol/core'
import { type BetterHandle, better, type Native, type NodeHandle, node } from './native.ts'

const require = createRequire(import.meta.url)

/** How a file is opened. */
export interface OpenOptions {
  readonly driver: 'better-sqlite3' | 'node:sqlite' | undefined
  readonly readOnly: boolean
  readonly mustExist: boolean
}

type BetterModule = new (
  path: string,
  options: { readonly: boolean; fileMustExist: boolean; timeout: number },
) => BetterHandle
interface NodeModule {
  readonly DatabaseSync: new (path: string, options: { readOnly: boolean }) => NodeHandle
}

/** How long SQLite itself waits for a lock, in milliseconds, while nothing else can run. */
const SHORT = 25

/** Opens a file with the chosen driver, or with the one that is there. Throws the driver's errors. */
export function openFile(path: string, { driver, readOnly, mustExist }: OpenOptions): Native {
  const chosen = driver ?? installed()
  const native =
    chosen === 'better-sqlite3'
      ? better(
          new (load<BetterModule>('better-sqlite3'))(path, {
            readonly: readOnly,
            fileMustExist: mustExist || readOnly,
            timeout: SHORT,
          }),
        )
      : node(new (load<NodeModule>('node:sqlite').DatabaseSync)(path, { readOnly }))
  native.exec(`PRAGMA busy_timeout = ${SHORT}`)
  return native
}

function installed(): 'better-sqlite3' | 'node:sqlite' {
  try {
    require.resolve('better-sqlite3')
    return 'better-sqlite3'
  } catch {
    return 'node:sqlite'
  }
}

function load<T>(name: 'better-sqlite3' | 'node:sqlite'): T {
  try {
    return require(name) as T
  } catch (cause) {
    throw new StoreError(
      'Unsupported',
      name === 'node:sqlite'
        ? 'SQLite needs the package better-sqlite3 (npm install better-sqlite3), or Node 22.16 or newer'
        : 'the package better-sqlite3 cannot be loaded: npm install better-sqlite3',
      { cause },
    )
  }
}
