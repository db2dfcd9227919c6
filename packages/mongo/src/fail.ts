import { isDuplicate, numberOf, toStoreError } from './errors.ts'

/** Turn a rejection of the driver into the store's error, for `.catch`. */
export interface Fail {
  reading(error: unknown): never
  writing(error: unknown): never
}

/** The two ways to fail of a store that must not tell `secrets`. */
export function failWithout(secrets: readonly string[]): Fail {
  return {
    reading(error) {
      throw toStoreError(error, { secrets })
    },
    writing(error) {
      throw toStoreError(error, { secrets, writes: true })
    },
  }
}

/** How often a write is tried that another one got in the way of. */
const ATTEMPTS = 10

/**
 * Tries a write again that certainly has not happened because another came first: of many that make the same document
 * at once, each but one is told that there is one already (DuplicateKey), or to come back (WriteConflict).
 */
export async function patiently<T>(write: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write()
    } catch (error) {
      const met = isDuplicate(error) || numberOf(error) === 112
      if (attempt === ATTEMPTS || !met) throw error
    }
  }
}
