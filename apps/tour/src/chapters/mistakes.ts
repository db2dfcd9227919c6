import {
  jsonValues,
  memory,
  pipe,
  readOnly,
  type StoreError,
} from '@kvdol/core'
import { files } from '@kvdol/fs'
import type { Stage } from '../stage.ts'

export async function mistakes({ folder, print }: Stage) {
  const store = readOnly(files(folder))
  const bytes = memory()
  const settings = pipe(bytes, jsonValues<object>())
  await bytes.set(
    'broken',
    new TextEncoder().encode('{ "port": '),
  )

  const tries = [
    // A path that leaves the folder.
    () => store.get('../../etc/passwd'),
    // @ts-expect-error Bytes are wanted, and the compiler knows.
    () => bytes.set('note', 'Buy milk'),
    // A value that cannot be decoded is never taken for absent.
    () => settings.get('broken'),
  ]
  for (const attempt of tries)
    await attempt().catch((error: StoreError) => {
      print(error.code)
      print(error.message)
    })
}
