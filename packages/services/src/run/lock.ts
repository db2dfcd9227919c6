import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { cacheFolder } from './folders.ts'
import { identify, type ProcessId, runs } from './processes.ts'

const held = new Map<string, Promise<unknown>>()

/** Runs `work` while no other task or process holds the lock of this name. A lock whose holder has ended is free. */
export async function withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  const before = held.get(name) ?? Promise.resolve()
  const turn = before.catch(() => {}).then(() => withFile(join(cacheFolder('locks'), name), work))
  held.set(name, turn)
  return await turn
}

async function withFile<T>(path: string, work: () => Promise<T>): Promise<T> {
  const own = `${path}.${process.pid}`
  writeFileSync(own, JSON.stringify(identify(process.pid)))
  try {
    while (!take(own, path)) await wait(200)
    return await work()
  } finally {
    if (holder(path)?.pid === process.pid) rmSync(path, { force: true })
    rmSync(own, { force: true })
  }
}

function take(own: string, path: string): boolean {
  try {
    // A link appears with its content, and only where there is none.
    linkSync(own, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    const other = holder(path)
    if (other !== undefined && (other.pid === process.pid || !runs(other))) rmSync(path, { force: true })
    return false
  }
}

function holder(path: string): ProcessId | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessId
  } catch {
    return undefined
  }
}
