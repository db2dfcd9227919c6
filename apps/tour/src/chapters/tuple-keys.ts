import {
  first,
  innerKey,
  mapKeys,
  pipe,
  template,
} from '@kvdol/core'
import { files } from '@kvdol/fs'
import type { Stage } from '../stage.ts'

export async function tupleKeys({ folder, print }: Stage) {
  const places = template('{place:path}/{name}.{type}')
  const store = pipe(
    files(folder),
    mapKeys(
      places.tuple<
        [place: string, name: string, type: string]
      >(),
    ),
  ) // Store<[place: string, name: string, type: string], Uint8Array>

  const [key] = (await first(store)) ?? [
    ['no', 'sub-folder', 'here'],
  ]
  print('first', key)
  print('stored', innerKey(store, key))

  // A prefix reads this one folder, not the whole tree.
  const [place] = key
  const listing = store.keys({ prefix: [place], limit: 5 })
  for await (const [, name, type] of listing) print(name, type)
}
