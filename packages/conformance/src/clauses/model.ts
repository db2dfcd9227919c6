import fc from 'fast-check'
import { Violation } from '../assert.ts'
import { type Check, check } from '../check.ts'
import { expectExactly } from '../expect-exactly.ts'
import type { Lab } from '../lab.ts'
import { type Step, stepsOf } from '../model/commands.ts'
import { follow } from '../model/follow.ts'
import { Model } from '../model/model.ts'

/** M1: random commands. */
export const model: readonly Check[] = [
  check('M1', 'random commands give what a Map gives', async lab => {
    const { runs, commands } = lab.amounts.model
    const property = fc.asyncProperty(stepsOf(commands), steps => runOnce(lab, steps))
    const result = await fc.check(property, {
      seed: lab.seed,
      numRuns: runs,
      endOnFailure: false,
      maxSkipsPerRun: 0,
    })
    if (!result.failed) return
    const [steps] = result.counterexample ?? [[]]
    const told = `${causeOf(result.errorInstance)}\n  seed:  ${lab.seed}\n  steps: ${steps.map(print).join('\n         ')}`
    throw new Violation('a store does what a Map does', told, undefined, result.errorInstance)
  }),
]

async function runOnce(outer: Lab, steps: readonly Step[]): Promise<void> {
  const lab = outer.nested()
  try {
    const place = await lab.openGuarded()
    const run = { lab, place, store: place, model: new Model(), etags: new Map<string, string>() }
    for (const step of steps) await follow(run, step)
    const entries = new Map([...run.model.entries].map(([key, { value }]) => [key, value]))
    await expectExactly(run.store, entries, 'in the end the store holds what the Map holds')
  } finally {
    await lab.finish()
  }
}

function causeOf(error: unknown): string {
  return error instanceof Error ? error.message.replace('the contract is broken\n', '').trim() : String(error)
}

/** A step in one line. */
function print(step: Step): string {
  return JSON.stringify(step, (_, value: unknown) =>
    value instanceof Uint8Array ? `${value.byteLength} bytes` : value,
  )
}
