import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll } from 'vitest'

/** A folder with the programs of child processes, which run without a loader for TypeScript; removed after the tests. */
export function bundle(): (name: string) => string {
  const folder = mkdtempSync(path.join(tmpdir(), 'kvdol-mongo-'))
  const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))
  beforeAll(async () => {
    // One build: the worker and the module share one copy of everything.
    await build({
      entryPoints: [
        here('./open.ts'),
        here('./scribble.ts'),
        here('../../../conformance/src/node/worker.ts'),
      ],
      outdir: folder,
      entryNames: '[name]',
      outExtension: { '.js': '.mjs' },
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      conditions: ['@kvdol/source'],
      // The driver is written with require, and asks so for what is not installed.
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
      external: [
        'kerberos',
        '@mongodb-js/zstd',
        '@aws-sdk/*',
        'gcp-metadata',
        'snappy',
        'socks',
        'mongodb-client-encryption',
        'aws4',
      ],
      logLevel: 'error',
    })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return name => path.join(folder, `${name}.mjs`)
}
