import { readStream } from '@kvdol/core'
import { ensure } from '../assert.ts'
import { concat, filled } from '../bytes.ts'
import { type Check, check } from '../check.ts'
import { collect, keysOf } from '../collect.ts'
import { cpuWait } from '../cpu-wait.ts'
import type { Lab } from '../lab.ts'
import type { ByteStore } from '../subject.ts'
import { numbered } from './listing.ts'

/** Longest time without a turn of the event loop, in milliseconds. */
const LIMIT = 50
/** How much longer the backend takes for each request, under the hook: long enough to tell waiting from working. */
const SLOW = 150
/** Other things hold up a program now and then, such as collecting garbage; what waits synchronously does so each time. */
const ATTEMPTS = 10

/**
 * N10: whatever a call waits for, the program goes on. Only waiting is tried, which the hook makes longer than any work: how long
 * work takes depends on the machine.
 */
export const eventLoop: readonly Check[] = [
  check(
    'N10',
    'no call holds up the event loop while it waits for the backend',
    async lab => {
      if (lab.subject.view === true) return lab.skip('the driver is tried without the view')
      const store = await lab.open()
      const calls = await prepared(lab, store)
      await lab.subject.slow?.(store, SLOW)
      await goesOn(store, calls)
    },
    ['slow'],
  ),
]

type Calls = Readonly<Record<string, (store: ByteStore) => Promise<unknown>>>

async function prepared(lab: Lab, store: ByteStore): Promise<Calls> {
  const { maxValueBytes } = lab.guarantees(store)
  const long = filled(Math.min(2 ** 20, maxValueBytes ?? 2 ** 20), 1)
  await numbered(store, Math.min(1000, lab.amounts.counts.at(-1) ?? 0))
  await store.set('long', long)
  return {
    set: store => store.set('long', long),
    get: store => store.get('long'),
    readStream: async store => await concat((await readStream(store, 'long')) ?? empty()),
    stat: store => store.stat('long'),
    has: store => store.has('long'),
    keys: store => keysOf(store),
    // Few: each may be a request of its own, and waits as any other.
    entries: store => collect(store.entries({ prefix: 'n/', limit: 20 })),
    delete: store => store.delete('none'),
  }
}

async function goesOn(store: ByteStore, calls: Calls): Promise<void> {
  for (const [name, call] of Object.entries(calls)) {
    let least = Number.POSITIVE_INFINITY
    for (let attempt = 0; attempt < ATTEMPTS && least > LIMIT; attempt++)
      least = Math.min(least, await longestHold(() => call(store)))
    ensure(
      least <= LIMIT,
      `${name} never holds up the event loop longer than ${LIMIT} ms`,
      `${Math.round(least)} ms, in the best of ${ATTEMPTS} attempts`,
    )
  }
}

/**
 * The longest time between two turns of the event loop during a call, in milliseconds, without what the thread waited for
 * a processor.
 */
async function longestHold(call: () => Promise<unknown>): Promise<number> {
  let longest = 0
  let last = performance.now() - cpuWait()
  const turned = () => {
    const now = performance.now() - cpuWait()
    longest = Math.max(longest, now - last)
    last = now
  }
  const timer = setInterval(turned, 2)
  try {
    await call()
    turned()
    return longest
  } finally {
    clearInterval(timer)
  }
}

async function* empty(): AsyncGenerator<Uint8Array, void, undefined> {}
