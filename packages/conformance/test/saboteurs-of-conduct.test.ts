import { describe } from 'vitest'
import { findsSaboteurs } from './support/sabotage.ts'

describe('saboteurs of writing, deleting, listing, closing, streams and sequences', () => {
  findsSaboteurs(family => !'KVR'.includes(family))
})
