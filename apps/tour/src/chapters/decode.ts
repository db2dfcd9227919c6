import {
  byExtension,
  compose,
  json,
  mapValues,
  pipe,
  type StoreError,
  text,
} from '@kvdol/core'
import { files } from '@kvdol/fs'
import type { Stage } from '../stage.ts'

export async function decode({
  folder,
  samples,
  print,
}: Stage) {
  const documents = pipe(
    files(folder),
    mapValues(
      byExtension({
        '.json': compose(json<object>(), text()),
        '.md': text(),
        '.txt': text(),
      }),
    ),
  ) // Store<string, object | string | Uint8Array>

  for (const key of samples) {
    const value = await documents
      .get(key)
      .catch((error: StoreError) => error.message)
    print(key, value)
  }
}
