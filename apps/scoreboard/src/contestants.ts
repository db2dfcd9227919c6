import type { Contestant } from './peer.ts'
import { cacachePeers } from './peers/cacache.ts'
import { effectPeers } from './peers/effect.ts'
import { fileStoragePeers } from './peers/file-storage.ts'
import { flydrivePeers } from './peers/flydrive.ts'
import { keyvPeers } from './peers/keyv.ts'
import { langchainPeers } from './peers/langchain.ts'
import { levelPeers } from './peers/level.ts'
import { lmdbPeers } from './peers/lmdb.ts'
import { opendalPeers } from './peers/opendal.ts'
import { ownStores } from './peers/own.ts'
import { unstoragePeers } from './peers/unstorage.ts'

/** Every row of the table, in its order. */
export const contestants: readonly Contestant[] = [
  ...ownStores,
  ...unstoragePeers,
  ...keyvPeers,
  ...levelPeers,
  ...lmdbPeers,
  ...flydrivePeers,
  ...opendalPeers,
  ...fileStoragePeers,
  ...effectPeers,
  ...langchainPeers,
  ...cacachePeers,
]

/** The row of this name. Throws for a name that no row has. */
export function contestantNamed(name: string): Contestant {
  const found = contestants.find(each => each.name === name)
  if (found !== undefined) return found
  const names = contestants.map(each => `  ${each.name}`).join('\n')
  throw new Error(`no row is called ${name}; there are:\n${names}`)
}
