import { execFile } from 'node:child_process'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { MAIN, MARK } from './program.ts'
import type { Surroundings } from './surroundings.ts'

const here = fileURLToPath(new URL('.', import.meta.url))

/** What each block printed, by the line of its fence. */
export type Outputs = ReadonlyMap<number, string>

/** In milliseconds. A program that has done its work ends; one that leaves something open does not. */
const LONGEST = 100_000

const NOTHING: Surroundings = { env: {}, addresses: [] }

/**
 * Runs a program in an empty folder of its own, then its files named `*.test.ts`, each as a process. Rejects with
 * what a process wrote to stderr unless it ends by itself with exit code 0.
 */
export async function run(files: ReadonlyMap<string, string>, surroundings = NOTHING): Promise<Outputs> {
  const folder = await mkdtemp(join(tmpdir(), 'kvdol-documentation-'))
  try {
    // For native modules, which are not bundled.
    await symlink(join(here, 'node_modules'), join(folder, 'node_modules'), 'junction')
    await Promise.all(
      [...files].map(([name, code]) => writeFile(join(folder, name), withAddresses(code, surroundings))),
    )
    const entries = [MAIN, ...[...files.keys()].filter(name => name.endsWith('.test.ts'))]
    await bundle(folder, entries)
    const [output = ''] = await Promise.all(entries.map(entry => execute(folder, entry, surroundings.env)))
    return byBlock(output)
  } finally {
    await rm(folder, { recursive: true })
  }
}

function withAddresses(code: string, { addresses }: Surroundings): string {
  return addresses.reduce((text, [onPage, here]) => text.replaceAll(onPage, here), code)
}

async function bundle(folder: string, entries: readonly string[]): Promise<void> {
  await build({
    absWorkingDir: folder,
    entryPoints: [...entries],
    outdir: join(folder, 'out'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['@kvdol/source'],
    external: ['better-sqlite3'],
    // Libraries that are not ES modules load parts of Node by `require`.
    banner: {
      js: "import { createRequire as ownRequire } from 'node:module'; const require = ownRequire(import.meta.url);",
    },
    sourcemap: 'inline',
    logLevel: 'silent',
  })
}

async function execute(folder: string, entry: string, more: Surroundings['env']): Promise<string> {
  const script = join(folder, 'out', entry.replace('.ts', '.mjs'))
  const cwd = await mkdtemp(join(folder, 'cwd-'))
  const home = { HOME: cwd, XDG_DATA_HOME: cwd, USERPROFILE: cwd, LOCALAPPDATA: cwd }
  const options = { cwd, env: { ...inherited(), ...home, ...more }, timeout: LONGEST }
  return await new Promise((resolve, reject) => {
    execFile(process.execPath, ['--enable-source-maps', script], options, (error, stdout, stderr) => {
      if (error?.killed) reject(new Error(`${entry} does not end:\n${stderr || stdout}`))
      else if (error) reject(new Error(`${entry} failed:\n${stderr || stdout}`))
      else resolve(stdout)
    })
  })
}

/** The environment, without what would change the output: the terminal, the runner of the tests. */
function inherited(): NodeJS.ProcessEnv {
  const { FORCE_COLOR: _, NODE_OPTIONS: __, NODE_TEST_CONTEXT: ___, ...env } = process.env
  return env
}

function byBlock(output: string): Outputs {
  const [, ...parts] = output.split(MARK)
  return new Map(
    parts.map(part => {
      const end = part.indexOf('\n')
      return [Number(part.slice(0, end)), part.slice(end + 1)]
    }),
  )
}
