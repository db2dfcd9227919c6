import { filterKeys, first, pipe } from '@kvdol/core'
import { files } from '@kvdol/fs'
import type { Stage } from '../stage.ts'

export async function filter({
  folder,
  extension,
  print,
}: Stage) {
  const isText = (key: string) => key.endsWith(extension)
  const isOther = (key: string) => !isText(key)
  const all = files(folder)
  const texts = pipe(all, filterKeys(isText))
  const others = pipe(all, filterKeys(isOther))

  print('all', await all.size())
  print(extension, await texts.size())
  print('others', await others.size())

  const [key] = (await first(others)) ?? ['any/other/file']
  print(key, 'is in all', await all.has(key))
  print(key, 'is in texts', await texts.has(key))
}
