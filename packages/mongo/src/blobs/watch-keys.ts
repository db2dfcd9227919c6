import type { DriverWatchOptions } from '@kvdol/core'
import { eventsOf } from '../change-events.ts'
import type { Context } from './opening/context.ts'

/** The keys that change, as the server's change stream tells them. */
export async function* watchKeys(
  { values }: Context,
  { signal }: DriverWatchOptions<string>,
): AsyncGenerator<string[], void, undefined> {
  for await (const event of eventsOf(values, signal)) {
    const key = event?.documentKey?._id
    // The first event says that the stream is open.
    if (event === undefined) yield []
    else if (typeof key === 'string') yield [key]
  }
}
