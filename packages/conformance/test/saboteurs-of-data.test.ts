import { describe } from 'vitest'
import { findsSaboteurs } from './support/sabotage.ts'

describe('saboteurs of keys, values and reading', () => {
  findsSaboteurs(family => 'KVR'.includes(family))
})
