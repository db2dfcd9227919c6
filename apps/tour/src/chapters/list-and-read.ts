import { first } from '@kvdol/core'
import { files } from '@kvdol/fs'
import type { Stage } from '../stage.ts'

export async function listAndRead({ folder, print }: Stage) {
  const store = files(folder) // Store<string, Uint8Array>

  print('files', await store.size())
  for await (const key of store.keys({ limit: 3 })) print(key)

  const [key, bytes] = (await first(store))!
  print('first', key, bytes.length, 'bytes')
  print('stat', await store.stat(key))
  print('absent', await store.get('no/such/file'))
}
