import type { LockHost } from '../file/lock-port.ts'
import type { FsPort } from '../file/port.ts'
import type { FileNaming } from '../naming/file-naming.ts'
import type { Settings } from '../options.ts'
import type { Root } from './root.ts'
import type { Ways } from './ways.ts'

/** What every part of one store works with. */
export interface Context {
  readonly port: FsPort
  /** Who takes locks here. */
  readonly host: LockHost
  readonly settings: Settings
  readonly naming: FileNaming
  readonly root: Root
  /** Folders that were reached without a symbolic link just now. */
  readonly ways: Ways
  /** The absolute paths of the folders that this store has made, and not removed. */
  readonly made: Set<string>
}
