import { mkdtempSync, rmSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { afterAll, beforeAll } from 'vitest'

const here = path.dirname(fileURLToPath(import.meta.url))
// Inside the package, so that the drivers are found.
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(path.join(here, '..', '..', 'node_modules', '.kvdol-child-'))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Modules as files that plain node runs, with everything but the drivers in them, and one copy of what they share. */
export function bundle<Names extends string>(
  sources: Readonly<Record<Names, string>>,
): Record<Names, string> {
  const names = Object.keys(sources) as Names[]
  buildSync({
    entryPoints: names.map(name => ({ in: path.resolve(here, sources[name]), out: name })),
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@kvdol/source'],
    external: ['better-sqlite3', 'pg', 'mysql2', 'mysql2/promise'],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    logLevel: 'error',
  })
  return Object.fromEntries(names.map(name => [name, path.join(folder, `${name}.mjs`)])) as Record<
    Names,
    string
  >
}
