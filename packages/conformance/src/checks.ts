import type { Check } from './check.ts'
import { clearing, deleting } from './clauses/deleting.ts'
import { keyArguments } from './clauses/key-arguments.ts'
import { keyIdentity } from './clauses/key-identity.ts'
import { keySafety } from './clauses/key-safety.ts'
import { listing } from './clauses/listing.ts'
import { listingInMotion } from './clauses/listing-in-motion.ts'
import { prefixes } from './clauses/prefixes.ts'
import { reading } from './clauses/reading.ts'
import { valuePrivacy } from './clauses/value-privacy.ts'
import { values } from './clauses/values.ts'
import { writing } from './clauses/writing.ts'

/** Every check of the kit, in the order of the contract. */
export const checks: readonly Check[] = [
  ...keyArguments,
  ...keyIdentity,
  ...keySafety,
  ...prefixes,
  ...values,
  ...valuePrivacy,
  ...reading,
  ...writing,
  ...deleting,
  ...clearing,
  ...listing,
  ...listingInMotion,
]
