import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from './folders.ts'
import { endProcess, identify, type ProcessId, runs } from './processes.ts'
import { removeTree } from './remove-tree.ts'

interface Entry {
  readonly processes: (ProcessId & { readonly signal: NodeJS.Signals })[]
  readonly folders: string[]
}

interface Page extends Entry {
  readonly owner: ProcessId
}

/** What a run has started and made, written down so that the next run can clean up if this one is killed. */
export interface Ledger {
  /** Notes a process, and the signal that ends it. */
  addProcess(pid: number, signal: NodeJS.Signals): void
  /** Notes a folder that goes at the end. */
  addFolder(folder: string): void
  /** Ends and removes everything noted, the latest first. */
  settle(): Promise<void>
}

/** Opens the ledger of this process, after settling those of processes that have ended without doing so. */
export async function openLedger(): Promise<Ledger> {
  const shelf = cacheFolder('runs')
  await settleOthers(shelf)
  const page: Page = { owner: identify(process.pid), processes: [], folders: [] }
  const path = join(shelf, `${process.pid}.json`)
  const write = () => {
    writeFileSync(`${path}.new`, JSON.stringify(page))
    renameSync(`${path}.new`, path)
  }
  return {
    addProcess(pid, signal) {
      page.processes.push({ ...identify(pid), signal })
      write()
    },
    addFolder(folder) {
      page.folders.push(folder)
      write()
    },
    async settle() {
      await settle(page)
      rmSync(path, { force: true })
    },
  }
}

async function settleOthers(shelf: string): Promise<void> {
  for (const name of readdirSync(shelf).filter(name => name.endsWith('.json'))) {
    const path = join(shelf, name)
    const page = read(path)
    if (page !== undefined && runs(page.owner) && page.owner.pid !== process.pid) continue
    if (page !== undefined) await settle(page)
    rmSync(path, { force: true })
  }
}

/** A page, or `undefined` for one that another run has just settled. */
function read(path: string): Page | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Page
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function settle({ processes, folders }: Entry): Promise<void> {
  for (const { signal, ...id } of [...processes].reverse()) await endProcess(id, signal)
  for (const folder of [...folders].reverse()) await removeTree(folder)
}
