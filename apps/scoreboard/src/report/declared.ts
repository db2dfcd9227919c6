import type { Guarantees } from '@kvdol/core'

/** What a driver declares that weakens the contract or adds to it, in a sentence. */
export function declared({
  atomicOverwrite,
  rejects,
  order,
  conditions,
  batchAtomic,
  multiProcess,
}: Guarantees): string {
  const facts = [
    !atomicOverwrite && 'readers may see part of a value while it is written',
    rejects.length > 0 && 'some keys are refused',
    order !== 'none' && 'listings are in order',
    batchAtomic && 'batches are all or nothing',
    conditions.length > 0 && `\`${conditions.join('`, `')}\``,
    multiProcess && 'several processes may share the place',
  ].filter(fact => fact !== false)
  return facts.length === 0 ? '' : `Declared: ${facts.join('; ')}.`
}
