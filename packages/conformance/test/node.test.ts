import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { crashRounds, exitsByItself, raceToCount, raceToCreate, type StoreModule } from '../src/node/index.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kvdol-kit-'))
  // Children run without a loader for TypeScript; the worker and the module must share one copy of core.
  await build({
    entryPoints: [here('../src/node/worker.ts'), here('open-folder.ts')],
    outdir: folder,
    entryNames: '[name]',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    conditions: ['@kvdol/source'],
  })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const folderStore = (name: string, open = 'openFolder'): StoreModule => ({
  module: join(folder, 'open-folder.mjs'),
  worker: join(folder, 'worker.mjs'),
  export: open,
  place: join(folder, name),
  execArgv: [],
})

describe('processes', () => {
  it('leave whole values when they are killed', async () => {
    let inspected = 0
    await crashRounds(folderStore('crash'), { rounds: 5, inspect: () => void inspected++ })
    expect(inspected).toBe(5)
    expect((await readdir(join(folder, 'crash'))).length).toBeGreaterThan(0)
  })

  it('are found out when they leave cut values', async () => {
    await expect(
      crashRounds(folderStore('torn', 'openTorn'), { rounds: 30, bytes: 200_000 }),
    ).rejects.toThrow('every value is whole')
  })

  it('create each key once', () => raceToCreate(folderStore('create'), { rounds: 40 }))

  it('are found out when they lose steps', async () => {
    await expect(raceToCount(folderStore('count'), { processes: 2, rounds: 5 })).rejects.toThrow(
      'a racing process ends well',
    )
  })

  it('end when the store is closed', () => exitsByItself(folderStore('exit')))
})
