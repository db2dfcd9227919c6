import { readdir } from 'node:fs/promises'
import {
  affix,
  compose,
  copy,
  explain,
  filterKeys,
  gzip,
  json,
  mapKeys,
  mapValues,
  memory,
  pipe,
  type Reader,
  text,
  textValues,
} from '@kvdol/core'
import { files } from '@kvdol/fs'
import type { Stage } from '../stage.ts'

export async function sameReport(stage: Stage) {
  const { folder, extension, sample, temporary, print } = stage
  const onDisk = pipe(
    files(folder),
    filterKeys(key => key.endsWith(extension)),
    textValues(),
  )
  const inMemory = pipe(memory(), textValues())
  const archive = pipe(
    files(temporary, { keys: 'encoded' }),
    mapKeys(affix('Old: ', '.gz')),
    mapValues(
      compose(json<string>(), text(), gzip({ level: 1 })),
    ),
  )
  await copy(onDisk, inMemory)
  await copy(inMemory, archive)

  const reports = new Set<string>()
  for (const [name, store] of Object.entries({
    onDisk,
    inMemory,
    archive,
  })) {
    const line = await report(store)
    reports.add(line)
    print(name, line)
  }
  print('identical', reports.size === 1)

  // What is really in the archive, step by step, and on the disk.
  for (const step of await explain(archive, sample)) print(step)
  const names = await readdir(temporary, { recursive: true })
  for (const name of names.slice(-2)) print('file', name)
}

/** Knows nothing of folders, memory, JSON or gzip. */
export async function report(store: Reader<string, string>) {
  const totals = { values: 0, lines: 0, characters: 0 }
  for await (const value of store.values()) {
    totals.values += 1
    totals.lines += value.split('\n').length
    totals.characters += value.length
  }
  return JSON.stringify(totals)
}
