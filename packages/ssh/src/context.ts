import type { LockHost } from '@kvdol/fs/file'
import type { Pool } from './connection/pool.ts'
import type { FolderNaming } from './naming/folder-naming.ts'
import type { Root } from './opening/root.ts'
import type { Settings } from './options.ts'

/** What every part of one store works with. */
export interface Context {
  readonly settings: Settings
  readonly pool: Pool
  readonly naming: FolderNaming
  readonly root: Root
  readonly host: LockHost
  /** Folders that this store has made, by their paths below the root, each with a slash at its end. */
  readonly made: Set<string>
  /** Temporary files that could not be removed because the connection ended. */
  readonly leftovers: Set<string>
}
