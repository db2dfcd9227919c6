import type { MaybePromise } from '@kvdol/core'
import type { FileStorage } from '@remix-run/file-storage'
import { createFsFileStorage } from '@remix-run/file-storage/fs'
import { createMemoryFileStorage } from '@remix-run/file-storage/memory'
import { replaceByFile } from '../outage.ts'
import type { Peer, PeerDriver } from '../peer.ts'
import { isMissing } from './is-missing.ts'

type Storage = Pick<FileStorage, 'has' | 'list' | 'set' | 'remove'> & {
  get(key: string): MaybePromise<Pick<File, 'arrayBuffer'> | null>
}

function driverOver(storage: Storage): PeerDriver {
  return {
    name: 'file-storage',
    async get(key) {
      const file = await storage.get(key)
      try {
        return file === null ? undefined : new Uint8Array(await file.arrayBuffer())
      } catch (error) {
        // Removed in between: its bytes are read when they are asked for.
        if (isMissing(error)) return undefined
        throw error
      }
    },
    has: key => storage.has(key),
    keys: async function* ({ prefix }) {
      let cursor: string | undefined
      do {
        const page = await storage.list({
          ...(cursor !== undefined && { cursor }),
          ...(prefix !== undefined && { prefix }),
        })
        for (const { key } of page.files) yield key
        cursor = page.cursor
      } while (cursor !== undefined)
    },
    set: (key, value) => storage.set(key, new File([new Uint8Array(value)], 'value')),
    delete: key => storage.remove(key),
  }
}

export const fileStoragePeers: readonly Peer[] = [
  {
    name: '@remix-run/file-storage, memory',
    package: '@remix-run/file-storage',
    place: 'memory',
    driver: () => driverOver(createMemoryFileStorage()),
    findings: [],
  },
  {
    name: '@remix-run/file-storage, fs',
    package: '@remix-run/file-storage',
    place: 'folder',
    driver: folder => ({
      ...driverOver(createFsFileStorage(folder)),
      guarantees: { atomicOverwrite: false, multiProcess: true, durability: 'crash' },
    }),
    outage: replaceByFile,
    findings: [
      {
        clauses: ['L3', 'L10'],
        says: 'A page begins behind the file at which the one before ended. When that has been removed meanwhile, the listing ends there: of 100 files, removing what is listed removes 32.',
        program: 'file-storage-listing',
      },
      {
        clauses: ['R2', 'C5'],
        says: '`has` gives `false` when the folder cannot be read; `get` throws.',
        program: 'file-storage-has',
      },
      {
        clauses: ['R8', 'W3', 'W8', 'C3', 'M2', 'K13'],
        says: 'The file and its description are written in place, one after the other, and an empty folder is removed. Calls for one key at the same time, and calls for keys whose hashes begin alike, can make each other fail.',
        program: 'file-storage-races',
        race: true,
      },
    ],
  },
]
