import type { ByteStore } from '@kvdol/core'
import { createStore } from '@kvdol/core/adapter'
import { leaseHost, Sightings } from '@kvdol/fs/file'
import { type Pool, poolOf } from './connection/pool.ts'
import type { Context } from './context.ts'
import { driverOf } from './driver.ts'
import { folderNaming } from './naming/folder-naming.ts'
import { Root } from './opening/root.ts'
import { type Settings, type SftpOptions, sftpSettings } from './options.ts'

/**
 * A folder on another machine as a store, over SFTP: each file is a value, its path the key.
 *
 * Writes replace a file in one step, so that readers see the whole old or the whole new value. The host is recognised by
 * its key before anything secret is sent. Nothing is executed there. Throws `TypeError` for bad options; connects with
 * the first call, and again after the connection was lost. Close the store, or the process stays.
 *
 * @example
 * ```ts no-run="needs a server"
 * await using notes = pipe(sftp({ host: 'nas.local', root: 'notes', sshConfig: true }), textValues())
 * await notes.set('todo/monday.txt', 'water the plants')
 * ```
 */
export function sftp(options: SftpOptions): ByteStore {
  const settings = sftpSettings(options)
  const pool = poolOf(settings)
  return storeOn(pool, settings, () => pool.close())
}

/** A store over a connection that may be shared; `close` is called when it is closed. */
export function storeOn(pool: Pool, settings: Settings, close: () => Promise<void>): ByteStore {
  // Whoever agreed to the gap between deleting and renaming agreed that readers may see it.
  const allowTornReads = settings.replace === 'delete-first'
  return createStore(driverOf(contextOf(pool, settings), close), { allowTornReads })
}

export function contextOf(pool: Pool, settings: Settings): Context {
  return {
    settings,
    pool,
    naming: folderNaming(settings),
    root: new Root(settings.root),
    // A process that lives may have lost the connection under its lock, so locks go by their lease.
    host: { ...leaseHost, sightings: new Sightings() },
    made: new Set(),
    leftovers: new Set(),
  }
}
