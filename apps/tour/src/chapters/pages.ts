import { pipe } from '@kvdol/core'
import { cachedKeys } from '@kvdol/core/layers'
import { files } from '@kvdol/fs'
import type { Stage } from '../stage.ts'

export async function pages({ folder, print }: Stage) {
  const sorted = files(folder, { order: 'utf8-bytes' })
  const cached = pipe(sorted, cachedKeys({ sort: true }))

  let after: string | undefined
  for (const page of [1, 2, 3]) {
    for await (const key of cached.keys({ after, limit: 2 })) {
      print('page', page, key)
      after = key
    }
  }

  for (const [name, reader] of Object.entries({
    sorted,
    cached,
  })) {
    const started = performance.now()
    const size = await reader.size()
    const took = Math.round(performance.now() - started)
    print(name, size, 'keys', took, 'ms')
  }
}
