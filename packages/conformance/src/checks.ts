import type { Check } from './check.ts'
import { batches } from './clauses/batches.ts'
import { bounds } from './clauses/bounds.ts'
import { changes } from './clauses/changes.ts'
import { conditions } from './clauses/conditions.ts'
import { consistency } from './clauses/consistency.ts'
import { copies } from './clauses/copies.ts'
import { declarations } from './clauses/declarations.ts'
import { clearing, deleting } from './clauses/deleting.ts'
import { ends } from './clauses/ends.ts'
import { errors } from './clauses/errors.ts'
import { etags } from './clauses/etags.ts'
import { eventLoop } from './clauses/event-loop.ts'
import { failingWrites } from './clauses/failing-writes.ts'
import { fastPaths } from './clauses/fast-paths.ts'
import { foreignEntries } from './clauses/foreign-entries.ts'
import { histories } from './clauses/histories.ts'
import { identityOfKeys } from './clauses/identity-of-keys.ts'
import { keyArguments } from './clauses/key-arguments.ts'
import { keyIdentity } from './clauses/key-identity.ts'
import { keySafety } from './clauses/key-safety.ts'
import { levels } from './clauses/levels.ts'
import { lifecycle } from './clauses/lifecycle.ts'
import { listedKeys } from './clauses/listed-keys.ts'
import { listing } from './clauses/listing.ts'
import { listingInMotion } from './clauses/listing-in-motion.ts'
import { locks } from './clauses/locks.ts'
import { mediaTypes } from './clauses/media-types.ts'
import { model } from './clauses/model.ts'
import { moments } from './clauses/moments.ts'
import { opening } from './clauses/opening.ts'
import { orderOfRefusals } from './clauses/order-of-refusals.ts'
import { places } from './clauses/places.ts'
import { plainValues } from './clauses/plain-values.ts'
import { prefixes } from './clauses/prefixes.ts'
import { races } from './clauses/races.ts'
import { ranges } from './clauses/ranges.ts'
import { reading } from './clauses/reading.ts'
import { removing } from './clauses/removing.ts'
import { renaming } from './clauses/renaming.ts'
import { streams } from './clauses/streams.ts'
import { userFunctions } from './clauses/user-functions.ts'
import { valuePrivacy } from './clauses/value-privacy.ts'
import { values } from './clauses/values.ts'
import { views } from './clauses/views.ts'
import { watching } from './clauses/watching.ts'
import { writing } from './clauses/writing.ts'

/** Every check of the kit, in the order of the contract. */
export const checks: readonly Check[] = [
  ...opening,
  ...keyArguments,
  ...keyIdentity,
  ...keySafety,
  ...prefixes,
  ...values,
  ...valuePrivacy,
  ...reading,
  ...etags,
  ...moments,
  ...ranges,
  ...writing,
  ...mediaTypes,
  ...ends,
  ...races,
  ...conditions,
  ...batches,
  ...changes,
  ...failingWrites,
  ...deleting,
  ...removing,
  ...clearing,
  ...listing,
  ...bounds,
  ...levels,
  ...listingInMotion,
  ...lifecycle,
  ...errors,
  ...declarations,
  ...streams,
  ...views,
  ...model,
  ...histories,
  ...renaming,
  ...fastPaths,
  ...consistency,
  ...foreignEntries,
  ...listedKeys,
  ...plainValues,
  ...identityOfKeys,
  ...orderOfRefusals,
  ...userFunctions,
  ...eventLoop,
  ...copies,
  ...locks,
  ...places,
  ...watching,
]
