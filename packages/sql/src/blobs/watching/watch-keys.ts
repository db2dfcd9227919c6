import type { DriverWatchOptions } from '@kvdol/core'
import { StoreError } from '@kvdol/core/adapter'
import { keyOfBytes } from '../../dialects/common.ts'
import type { Executor } from '../../executor.ts'
import type { Plan } from '../plan.ts'
import { channelOf } from './channel.ts'

/** The time between two looks whether the table still tells of its changes, in milliseconds. */
const LOOK = 10_000

/** The keys that change, as the trigger of the table tells them, and `undefined` where some may have been missed. */
export async function* watchKeys(
  plan: Plan,
  listen: NonNullable<Executor['listen']>,
  { signal }: DriverWatchOptions<string>,
): AsyncGenerator<(string | undefined)[], void, undefined> {
  const channel = await channelOf(plan)
  if (!channel?.tells)
    throw new StoreError(
      'Unsupported',
      `the table ${JSON.stringify(plan.table.name)} does not tell of its changes; open a store of it with notify: true, which makes a trigger`,
    )
  const end = new AbortController()
  const look = async () => {
    const found = await channelOf(plan).catch(() => channel)
    if (!found?.tells || found.name !== channel.name) end.abort()
  }
  const looking = setInterval(() => void look(), LOOK)
  try {
    const signals = [end.signal, ...(signal === undefined ? [] : [signal])]
    for await (const page of listen(channel.name, { signal: AbortSignal.any(signals) }))
      yield page.flatMap(keysOf)
    if (end.signal.aborted)
      throw new StoreError('Unavailable', 'the table, or the trigger that told of its changes, is gone')
  } finally {
    clearInterval(looking)
  }
}

/** The key of a notification; a key of other bytes is none of the store. */
function keysOf(told: string | undefined): (string | undefined)[] {
  if (!told) return [undefined]
  const key = keyOfBytes(Buffer.from(told, 'hex'))
  return key === undefined ? [] : [key]
}
