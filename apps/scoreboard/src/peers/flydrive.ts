import { Disk } from 'flydrive'
import { FSDriver } from 'flydrive/drivers/fs'
import { replaceByFile } from '../outage.ts'
import type { Peer, PeerDriver } from '../peer.ts'
import { isMissing } from './is-missing.ts'
import { FILE_REASONS, refusedNames } from './refused-names.ts'

function driverOver(folder: string): PeerDriver {
  const disk = new Disk(new FSDriver({ location: folder, visibility: 'private' }))
  return {
    name: 'flydrive',
    guarantees: { atomicOverwrite: false, multiProcess: true, durability: 'crash', rejects: FILE_REASONS },
    errorOf: refusedNames(/^E_(UNALLOWED_CHARACTERS|PATH_TRAVERSAL_DETECTED|INVALID_KEY)$/),
    async get(key) {
      try {
        return new Uint8Array(await disk.getBytes(key))
      } catch (error) {
        if (isMissing((error as Error).cause)) return undefined
        throw error
      }
    },
    // Not `exists`, which says no more than a read does.
    keys: async function* () {
      for (const object of (await disk.listAll('/', { recursive: true })).objects)
        if (object.isFile) yield object.key
    },
    set: (key, value) => disk.put(key, value),
    delete: key => disk.delete(key),
  }
}

export const flydrivePeers: readonly Peer[] = [
  {
    name: 'flydrive, fs',
    package: 'flydrive',
    place: 'folder',
    driver: driverOver,
    outage: replaceByFile,
    note: 'Not 2.x, because that needs Node 24. Encoded keys cannot be tried: flydrive takes no `=` in a key.',
    findings: [
      {
        clauses: ['V1', 'R3', 'R8', 'W1', 'W13', 'S3', 'S4', 'M1'],
        says: '`getBytes` of an empty file gives 65,536 bytes of memory of the process, whatever was there before.',
        program: 'flydrive-empty',
      },
      {
        clauses: ['K5', 'K6', 'K8', 'K13', 'K15', 'D2', 'D4', 'L1', 'L12', 'T7'],
        says: 'Backslashes become slashes, separators at both ends and doubled ones go, and so do dots at the beginning and all but one of several spaces. Such keys are one, and the last value wins. Keys take letters and digits of ASCII, spaces and `_ - ! / .`; others are refused.',
        program: 'flydrive-keys',
      },
      {
        clauses: ['W3', 'W7', 'C3', 'M2'],
        says: 'Values are written in place: of two writes at once, the value may be a mixture.',
        program: 'flydrive-in-place',
        race: true,
      },
    ],
  },
]
