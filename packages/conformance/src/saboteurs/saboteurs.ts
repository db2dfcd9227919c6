import { backendSaboteurs } from './backend.ts'
import { conductSaboteurs } from './conduct.ts'
import { deletingSaboteurs } from './deleting.ts'
import { fastPathSaboteurs } from './fast-paths.ts'
import { foreignSaboteurs } from './foreign.ts'
import { furtherSaboteurs } from './further-methods.ts'
import { keyArgumentSaboteurs } from './key-arguments.ts'
import { keyIdentitySaboteurs } from './key-identity.ts'
import { lifecycleSaboteurs } from './lifecycle.ts'
import { listingSaboteurs } from './listing.ts'
import { metadataSaboteurs } from './metadata.ts'
import { openingSaboteurs } from './opening.ts'
import { pathSaboteurs } from './paths.ts'
import { readingSaboteurs } from './reading.ts'
import type { Saboteur } from './saboteur.ts'
import { sequenceSaboteurs } from './sequences.ts'
import { streamSaboteurs } from './streams.ts'
import { valueSaboteurs } from './values.ts'
import { wayOfWritingSaboteurs } from './ways-of-writing.ts'
import { writingSaboteurs } from './writing.ts'

/** Stores that break the contract on purpose, at least one for each clause that a store can break. */
export const saboteurs: readonly Saboteur[] = [
  ...openingSaboteurs,
  ...keyArgumentSaboteurs,
  ...keyIdentitySaboteurs,
  ...valueSaboteurs,
  ...readingSaboteurs,
  ...writingSaboteurs,
  ...deletingSaboteurs,
  ...listingSaboteurs,
  ...lifecycleSaboteurs,
  ...streamSaboteurs,
  ...sequenceSaboteurs,
  ...fastPathSaboteurs,
  ...conductSaboteurs,
  ...furtherSaboteurs,
  ...backendSaboteurs,
  ...foreignSaboteurs,
  ...wayOfWritingSaboteurs,
  ...metadataSaboteurs,
  ...pathSaboteurs,
]
