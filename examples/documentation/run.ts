import { execFile } from 'node:child_process'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { MAIN, MARK } from './program.ts'

const here = fileURLToPath(new URL('.', import.meta.url))

/** What each block printed, by the line of its fence. */
export type Outputs = ReadonlyMap<number, string>

/**
 * Runs a program in an empty folder of its own, then its files named `*.test.ts`, each as a process. Rejects with
 * what a process wrote to stderr unless it ends with exit code 0.
 */
export async function run(files: ReadonlyMap<string, string>): Promise<Outputs> {
  const folder = await mkdtemp(join(tmpdir(), 'kvdol-documentation-'))
  try {
    // For native modules, which are not bundled.
    await symlink(join(here, 'node_modules'), join(folder, 'node_modules'), 'junction')
    await Promise.all([...files].map(([name, code]) => writeFile(join(folder, name), code)))
    const entries = [MAIN, ...[...files.keys()].filter(name => name.endsWith('.test.ts'))]
    await bundle(folder, entries)
    const [output = ''] = await Promise.all(entries.map(entry => execute(folder, entry)))
    return byBlock(output)
  } finally {
    await rm(folder, { recursive: true })
  }
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
    sourcemap: 'inline',
    logLevel: 'silent',
  })
}

async function execute(folder: string, entry: string): Promise<string> {
  const script = join(folder, 'out', entry.replace('.ts', '.mjs'))
  const cwd = await mkdtemp(join(folder, 'cwd-'))
  const env = { ...surroundings(), HOME: cwd, XDG_DATA_HOME: cwd, USERPROFILE: cwd, LOCALAPPDATA: cwd }
  return await new Promise((resolve, reject) => {
    execFile(process.execPath, ['--enable-source-maps', script], { cwd, env }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${entry} failed:\n${stderr || stdout}`))
      else resolve(stdout)
    })
  })
}

/** The environment, without what would change the output: the terminal, the runner of the tests. */
function surroundings(): NodeJS.ProcessEnv {
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
