import { mkdirSync, writeFileSync } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { files } from '@kvdol/fs'
import { type Entry, ours, peer, raw } from '../entry.ts'
import { cacacheModule, flydriveOver, opendalOver, unstorageOver } from '../peers/file-stores.ts'
import type { Row } from '../row.ts'
import type { Scratch } from '../scratch.ts'
import { timedRow } from '../timed-row.ts'

const READ_BUDGET = 1.1
const WRITE_BUDGET = 1.35
const KEYS = Array.from({ length: 64 }, (_, index) => `reports/report-${1000 + index}.bin`)
const KILOBYTE = 1024

/** Reading and writing values in files. */
export const fileValueRows: readonly Row[] = [
  timedRow('file read, 1 KB', READ_BUDGET, scratch => reading(scratch, KILOBYTE)),
  timedRow('file read, 1 MB', READ_BUDGET, scratch => reading(scratch, KILOBYTE ** 2)),
  timedRow('file write, 1 KB, atomic', WRITE_BUDGET, writing),
]

const keyAt = (turn: number): string => KEYS[turn & 63]!

function reading(scratch: Scratch, size: number): Entry[] {
  const bytes = Buffer.alloc(size, 7)
  const folder = filled(scratch, bytes)
  return [
    raw('readFile', () => turn => readFile(join(folder, keyAt(turn)))),
    ours('files', () => {
      const store = files(folder)
      return turn => store.get(keyAt(turn))
    }),
    peer('unstorage', 'fs-lite, raw item', async () => {
      const storage = await unstorageOver(folder)
      return turn => storage.getItemRaw(keyAt(turn))
    }),
    peer('flydrive', '', async () => {
      const disk = await flydriveOver(folder)
      return turn => disk.getBytes(keyAt(turn))
    }),
    peer('opendal', '', () => {
      const operator = opendalOver(folder)
      return turn => operator.read(keyAt(turn))
    }),
    peer('cacache', 'checks a hash', async () => {
      const cacache = await cacacheModule()
      const cache = scratch.folder('cacache')
      for (const key of KEYS) await cacache.put(cache, key, bytes)
      return turn => cacache.get(cache, keyAt(turn))
    }),
  ]
}

function writing(scratch: Scratch): Entry[] {
  const bytes = Buffer.alloc(KILOBYTE, 7)
  const place = () => filled(scratch, bytes)
  return [
    raw('writeFile, not atomic', () => {
      const folder = place()
      return turn => writeFile(join(folder, keyAt(turn)), bytes)
    }),
    ours('files', () => {
      const store = files(place())
      return turn => store.set(keyAt(turn), bytes)
    }),
    peer('writeFile and rename', 'atomic', () => {
      const folder = place()
      return async turn => {
        const path = join(folder, keyAt(turn))
        await writeFile(`${path}.new`, bytes)
        await rename(`${path}.new`, path)
      }
    }),
    peer('unstorage', 'fs-lite, raw item, not atomic', async () => {
      const storage = await unstorageOver(place())
      return turn => storage.setItemRaw(keyAt(turn), bytes)
    }),
    peer('flydrive', 'not atomic', async () => {
      const disk = await flydriveOver(place())
      return turn => disk.put(keyAt(turn), bytes)
    }),
    peer('opendal', 'not atomic', () => {
      const operator = opendalOver(place())
      return turn => operator.write(keyAt(turn), bytes)
    }),
    peer('cacache', 'atomic, hashed', async () => {
      const cacache = await cacacheModule()
      const cache = scratch.folder('cacache')
      return turn => cacache.put(cache, keyAt(turn), bytes)
    }),
  ]
}

/** A folder that holds `bytes` at every key. */
function filled(scratch: Scratch, bytes: Buffer): string {
  const folder = scratch.folder('values')
  mkdirSync(join(folder, 'reports'))
  for (const key of KEYS) writeFileSync(join(folder, key), bytes)
  return folder
}
