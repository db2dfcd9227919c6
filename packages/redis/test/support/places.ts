import type { StoreModule } from '@kvdol/conformance/node'
import { bundle, kitWorker } from '@kvdol/test-support'
import { afterAll } from 'vitest'
import type { Server } from './server.ts'

/** Gives places for stores of other processes, each time another; they are empty again when the tests end. */
export function placesOn(server: Server): () => StoreModule {
  const program = bundle({ open: new URL('./open.ts', import.meta.url), worker: kitWorker })
  const prefix = server.freshPrefix()
  let count = 0
  afterAll(async () => {
    const left = await server.keys(`${prefix}*`)
    if (left.length > 0) await server.del(left)
  })
  return () => ({
    module: program('open'),
    worker: program('worker'),
    place: JSON.stringify({ url: server.url, prefix: `${prefix}${++count}:` }),
    execArgv: [],
  })
}
