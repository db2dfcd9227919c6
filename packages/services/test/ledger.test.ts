import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterEach, describe, expect, it } from 'vitest'
import { openLedger } from '../src/run/ledger.ts'
import { listens, stageOf } from '../src/run/stage.ts'
import { ownCache } from './support/cache.ts'

const cache = ownCache()
let child: ChildProcess | undefined
afterEach(() => child?.kill('SIGKILL'))

/** A process that has started a server and made a folder, and what it told of them. */
async function leaver(): Promise<{ folder: string; port: number; kill(): Promise<void> }> {
  const program = join(cache(), 'left-behind.mjs')
  await build({
    entryPoints: [fileURLToPath(new URL('support/left-behind.ts', import.meta.url))],
    outfile: program,
    bundle: true,
    format: 'esm',
    platform: 'node',
  })
  const started = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] })
  child = started
  const [told] = await once(started.stdout, 'data')
  return {
    ...JSON.parse(String(told)),
    async kill() {
      started.kill('SIGKILL')
      await once(started, 'close')
    },
  }
}

describe('what a killed run has left', () => {
  it('is ended and removed by the next', async () => {
    const { folder, port, kill } = await leaver()
    await kill()
    expect([await listens(port), existsSync(folder)]).toEqual([true, true])
    const ledger = await openLedger()
    expect([await listens(port), existsSync(folder)]).toEqual([false, false])
    expect(readdirSync(join(cache(), 'runs'))).toEqual([])
    await ledger.settle()
  })

  it('is left alone while the run lives', async () => {
    const { folder, port, kill } = await leaver()
    await openLedger()
    expect([await listens(port), existsSync(folder)]).toEqual([true, true])
    await kill()
    await openLedger()
    expect(existsSync(folder)).toBe(false)
  })
})

describe('a server that does not start', () => {
  it('tells the end of its log, and leaves nothing', async () => {
    const ledger = await openLedger()
    const stage = stageOf(ledger)
    const folder = stage.folder('failing')
    const program = {
      command: process.execPath,
      args: ['-e', 'console.log("no licence"); process.exit(3)'],
      folder,
      ready: async () => false,
    }
    await expect(stage.start(program)).rejects.toThrow(/did not start: no licence/)
    await ledger.settle()
    expect(existsSync(folder)).toBe(false)
  })
})
