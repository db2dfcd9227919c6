import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Watchers } from '@kvdol/core/adapter'
import { isInternal } from '../file/names.ts'
import { unsupported } from '../file/watch-folder.ts'
import { entriesOf } from '../listing/entries.ts'
import { placeOf } from '../opening/place.ts'
import { listedName } from '../place/case-clash.ts'
import type { Context } from '../place/context.ts'
import { openFolder } from '../place/folder.ts'
import { whenFree } from '../place/gate.ts'
import { batchesOf, openListing } from '../place/open-listing.ts'
import { Root } from '../place/root.ts'
import { watchAbove } from './above.ts'

/** What is told of the changes below a root. */
export interface Told extends Pick<Watchers<string>, 'tell' | 'miss'> {
  /** There is no more to be told. */
  fail(error: unknown): void
}

/** A folder of which the system tells what changes in it. */
interface Watched {
  readonly path: string
  readonly inode: number
  readonly keys: Set<string>
  /** Names that were told of and have not been looked at. */
  readonly names: Set<string>
  /** When the system told of it last, in milliseconds since 1970. */
  heard: number
  /** It had changed after that at the last check. */
  silent: boolean
  /** `'moved'`: it may be another folder by now. `'missed'`: changes in it were not told. */
  state?: 'moved' | 'missed'
  close(): void
}

/** Milliseconds between two checks that nothing was missed. */
const CHECK = 5_000
/** The system keeps at least twice as many events for a process, and drops further ones without telling. */
const MANY = 8_192

/** The folders below a root, each of them watched. */
export class Tree {
  readonly #head: string | undefined
  readonly #told: Told
  readonly #folders = new Map<string, Watched>()
  readonly #changed = new Set<Watched>()
  /** Folders that were found gone before the one above was told of it. */
  readonly #left = new Set<string>()
  #context: Context
  #work: Promise<void> = Promise.resolve()
  #above: (() => void) | undefined
  #stopChecks: (() => void) | undefined
  #events = 0
  #closed = false

  constructor(context: Context, head: string | undefined, told: Told) {
    this.#context = context
    this.#head = head
    this.#told = told
  }

  /** Resolves once every later change will be told. */
  async begin(): Promise<void> {
    if (this.#context.settings.followSymlinks) throw unsupported('changes behind symbolic links are not told')
    // No key begins so.
    if (this.#head === undefined) return
    await this.#open(false)
    this.#stopChecks = this.#context.host.clock.every(CHECK, () => this.#later(() => this.#check()))
  }

  /** Resolves once nothing is open any more. */
  async close(): Promise<void> {
    this.#closed = true
    this.#stopChecks?.()
    await this.#work
    this.#drop('', false)
    this.#above?.()
  }

  /** Work on the tree is done one thing after another. */
  #later(work: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      try {
        if (!this.#closed) await work()
      } catch (error) {
        this.#told.fail(error)
      }
    })
  }

  /** Watches the root; where there is none, a folder above it until there is one. */
  async #open(tells: boolean): Promise<void> {
    const { port, settings, root } = this.#context
    const own = new Root(root.given, port)
    // What is foreign is told by listings.
    this.#context = { ...this.#context, settings: { ...settings, onForeign: undefined }, root: own }
    for (const last of [false, true]) {
      if (await placeOf(this.#context).look()) {
        this.#above?.()
        this.#above = undefined
        return await this.#add('', tells)
      }
      if (last) return
      this.#above?.()
      this.#above = await watchAbove(port, root.given, () => this.#later(() => this.#open(true)))
    }
  }

  /** Watches a folder and those in it. `tells` of the keys that are there. */
  async #add(path: string, tells: boolean): Promise<void> {
    const context = this.#context
    const { port, host } = context
    const folder = await whenFree(() => openFolder(context, path))
    if (typeof folder === 'string' || this.#closed) return
    try {
      const inside = `${folder.path}/.`
      const stats = await port.lstat(inside)
      if (stats === undefined || port.watch === undefined) throw unsupported('this file system tells nothing')
      const watched: Watched = {
        path,
        inode: stats.ino,
        keys: new Set(),
        names: new Set(),
        heard: host.clock.wall(),
        silent: false,
        close: await port.watch(inside, name => this.#hear(watched, name)),
      }
      this.#folders.set(path, watched)
    } finally {
      folder.close()
    }
    const listing = await openListing(context, path, 512)
    if (listing === undefined) return
    const folders: string[] = []
    for await (const entries of batchesOf(listing)) {
      const found = await entriesOf(context, listing.folder, path, this.#head ?? '', entries)
      for (const key of found.keys) {
        this.#folders.get(path)?.keys.add(key)
        if (tells) this.#told.tell(key)
      }
      folders.push(...found.folders)
    }
    for (const below of folders) await this.#add(below, tells)
  }

  /** No longer watches a folder and those in it. `tells` of the keys that were there. */
  #drop(path: string, tells: boolean): void {
    for (const [at, watched] of this.#folders) {
      if (!at.startsWith(path)) continue
      watched.close()
      this.#folders.delete(at)
      this.#changed.delete(watched)
      if (tells) for (const key of watched.keys) this.#told.tell(key)
    }
  }

  /** The system tells of a name in a folder: `.` is the folder itself. */
  #hear(watched: Watched, name: string | null): void {
    watched.heard = this.#context.host.clock.wall()
    // What a look found untold may have been this.
    watched.silent = false
    if (this.#events++ === 0)
      setImmediate(() => {
        this.#events = 0
      })
    if (this.#events === MANY) this.#renew(this.#folders.get('') ?? watched, 'missed')
    if (name === null) this.#renew(watched, 'missed')
    else if (name === '.') this.#renew(watched, 'moved')
    else if (!isInternal(name) && !(this.#context.naming.hides && name.startsWith('.'))) {
      watched.names.add(name)
      this.#look(watched)
    }
  }

  #renew(watched: Watched, why: 'moved' | 'missed'): void {
    if (watched.state !== 'missed') watched.state = why
    this.#look(watched)
  }

  #look(watched: Watched): void {
    if (this.#folders.get(watched.path) !== watched || this.#changed.has(watched)) return
    this.#changed.add(watched)
    this.#later(async () => {
      // What the system tells in one go is looked at together.
      await nextTurn()
      if (!this.#changed.delete(watched)) return
      if (watched.state === undefined) return await this.#lookAt(watched)
      const tells = watched.state === 'moved'
      if (tells) for (const name of watched.names) this.#gone(watched, name)
      this.#drop(watched.path, tells)
      this.#left.add(watched.path)
      await (watched.path === '' ? this.#open(tells) : this.#add(watched.path, tells))
      if (!tells) this.#told.miss()
    })
  }

  /** Looks at the names of a folder that were told of. */
  async #lookAt(watched: Watched): Promise<void> {
    const context = this.#context
    const { path, keys } = watched
    const head = this.#head ?? ''
    const folder = await whenFree(() => openFolder(context, path))
    if (typeof folder === 'string') return this.#renew(watched, 'moved')
    try {
      const names = [...watched.names]
      watched.names.clear()
      for (const name of names) {
        const at = `${path}${listedName(context, name)}/`
        if (!at.startsWith(head) && !head.startsWith(at)) continue
        const stats = await context.port.lstat(`${folder.path}/${name}`)
        const entries = stats ? [Object.assign(stats, { name })] : []
        const found = await entriesOf(context, folder, path, head, entries)
        const [below] = found.folders
        const before = this.#folders.get(at)
        if (before !== undefined && (below === undefined || before.inode !== stats?.ino)) {
          this.#drop(before.path, true)
        } else if (before === undefined && found.keys.length === 0) {
          // It may have been a folder, with something in it, that was never seen.
          if (!this.#gone(watched, name) && !this.#left.delete(at) && stats === undefined) this.#told.miss()
        }
        for (const key of found.keys) {
          keys.add(key)
          this.#told.tell(key)
        }
        if (below !== undefined && !this.#folders.has(below)) await this.#add(below, true)
      }
    } finally {
      folder.close()
    }
  }

  /** Tells of a key that was there; gives false if it was not known. */
  #gone({ path, keys }: Watched, name: string): boolean {
    const key = this.#context.naming.keyOf(path + listedName(this.#context, name))
    if (key === undefined || !keys.delete(key)) return false
    this.#told.tell(key)
    return true
  }

  /** Whether the system has told of everything: a folder that changed after it was heard of for the last time was missed. */
  async #check(): Promise<void> {
    const { port, root } = this.#context
    this.#left.clear()
    for (const watched of this.#folders.values()) {
      const stats = await port.lstat(root.absolute(watched.path))
      if (stats === undefined || stats.ino !== watched.inode) this.#renew(watched, 'moved')
      const silent = stats !== undefined && Math.floor(stats.mtimeMs) > watched.heard
      // What has just happened may be told in a moment.
      if (silent && watched.silent) {
        watched.heard = stats.mtimeMs
        this.#renew(watched, 'missed')
      }
      watched.silent = silent
    }
  }
}
