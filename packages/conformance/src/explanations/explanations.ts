import { codecs } from './codecs.ts'
import { conduct } from './conduct.ts'
import type { Explanation } from './explanation.ts'
import { keys } from './keys.ts'
import { listing } from './listing.ts'
import { values } from './values.ts'
import { writing } from './writing.ts'

/** Every clause of the kit is in exactly one group. */
export const EXPLANATIONS: readonly Explanation[] = [
  ...keys,
  ...values,
  ...writing,
  ...listing,
  ...conduct,
  ...codecs,
]
