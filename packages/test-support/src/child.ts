import { type ChildProcess, spawn } from 'node:child_process'
import { afterTest } from './after-test.ts'

/** How a process ended, and all that it wrote to both of its outputs. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly output: string
}

/** A process of its own. What still runs when the test ends is killed. */
export interface Child {
  readonly process: ChildProcess
  readonly ended: Promise<Ended>
  /** Resolves when the output holds `text`, also when it does already; rejects when the process ends without it. */
  said(text: string): Promise<void>
}

export interface ChildOptions {
  /** Commands of a shell that come first, such as `ulimit -n 60`. */
  readonly shell?: string
  /** Variables of the environment, beside those of this process. */
  readonly env?: Readonly<Record<string, string>>
}

/** Runs a JavaScript file by node, in a process of its own. */
export function startChild(
  file: string,
  args: readonly string[] = [],
  { shell, env }: ChildOptions = {},
): Child {
  const [command, given] =
    shell === undefined
      ? [process.execPath, [file, ...args]]
      : ['sh', ['-c', `${shell}; exec "$0" "$@"`, process.execPath, file, ...args]]
  const child = spawn(command, given, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  const said = new Transcript(child)
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      said.end()
      resolve({ code, signal, output: said.text })
    })
  })
  afterTest(() => {
    child.kill('SIGKILL')
    return ended
  })
  return { process: child, ended, said: text => said.until(text) }
}

/** What a process has written so far, and who waits for more. */
class Transcript {
  text = ''
  #ended = false
  readonly #waiting = new Set<() => void>()

  constructor({ stdout, stderr }: ChildProcess) {
    for (const stream of [stdout, stderr])
      stream?.setEncoding('utf8').on('data', part => {
        this.text += part
        this.#look()
      })
  }

  end(): void {
    this.#ended = true
    this.#look()
  }

  until(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (!this.text.includes(text) && !this.#ended) return
        this.#waiting.delete(look)
        if (this.text.includes(text)) resolve()
        else reject(new Error(`the process ended without saying ${JSON.stringify(text)}: ${this.text}`))
      }
      this.#waiting.add(look)
      look()
    })
  }

  #look(): void {
    for (const look of [...this.#waiting]) look()
  }
}
