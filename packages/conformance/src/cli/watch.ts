import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, type FSWatcher, readdirSync, watch } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { INTERRUPTED } from './interrupts.ts'
import { Refusal } from './refusal.ts'

/** Several files are often written together. */
const PAUSE = 200
/** How long a run may take to remove its places when a new one is due, in milliseconds. */
const GRACE = 3000

/**
 * Runs the program in a process of its own, again whenever a file in the package of the module changes; ends by a signal
 * alone.
 */
export async function watched(
  module: string,
  args: readonly string[],
  tell: (text: string) => void,
): Promise<number> {
  const file = resolve(module)
  if (!existsSync(file)) throw new Refusal(`there is no file ${file}`)
  const folder = packageOf(file)
  let child: ChildProcess | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let watchers: FSWatcher[] = []
  const start = () => {
    for (const watcher of watchers) watcher.close()
    watchers = foldersOf(folder).map(each => watcherOf(each, changed))
    const own = [...process.execArgv, process.argv[1] as string, ...args.filter(arg => arg !== '--watch')]
    child = spawn(process.execPath, own, { stdio: 'inherit' })
    child.on('exit', code => {
      if (code !== null && code !== INTERRUPTED)
        tell(`\nwatching ${folder}: any change runs it again, Ctrl-C ends\n`)
    })
  }
  const changed = () => {
    clearTimeout(timer)
    timer = setTimeout(async () => {
      await ended(child)
      start()
    }, PAUSE)
  }
  start()
  await new Promise<void>(resolve => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => resolve())
  })
  clearTimeout(timer)
  for (const watcher of watchers) watcher.close()
  await ended(child)
  return INTERRUPTED
}

/** The nearest folder with a package.json, where the adapter's own code lies as well; else the folder of the file. */
function packageOf(file: string): string {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder
    if (folder === dirname(folder)) return dirname(file)
  }
}

/** The folder and those in it that hold code: a watch of installed packages can take all watches of the system. */
function foldersOf(folder: string): string[] {
  const inner = readdirSync(folder, { withFileTypes: true }).filter(
    entry => entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.'),
  )
  return [folder, ...inner.flatMap(({ name }) => foldersOf(join(folder, name)))]
}

function watcherOf(folder: string, changed: () => void): FSWatcher {
  // JSON is what the program itself writes: certificates and badges.
  return watch(folder, (_, file) => {
    if (file === null || !file.endsWith('.json')) changed()
  })
}

/** Lets a run remove its places; one that does not end is killed. */
async function ended(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise(resolve => child.once('exit', resolve))
  child.kill()
  const timer = setTimeout(() => child.kill('SIGKILL'), GRACE)
  await gone
  clearTimeout(timer)
}
