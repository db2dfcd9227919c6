import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { memory } from '@kvdol/core'
import { files } from '@kvdol/fs'
import { blobs, sqlite } from '@kvdol/sql'
import { replaceByFile } from '../outage.ts'
import type { Own } from '../peer.ts'

/** kvdol's own stores, held to the same. */
export const ownStores: readonly Own[] = [
  { name: 'kvdol memory', place: 'memory', store: () => memory() },
  {
    name: 'kvdol files',
    place: 'folder',
    store: folder => files(folder, { allowClear: true }),
    outage: replaceByFile,
  },
  {
    name: 'kvdol files, encoded keys',
    place: 'folder',
    store: folder => files(folder, { keys: 'encoded', allowClear: true }),
    outage: replaceByFile,
  },
  {
    name: 'kvdol sqlite',
    place: 'folder',
    store(folder) {
      mkdirSync(folder, { recursive: true })
      return blobs(sqlite(join(folder, 'store.db'), { sync: 'normal' }))
    },
  },
]
