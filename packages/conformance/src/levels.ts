import type { Guarantees } from '@kvdol/core'
import type { Evidence } from './evidence.ts'
import type { HookName } from './hooks.ts'

/** How far a certificate goes; each level counts on those before it. */
export type LevelName = 'alone' | 'shared' | 'faults' | 'processes'

export interface Level {
  readonly name: LevelName
  readonly reached: boolean
  /** What is missing for it: failures, hooks, evidence. */
  readonly missing: readonly string[]
}

/** The hooks of each level. */
const NEEDS: Readonly<Record<Exclude<LevelName, 'processes'>, readonly HookName[]>> = {
  alone: [],
  shared: ['reopen', 'canaries'],
  faults: ['crowd', 'outage', 'failWrite', 'damage', 'slow'],
}

/** What of a run decides about its levels. */
export interface Tried {
  readonly passed: boolean
  readonly given: readonly HookName[]
  readonly evidence: readonly Evidence[]
  readonly guarantees: Guarantees | null
}

/** The levels of a run, in their order. */
export function levelsOf({ passed, given, evidence, guarantees }: Tried): Level[] {
  const missing: Record<LevelName, string[]> = {
    alone: passed ? [] : ['every clause'],
    shared: hooks('shared'),
    faults: hooks('faults'),
    processes: processClauses(guarantees)
      .filter(clause => !evidence.some(each => each.clause === clause))
      .map(clause => `evidence of ${clause}`),
  }
  let reached = true
  return (Object.keys(missing) as LevelName[]).map(name => {
    reached &&= missing[name].length === 0
    return { name, reached, missing: missing[name] }
  })

  function hooks(level: keyof typeof NEEDS): string[] {
    return NEEDS[level].filter(hook => !given.includes(hook)).map(hook => `the hook ${hook}`)
  }
}

/** What has to be tried with real processes, for what a store promises. */
function processClauses(guarantees: Guarantees | null): string[] {
  if (guarantees === null) return []
  const { durability, multiProcess, conditions } = guarantees
  return [
    'C2',
    ...(durability === 'none' ? [] : ['W6']),
    ...(multiProcess && conditions.includes('ifAbsent') ? ['W9'] : []),
    ...(multiProcess && conditions.includes('ifMatch') ? ['W10'] : []),
  ]
}
