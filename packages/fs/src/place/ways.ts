import { FOLDER } from '../file/flags.ts'
import type { BriefCalls } from '../file/port.ts'
import type { Root } from './root.ts'

/** A way with more folders takes as long to look at as it takes to ask the kernel where a file lies. */
const MOST = 3
/**
 * Milliseconds for which a folder has to have stayed as it is: the next change then gets another time, as times go in
 * ticks of some milliseconds.
 */
const SETTLED = 100
/** Milliseconds within which a folder has to come again: opening one for a single file takes longer than it saves. */
const SOON = 5

/** A folder that is kept open, and when a name in it was last changed. */
interface Stage {
  readonly descriptor: number
  /** Not a number until it is known. */
  changed: number
}

/**
 * The ways from the root to folders that were proven to be without a symbolic link in this turn of the event loop. To put
 * a link in the place of a folder, even for a moment, changes a name in the folder above, and with it the time of that
 * folder. So a file that was opened by its path lies there if these times are still the same afterwards.
 */
export class Ways {
  readonly #root: Root
  readonly #proven = new Map<string, readonly Stage[]>()
  /** All that is open, by path. */
  readonly #open = new Map<string, Stage>()
  #latest = ''
  #seen = new Set<string>()
  #seenSince = 0
  #notBefore = 0

  constructor(root: Root) {
    this.#root = root
  }

  /** Whether the way to the folder of a file was proven and nothing on it has changed since. */
  isSame(file: string, calls: BriefCalls): boolean {
    const latest = this.#latest
    // Mostly the folder of the last one, which is told without taking the path apart.
    const folder = isIn(latest, file) ? latest : folderOf(file)
    const stages = this.#proven.get(folder)
    if (stages === undefined) return false
    this.#latest = folder
    for (const { descriptor, changed } of stages) {
      if (calls.fstatSync(descriptor).ctimeMs === changed) continue
      this.#close(calls)
      return false
    }
    return true
  }

  /** Does a proof for a file, and keeps the folders of the way open for the rest of the turn if it seems worth it. */
  prove(file: string, calls: BriefCalls, isProof: () => boolean): boolean {
    const now = Date.now()
    const folder = folderOf(file)
    if (!this.#comesAgain(folder, now)) return isProof()
    // Looked at before the proof, so that what changes between the two is noticed.
    const stages = this.#stagesTo(folder, calls)
    const holds = isProof()
    // Where names keep changing it is no use, and where times are coarse it is no proof.
    if (stages.some(({ changed }) => now - changed < SETTLED || Number.isInteger(changed)))
      this.#notBefore = now + SETTLED
    else if (holds) this.#proven.set(folder, stages)
    return holds
  }

  #comesAgain(folder: string, now: number): boolean {
    if (now < this.#notBefore) return false
    if (now - this.#seenSince > SOON) {
      this.#seen = new Set()
      this.#seenSince = now
    }
    const isNew = this.#seen.size < this.#seen.add(folder).size
    return !isNew && folder.split('/').length - 1 <= MOST
  }

  /** The root and the folders on the way, but for the last: no name in that one matters. */
  #stagesTo(folder: string, calls: BriefCalls): Stage[] {
    const above = folder.split('/').slice(0, -2)
    const paths = ['', ...above.map((_, level) => above.slice(0, level + 1).join('/'))]
    return paths.map(path => this.#open.get(path) ?? this.#keep(path, calls))
  }

  #keep(path: string, calls: BriefCalls): Stage {
    const { real } = this.#root
    const descriptor = calls.openSync(path === '' ? real : this.#root.absolute(path), FOLDER)
    if (this.#open.size === 0) setImmediate(() => this.#close(calls))
    const stage: Stage = { descriptor, changed: Number.NaN }
    this.#open.set(path, stage)
    stage.changed = calls.fstatSync(descriptor).ctimeMs
    return stage
  }

  #close(calls: BriefCalls): void {
    for (const { descriptor } of this.#open.values()) calls.closeSync(descriptor)
    this.#open.clear()
    this.#proven.clear()
  }
}

function isIn(folder: string, file: string): boolean {
  return folder !== '' && file.startsWith(folder) && file.indexOf('/', folder.length) < 0
}

function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf('/') + 1)
}
