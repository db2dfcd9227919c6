import { createRequire } from 'node:module'
import { join } from 'node:path'
import { replaceByFile } from '../outage.ts'
import type { Finding, Peer, PeerDriver } from '../peer.ts'
import { FILE_REASONS, refusedNames } from './refused-names.ts'

const NOTE = 'Not a newer one, because those need a newer C library than that of Debian 12.'

/** What opendal says of a path that is none: a folder, below a file, too long, with a character that no file can have. */
const REFUSED =
  /^(IsADirectory|NotADirectory)\b|is a directory|not a directory|already exists|directory not empty|os error (16|36)|file name contained|^NotFound .*at Writer::close/

function driverOver(scheme: 'memory' | 'fs', options: Record<string, string> = {}): PeerDriver {
  // Not by import: a native library that does not fit the system could then not be caught.
  const { Operator } = createRequire(import.meta.url)('opendal') as typeof import('opendal')
  const operator = new Operator(scheme, options)
  return {
    name: `opendal ${scheme}`,
    guarantees: { rejects: FILE_REASONS },
    errorOf: refusedNames(REFUSED),
    get: key => orAbsent(async () => new Uint8Array(await operator.read(key))),
    has: key => operator.isExist(key),
    keys: async function* () {
      for (const entry of await operator.list('/', { recursive: true }))
        if (!entry.path().endsWith('/')) yield entry.path()
    },
    set: (key, value) => operator.write(key, Buffer.from(value)),
    delete: key => orAbsent(() => operator.delete(key)),
  }
}

/** Reading and deleting what is not there, also when another call has just deleted it. */
async function orAbsent<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (/^NotFound\b/.test((error as Error).message)) return undefined
    throw error
  }
}

const KEYS: Finding = {
  clauses: ['K5', 'K6', 'K7', 'K8', 'K15', 'D2', 'L1', 'L12', 'T7', 'M1'],
  says: 'Spaces at both ends, slashes at the beginning and doubled ones go. Such keys are one, and the last value wins.',
  program: 'opendal-keys',
}

export const opendalPeers: readonly Peer[] = [
  {
    name: 'opendal, memory',
    package: 'opendal',
    place: 'memory',
    driver: () => driverOver('memory'),
    encodes: true,
    note: NOTE,
    findings: [KEYS],
  },
  {
    name: 'opendal, fs',
    package: 'opendal',
    place: 'folder',
    // With a folder for temporary files its writes are atomic.
    driver: folder => ({
      ...driverOver('fs', { root: folder, atomic_write_dir: join(folder, '..', 'writing') }),
      guarantees: { multiProcess: true, durability: 'crash', rejects: FILE_REASONS },
    }),
    outage: replaceByFile,
    encodes: true,
    note: NOTE,
    findings: [
      KEYS,
      {
        clauses: ['K9', 'N2'],
        says: '`..` in a path leads out of the root, so a key that a stranger chose can write anywhere. `isExist` is true for a folder.',
        program: 'opendal-outside',
      },
    ],
  },
]
