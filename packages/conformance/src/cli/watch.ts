import { type ChildProcess, spawn } from 'node:child_process'
import { watch } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** Several files are often written together. */
const PAUSE = 200

/** Runs the program in a process of its own, again whenever a file beside the module changes; never ends by itself. */
export function watched(module: string, args: readonly string[]): Promise<never> {
  let child: ChildProcess | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const run = () => {
    child?.kill()
    const program = process.argv[1] as string
    child = spawn(
      process.execPath,
      [...process.execArgv, program, ...args.filter(arg => arg !== '--watch')],
      {
        stdio: 'inherit',
      },
    )
  }
  run()
  watch(dirname(resolve(module)), { recursive: true }, (_, file) => {
    if (file === null || /(^|[/\\])(node_modules|\.git)([/\\]|$)|\.json$/.test(file)) return
    clearTimeout(timer)
    timer = setTimeout(run, PAUSE)
  })
  return new Promise(() => {})
}
