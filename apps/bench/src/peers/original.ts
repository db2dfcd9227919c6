import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { NoServer, type Scratch } from '../scratch.ts'

/** The interpreter, which has to have the packages `graze` and `sshdol`. */
const PYTHON = process.env.KVDOL_BENCH_PYTHON ?? 'python3'

const PROGRAM = fileURLToPath(new URL('../../originals/original.py', import.meta.url))

/** Does one piece of work; gives how many values or bytes there were. */
export type Original = (order: { readonly work: string } & Record<string, unknown>) => Promise<number>

/**
 * A library in Python in a process of its own, which ends with the run. Throws {@link NoServer} where there is no Python
 * or no such package, with how to get it.
 */
export async function openOriginal(
  scratch: Scratch,
  library: 'graze' | 'sshdol' | 'zipfile',
  settings: object,
): Promise<Original> {
  const child = spawn(PYTHON, [PROGRAM, library], { stdio: ['pipe', 'pipe', 'pipe'] })
  const ended = once(child, 'close').catch(() => {})
  scratch.defer(async () => {
    child.kill()
    await ended
  })
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', text => {
    complaint = text.trim().split('\n').at(-1) ?? complaint
  })
  child.stdin.on('error', () => {})
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]()

  async function ask(order: object): Promise<unknown> {
    child.stdin.write(`${JSON.stringify(order)}\n`)
    const { done, value } = await answers.next()
    if (!done) return JSON.parse(value)
    await ended
    throw new Error(complaint)
  }

  try {
    await ask(settings)
  } catch (error) {
    const why = (error as Error).message || `${PYTHON} cannot be run`
    throw new NoServer(`${why} (pip install ${library}; KVDOL_BENCH_PYTHON names another Python)`)
  }
  return async order => (await ask(order)) as number
}
