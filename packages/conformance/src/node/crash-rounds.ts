import { ensure } from '../assert.ts'
import { printBytes } from '../bytes.ts'
import { keysOf } from '../collect.ts'
import type { Evidence } from '../evidence.ts'
import { randomOf } from '../random.ts'
import { ending, openModule, type StoreModule, startJob } from './child.ts'
import { isStamped } from './stamp.ts'

/** How often and how hard to kill. */
export interface CrashOptions {
  /** How many processes are killed, one after the other. @default 50 */
  readonly rounds?: number
  /** Bytes of each value. @default 20,000 */
  readonly bytes?: number
  /** Longest time until a kill, in milliseconds after the first write. @default 40 */
  readonly longest?: number
  /** @default 1 */
  readonly seed?: number
  /** A further look at the place after each kill, for left-over files. */
  readonly inspect?: (round: number) => Promise<void> | void
}

/**
 * Clause W6: kills a process that writes, with SIGKILL at random moments, and looks at what it leaves: every value
 * whole, nothing listed that cannot be read, and a place that can be opened and written again.
 *
 * Rejects at the first round that breaks this.
 */
export async function crashRounds(store: StoreModule, options: CrashOptions = {}): Promise<Evidence> {
  const { rounds = 50, bytes = 20_000, longest = 40, seed = 1, inspect } = options
  const random = randomOf(seed)
  const keys = ['a', 'b/c', 'b/d', 'deep/er/key', 'last']
  for (let round = 0; round < rounds; round++) {
    await killedWriter(store, { keys, bytes, round }, random.below(longest))
    await assertWhole(store, keys, round)
    await inspect?.(round)
  }
  return { clause: 'W6', what: `${rounds} processes were killed while they wrote` }
}

async function killedWriter(
  store: StoreModule,
  { keys, bytes, round }: { keys: readonly string[]; bytes: number; round: number },
  delay: number,
): Promise<void> {
  const child = startJob(store, { kind: 'scribble', client: round, keys, rounds: 0, bytes })
  const end = ending(child)
  child.stdout?.once('data', () => setTimeout(() => child.kill('SIGKILL'), delay))
  const { code, problems } = await end
  ensure(code === null, 'a writer works until it is killed', `exit code ${code}: ${problems}`)
}

async function assertWhole(module: StoreModule, keys: readonly string[], round: number): Promise<void> {
  const store = await openModule(module)
  try {
    for (const key of await keysOf(store)) {
      ensure(
        keys.includes(key),
        'only keys that were set are listed after a crash',
        `another, in round ${round}`,
        key,
      )
      const value = await store.get(key)
      const got = value === undefined ? 'nothing' : printBytes(value)
      ensure(
        value !== undefined && isStamped(value),
        'every value is whole after a crash',
        `${got}, in round ${round}`,
        key,
      )
    }
    await store.set('last', new Uint8Array(10))
    await store.delete('last')
  } finally {
    await store.close()
  }
}
