import { type AnyReader, type Guarantees, guarantees } from '@kvdol/core'
import { MAX_URL_BYTES } from './options.ts'

/** Reasons for which a key is refused: those of `canonicalUrl`. */
export const URL_REFUSALS: readonly string[] = ['url', 'whitespace', 'scheme', 'credentials']

/** What a store of kept URLs promises: what its cache does, for URLs. */
export function guaranteesOf(cache: AnyReader): Partial<Guarantees> {
  const { rejects } = guarantees(cache)
  return {
    ...guarantees(cache),
    order: 'none',
    reverse: false,
    batchAtomic: false,
    maxKeyBytes: MAX_URL_BYTES,
    rejects: [...new Set([...URL_REFUSALS, ...rejects])],
  }
}
