import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll } from 'vitest'

export interface BundleOptions {
  /**
   * Modules that stay outside: native ones, and what a library asks for without needing it. They are looked for in
   * the `node_modules` of `root`.
   * @default []
   */
  readonly external?: readonly string[]
  /** The folder of the package, when something in `external` is really used. @default a temporary folder */
  readonly root?: URL
}

/** The program of the kit's child processes (`StoreModule.worker`). */
export const kitWorker: URL = new URL('../../conformance/src/node/worker.ts', import.meta.url)

/** The program that {@link scribbled} runs. */
export const scribbler: URL = new URL('./scribble/worker.ts', import.meta.url)

/**
 * Makes modules into files that plain node runs, without a loader for TypeScript. All come out of one build, so that
 * they share one copy of everything. Built before the tests of a file, removed after them.
 *
 * @returns the path of a file by its name; it is there once the tests run
 * @example
 * ```ts
 * const program = bundle({ open: new URL('./support/open.ts', import.meta.url), worker: kitWorker })
 * const store = { module: program('open'), worker: program('worker'), place, execArgv: [] }
 * ```
 */
export function bundle<Name extends string>(
  programs: Readonly<Record<Name, URL>>,
  { external = [], root }: BundleOptions = {},
): (name: Name) => string {
  const folder = bundleFolder(root)
  beforeAll(async () => {
    await build({
      entryPoints: Object.entries<URL>(programs).map(([out, url]) => ({ in: fileURLToPath(url), out })),
      outdir: folder,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      conditions: ['@kvdol/source'],
      external: [...external],
      // What is written with require has none in a module.
      banner: {
        js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
      },
      logLevel: 'error',
    })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return name => path.join(folder, `${name}.mjs`)
}

function bundleFolder(root: URL | undefined): string {
  const parent = root === undefined ? tmpdir() : path.join(fileURLToPath(root), 'node_modules')
  mkdirSync(parent, { recursive: true })
  return realpathSync(mkdtempSync(path.join(parent, '.kvdol-bundle-')))
}
