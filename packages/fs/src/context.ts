import type { Naming } from './naming.ts'
import type { Settings } from './options.ts'
import type { FsPort } from './port.ts'
import type { Root } from './root.ts'

/** What every part of one store works with. */
export interface Context {
  readonly port: FsPort
  readonly settings: Settings
  readonly naming: Naming
  readonly root: Root
}
