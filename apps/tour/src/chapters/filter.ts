import { filterKeys, first, pipe } from '@kvdol/core'
import { files } from '@kvdol/fs'
import type { Stage } from '../stage.ts'

export async function filter({ folder, extension, print }: Stage) {
  const all = files(folder)
  const some = pipe(
    all,
    filterKeys(key => key.endsWith(extension)),
  )
  const others = pipe(
    all,
    filterKeys(key => !key.endsWith(extension)),
  )
  print('all', await all.size())
  print(extension, await some.size())

  const [key] = (await first(others)) ?? ['a file of another kind']
  print(key, 'is in all', await all.has(key))
  print(key, 'is in', extension, await some.has(key))
}
