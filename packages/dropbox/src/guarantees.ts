import type { Guarantees } from '@kvdol/core'
import type { Naming } from '@kvdol/core/adapter'
import type { Settings } from './options.ts'

/** What a store in Dropbox promises. */
export function guaranteesOf({ keys }: Settings, naming: Naming): Partial<Guarantees> {
  return {
    durability: 'power-loss',
    // Dropbox does not say that a listing shows what was just written.
    listConsistency: 'eventual',
    settlesWithinMs: 10_000,
    conditions: ['ifAbsent', 'ifMatch', 'deleteIfMatch'],
    multiProcess: true,
    rejects: [...naming.rejects, 'name', 'prefix-of-other', ...(keys === 'plain' ? ['case-clash'] : [])],
  }
}
