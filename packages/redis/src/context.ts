import type { Server } from './connection/server.ts'
import type { Settings } from './options.ts'

/** What everything in this package works with. */
export interface Context extends Pick<Settings, 'prefix' | 'onForeign'> {
  readonly server: Server
}
