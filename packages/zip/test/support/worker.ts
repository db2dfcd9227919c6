import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { afterAll, beforeAll } from 'vitest'

/** The module and the worker that child processes run, bundled as plain JavaScript. */
export function conformanceWorker(): () => { module: URL; worker: URL; execArgv: string[] } {
  let folder = ''
  const source = (name: string) => fileURLToPath(new URL(`../../../${name}`, import.meta.url))
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'kvdol-zip-worker-'))
    const entry = path.join(folder, 'open.ts')
    writeFileSync(
      entry,
      `import { zip } from ${JSON.stringify(source('zip/src/index.ts'))}\nexport const open = (place: string) => zip(place)`,
    )
    // Together, so that both have the same core.
    buildSync({
      entryPoints: { open: entry, worker: source('conformance/src/node/worker.ts') },
      outdir: folder,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      splitting: true,
      platform: 'node',
      format: 'esm',
      conditions: ['@kvdol/source'],
      logLevel: 'error',
    })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return () => ({
    module: new URL(`file://${folder}/open.mjs`),
    worker: new URL(`file://${folder}/worker.mjs`),
    execArgv: [],
  })
}
