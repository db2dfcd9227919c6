import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { defined, lastLines } from './command.ts'
import type { Ledger } from './ledger.ts'
import { identify, runs } from './processes.ts'

/** Somebody to run a program as. */
export interface User {
  readonly uid: number
  readonly gid: number
}

/** A server process to start. */
interface Program {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly user?: User | undefined
  /** Where it writes; its log goes there too. */
  readonly folder: string
  /** What ends it. @default 'SIGTERM' */
  readonly signal?: NodeJS.Signals
  /** Whether it takes requests by now. */
  readonly ready: () => Promise<boolean>
}

const STARTING = 60_000

/** Where services make their folders and start their processes, so that all of it goes at the end. */
export interface Stage {
  /** A new folder in the system's folder for temporary files. */
  folder(name: string, user?: User): string
  /** Notes a folder made elsewhere. */
  adopt(folder: string): void
  /** Starts a server and waits until it takes requests; throws with the end of its log when it does not. */
  start(program: Program): Promise<void>
}

export function stageOf(ledger: Ledger): Stage {
  return {
    folder(name, user) {
      const folder = mkdtempSync(join(tmpdir(), `kvdol-${name}-`))
      ledger.addFolder(folder)
      if (user !== undefined) chownSync(folder, user.uid, user.gid)
      return folder
    },
    adopt: folder => ledger.addFolder(folder),
    start: program => start(ledger, program),
  }
}

async function start(ledger: Ledger, program: Program): Promise<void> {
  const { command, args, env, user, folder, signal = 'SIGTERM', ready } = program
  const logPath = join(folder, 'server.log')
  const log = openSync(logPath, 'a')
  const child = spawn(command, args, {
    cwd: folder,
    stdio: ['ignore', log, log],
    // A group of its own: an interrupt from the keyboard ends the tests, and they end the server.
    detached: true,
    ...defined({ uid: user?.uid, gid: user?.gid }),
    ...(env && { env }),
  })
  closeSync(log)
  const failed = new Promise<never>((_, reject) => child.once('error', reject))
  failed.catch(() => {})
  if (child.pid === undefined) return await failed
  ledger.addProcess(child.pid, signal)
  child.unref()
  const id = identify(child.pid)
  const started = Date.now()
  while (!(await ready())) {
    if (!runs(id) || Date.now() - started > STARTING)
      throw new Error(`${command} did not start: ${lastLines(readFileSync(logPath, 'utf8'))}`)
    await wait(50)
  }
}

/** A port of 127.0.0.1 that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}

/** Whether something listens on a port of 127.0.0.1. */
export function listens(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ port, host: '127.0.0.1' })
    const answer = (open: boolean) => {
      socket.destroy()
      resolve(open)
    }
    socket.once('connect', () => answer(true)).once('error', () => answer(false))
  })
}

/** A password for a server that lives as long as a test run. */
export const randomSecret = (): string => randomBytes(12).toString('hex')
