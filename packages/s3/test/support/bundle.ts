import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll } from 'vitest'

/** The programs of child processes, which run without a loader for TypeScript; removed after the tests. */
export function bundle(): (name: string) => string {
  const folder = mkdtempSync(path.join(tmpdir(), 'kvdol-s3-'))
  const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))
  beforeAll(async () => {
    // One build: the worker and the module share one copy of everything.
    await build({
      entryPoints: [here('./open.ts'), here('../../../conformance/src/node/worker.ts')],
      outdir: folder,
      entryNames: '[name]',
      outExtension: { '.js': '.mjs' },
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      conditions: ['@kvdol/source'],
      // Parts of the SDK are written with require.
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
      logLevel: 'error',
    })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return name => path.join(folder, `${name}.mjs`)
}
