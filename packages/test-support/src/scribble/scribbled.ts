import { startChild } from '../child.ts'
import { WRITTEN } from './written.ts'

/** What a process writes until it is killed: values of one repeated byte, another one each time. */
export interface Scribbling {
  /** The path of a module with a function `open(place)`, out of one bundle with the program. */
  readonly module: string
  /** What `open` gets. */
  readonly place: string
  /** By which method: `setMany` writes all the keys at once, the others one after the other. */
  readonly how: 'set' | 'setMany' | 'writeStream'
  /** How many keys: `k0`, `k1`, … */
  readonly keys: number
  /** Bytes of each value; with `writeStream` a multiple of 5. */
  readonly bytes: number
}

/**
 * Lets a process write, and kills it (SIGKILL) so many milliseconds after its first write. Rejects when the process
 * ends by itself.
 *
 * @param program the path of the bundled `scribbler`
 */
export async function scribbled(program: string, work: Scribbling, delay: number): Promise<void> {
  const child = startChild(program, [JSON.stringify(work)])
  await child.said(WRITTEN)
  await new Promise(resolve => setTimeout(resolve, delay))
  child.process.kill('SIGKILL')
  const { signal, code, output } = await child.ended
  if (signal !== 'SIGKILL') throw new Error(`the writer ended by itself, with code ${code}: ${output}`)
}
