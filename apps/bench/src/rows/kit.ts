import { conformance, type Scale } from '@kvdol/conformance'
import { type ByteStore, createStore, memory, type WritableDriver } from '@kvdol/core'
import { driverOf, METHODS } from '@kvdol/core/adapter'
import { judge } from '../judge.ts'
import type { Row } from '../row.ts'
import { summarize } from '../statistics.ts'

const SECOND = 1e9
/** Milliseconds for each call of a backend that is far away. */
const LATENCY = 10

/**
 * What an author waits for: every case of the kit, one after the other. Over memory as processor time, which other work on
 * the machine changes least.
 */
export const kitRows: readonly Row[] = [
  kitRow('the kit over memory, processor time', 2, async () => {
    const before = process.cpuUsage()
    await runAll(() => memory())
    const { user, system } = process.cpuUsage(before)
    return (user + system) * 1000
  }),
  kitRow(`the kit over a backend of ${LATENCY} ms, smoke`, 30, () => wallTime('smoke')),
  { ...kitRow(`the kit over a backend of ${LATENCY} ms`, 180, () => wallTime('quick')), large: true },
]

function kitRow(name: string, seconds: number, run: () => Promise<number>): Row {
  return {
    name,
    async measure() {
      const measured = [{ name: 'conformance', role: 'ours', value: summarize([await run()]) } as const]
      const budget = { nanoseconds: seconds * SECOND }
      return [judge({ row: name, unit: 'nanoseconds', budget, measured, absent: [] })]
    },
  }
}

async function wallTime(scale: Scale): Promise<number> {
  const begun = performance.now()
  await runAll(farAway, scale)
  return (performance.now() - begun) * 1e6
}

/** Rejects when a case fails: a kit that stops early is a quick one. */
async function runAll(open: () => ByteStore, scale: Scale = 'quick'): Promise<void> {
  for (const { run } of conformance({ open, scale })) await run()
}

/** Memory, each of whose calls is a request that takes a while. */
function farAway(): ByteStore {
  const near = driverOf(memory()) as WritableDriver
  const far: Record<string, unknown> = { ...near, copies: false }
  for (const [name, method] of Object.entries(near)) {
    // A watch tells when something happens, and asks nothing.
    if (typeof method !== 'function' || !(name in METHODS) || name === 'watch') continue
    const listed = name === 'keys' || name === 'children'
    far[name] = listed ? later(method.bind(near)) : delayed(method.bind(near))
  }
  return createStore(far as unknown as WritableDriver)
}

type Method = (...given: unknown[]) => unknown

function delayed(method: Method): Method {
  return async (...given) => {
    await new Promise(resolve => setTimeout(resolve, LATENCY))
    return method(...given)
  }
}

function later(list: Method): Method {
  const delay = delayed(list)
  return async function* (...given) {
    yield* (await delay(...given)) as Iterable<unknown>
  }
}
