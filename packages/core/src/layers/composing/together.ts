import { MAX_KEY_BYTES } from '../../check.ts'
import type { Guarantees } from '../../driver.ts'
import type { AnyView } from '../../view/any-view.ts'

/** What a driver over several stores says of itself, as far as it follows from them. */
export interface Together {
  readonly keyType: 'string' | 'any'
  readonly valueType: 'bytes' | 'any'
  readonly sharedRoot: boolean
  readonly writeOptions: readonly string[]
  readonly guarantees: Guarantees
}

const CONSISTENCY = ['eventual', 'session', 'strong'] as const
const DURABILITY = ['none', 'crash', 'power-loss'] as const

/**
 * What several stores promise together: the weakest of each promise. Conditions count where writing is possible at all.
 * Lengths are those of the most generous store, as each refuses by itself what it cannot hold.
 */
export function together(views: readonly AnyView[]): Together {
  const all = views.map(view => view.guarantees)
  const written = views.filter(view => view.mapping.writable).map(view => view.guarantees)
  const weakest = (name: 'listConsistency' | 'readConsistency') =>
    CONSISTENCY.find(each => all.some(guarantees => guarantees[name] === each)) ?? 'strong'
  return {
    keyType: views.every(view => view.mapping.stringKeys) ? 'string' : 'any',
    valueType: views.every(isOfBytes) ? 'bytes' : 'any',
    sharedRoot: views.some(({ mapping, source }) => source.driver.sharedRoot === true && !mapping.prefix()),
    writeOptions: [...new Set(views.flatMap(view => view.source.driver.writeOptions ?? []))],
    guarantees: {
      // What the stores promise beyond is theirs alone.
      ...(all[0] as Guarantees),
      order: all.every(({ order }) => order === 'utf8-bytes') ? 'utf8-bytes' : 'none',
      reverse: false,
      listConsistency: weakest('listConsistency'),
      readConsistency: weakest('readConsistency'),
      settlesWithinMs: Math.max(0, ...all.map(each => each.settlesWithinMs)),
      atomicOverwrite: all.every(each => each.atomicOverwrite),
      durability: DURABILITY.find(each => all.some(({ durability }) => durability === each)) ?? 'none',
      batchAtomic: false,
      conditions: (written[0]?.conditions ?? []).filter(condition =>
        written.every(({ conditions }) => conditions.includes(condition)),
      ),
      maxKeyBytes: Math.min(MAX_KEY_BYTES, Math.max(...all.map(each => each.maxKeyBytes))),
      maxValueBytes: all.reduce<number | null>(
        (most, { maxValueBytes: each }) => (most === null || each === null ? null : Math.max(most, each)),
        0,
      ),
      rejects: [...new Set(all.flatMap(each => each.rejects))],
      multiProcess: all.every(each => each.multiProcess),
    },
  }
}

/** Whether a store's values are bytes. Value codecs may give any, and nobody knows which. */
function isOfBytes({ mapping, source }: AnyView): boolean {
  return mapping.plain && source.driver.valueType !== 'any'
}
