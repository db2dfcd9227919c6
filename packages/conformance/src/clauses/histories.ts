import { ensure } from '../assert.ts'
import { fromUtf8, utf8 } from '../bytes.ts'
import { type Check, check } from '../check.ts'
import type { Lab } from '../lab.ts'
import { type HistoryEvent, isLinearisable } from '../model/linearisable.ts'
import type { ByteStore } from '../subject.ts'
import { together } from '../together.ts'

const CLIENTS = 3
const CALLS = 8

/** M2: recorded histories of clients that use one key at once. */
export const histories: readonly Check[] = [
  check('M2', 'histories of one key are linearisable', async lab => {
    const probe = await lab.open()
    if (lab.guarantees(probe).readConsistency !== 'strong') return lab.skip('readConsistency is not strong')
    for (let round = 0; round < lab.amounts.histories; round++) {
      const store = await lab.open()
      const stores = lab.subject.reopen === undefined ? [store] : [store, await lab.reopen(store)]
      const events = await record(lab, stores)
      ensure(
        isLinearisable(events),
        'the calls could have happened one after the other',
        `seed ${lab.seed}: ${events.map(print).join(', ')}`,
      )
    }
  }),
]

async function record(lab: Lab, stores: readonly ByteStore[]): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = []
  let clock = 0
  const plans = Array.from({ length: CLIENTS }, () =>
    Array.from({ length: CALLS }, () => lab.random.below(6)),
  )
  await together(
    plans.map(async (plan, client) => {
      const store = stores[client % stores.length] as ByteStore
      for (const [call, choice] of plan.entries()) {
        for (let turn = 0; turn < choice; turn++) await Promise.resolve()
        const began = clock++
        const write = choice > 2
        const value = write ? await writeOrDelete(store, `${client}.${call}`, choice) : await readText(store)
        events.push({ client, kind: write ? 'write' : 'read', value, began, ended: clock++ })
      }
    }),
  )
  return events
}

async function writeOrDelete(store: ByteStore, text: string, choice: number): Promise<string | undefined> {
  if (choice === 5) {
    await store.delete('shared')
    return undefined
  }
  await store.set('shared', utf8(text))
  return text
}

async function readText(store: ByteStore): Promise<string | undefined> {
  const value = await store.get('shared')
  return value && fromUtf8(value)
}

function print({ client, kind, value, began, ended }: HistoryEvent): string {
  return `client ${client} ${kind} ${value ?? 'nothing'} [${began}, ${ended}]`
}
