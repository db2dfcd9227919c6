import { createStorage, type Driver } from 'unstorage'
import fs from 'unstorage/drivers/fs'
import memory from 'unstorage/drivers/memory'
import { replaceByFile } from '../outage.ts'
import type { Finding, Peer, PeerDriver } from '../peer.ts'
import { FILE_REASONS, refusedNames } from './refused-names.ts'

/** Raw items, because the others are made to text. Listings give `a:b` for `a/b`: told as `a/b` again. */
function driverOver(driver: Driver): PeerDriver {
  const storage = createStorage({ driver })
  return {
    name: 'unstorage',
    guarantees: { rejects: ['refused'] },
    errorOf: refusedNames(/Invalid key/),
    get: async key => bytesOf(await storage.getItemRaw<Uint8Array>(key)),
    has: key => storage.hasItem(key),
    keys: async function* () {
      for (const key of await storage.getKeys()) yield key.replaceAll(':', '/')
    },
    set: (key, value) => storage.setItemRaw(key, value),
    delete: key => storage.removeItem(key),
    close: () => storage.dispose(),
  }
}

/** A private copy; a failure that is given as the value is thrown. */
function bytesOf(item: Uint8Array | Error | null): Uint8Array | undefined {
  if (item instanceof Error) throw item
  return item === null ? undefined : new Uint8Array(item)
}

const KEYS: Finding = {
  clauses: ['K5', 'K6', 'K8', 'K15', 'D2', 'D4', 'L1', 'L12', 'T7', 'M1'],
  says: 'Slashes, backslashes and colons are one separator, separators at both ends and doubled ones go, and so does everything from a question mark on. Such keys are one, and the last value wins.',
  program: 'unstorage-keys',
}

export const unstoragePeers: readonly Peer[] = [
  {
    name: 'unstorage, memory',
    package: 'unstorage',
    place: 'memory',
    driver: () => driverOver(memory()),
    encodes: true,
    findings: [
      KEYS,
      {
        clauses: [],
        says: '`getItem` makes values of text that looks like JSON: the text `null` comes back as `null`, as if it were absent, and `12` as a number. The kit uses raw items, which are left as they are.',
        program: 'unstorage-text',
      },
    ],
  },
  {
    name: 'unstorage, fs',
    package: 'unstorage',
    place: 'folder',
    driver: folder => ({
      ...driverOver(fs({ base: folder })),
      guarantees: { atomicOverwrite: false, multiProcess: true, durability: 'crash', rejects: FILE_REASONS },
    }),
    outage: replaceByFile,
    encodes: true,
    findings: [
      KEYS,
      {
        clauses: ['R2', 'C5'],
        says: 'A read that fails for another reason than a missing file gives the error as the value instead of throwing it; so do keys below a value, names that are too long and files that may not be read. The driver throws it. `hasItem` is false when the folder cannot be read.',
        program: 'unstorage-errors',
      },
      {
        clauses: ['K7', 'K13', 'N2'],
        says: 'What the option `ignore` names (by default everything in `node_modules` and `.git`) can be set and read, but is not listed. `hasItem` is true for a folder.',
        program: 'unstorage-ignored',
      },
      {
        clauses: ['W3', 'W7', 'M2'],
        says: 'Values are written in place: while one is written, readers find it empty or in part.',
        program: 'unstorage-in-place',
        race: true,
      },
    ],
  },
]
