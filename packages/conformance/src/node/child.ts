import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { ByteStore } from '../subject.ts'

/** Where a child process finds the store: a module with a function that opens it. */
export interface StoreModule {
  /** The module, which both this process and its children can import. */
  readonly module: string | URL
  /** The name of its function `(place: string) => Store | Promise<Store>`. @default 'open' */
  readonly export?: string
  /** What the function gets: a folder, an address. The same place for all processes. */
  readonly place: string
  /** Another build of this package's `node/worker.js`, where the module is bundled with its own copy of kvdol. */
  readonly worker?: string | URL
  /** Arguments of node, such as a loader for TypeScript. @default those of this process */
  readonly execArgv?: readonly string[]
}

/** What a child does: one of the jobs of `worker.ts`, with its parameters. */
export interface Job {
  readonly kind: 'scribble' | 'create' | 'count' | 'visit'
  readonly client: number
  readonly keys: readonly string[]
  readonly rounds: number
  readonly bytes: number
}

/** Opens the store of a module in this process. */
export async function openModule(store: StoreModule): Promise<ByteStore> {
  const { module, place } = store
  const loaded: Record<string, unknown> = await import(String(module))
  const open = loaded[store.export ?? 'open']
  if (typeof open !== 'function')
    throw new TypeError(`${String(module)} has no function ${store.export ?? 'open'}`)
  return await open(place)
}

/** Starts a process that does a job on the store. */
export function startJob(store: StoreModule, job: Job): ChildProcess {
  const here = import.meta.url
  const own = new URL(here.endsWith('.ts') ? './worker.ts' : './worker.js', here)
  const { execArgv = process.execArgv, worker: chosen = own } = store
  const worker = chosen instanceof URL ? fileURLToPath(chosen) : chosen
  return spawn(
    process.execPath,
    [...execArgv, worker, JSON.stringify({ ...store, module: String(store.module) }), JSON.stringify(job)],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
}

/** What a child has printed and how it ended. */
export interface Ended {
  readonly output: string
  readonly problems: string
  readonly code: number | null
}

/** Collects what a process prints until it ends. */
export async function ending(child: ChildProcess): Promise<Ended> {
  const texts = { output: '', problems: '' }
  child.stdout?.setEncoding('utf8').on('data', text => {
    texts.output += text
  })
  child.stderr?.setEncoding('utf8').on('data', text => {
    texts.problems += text
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { ...texts, code }
}
