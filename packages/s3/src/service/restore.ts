import type { AnyReader, KeyOf } from '@kvdol/core'
import { callSettingsOf, oneOf, StoreError, wholeNumber } from '@kvdol/core/adapter'
import { bucketStores, place } from '../context.ts'
import { codeOf } from '../errors.ts'
import { request } from './request.ts'

const OPTIONS = {
  days: wholeNumber(1, 2 ** 31 - 1),
  tier: oneOf('Expedited', 'Standard', 'Bulk').or('Standard'),
}

export interface RestoreOptions {
  /** For how many days the value can be read then. */
  days: number
  /** How fast, and how dear. @default 'Standard' */
  tier?: 'Expedited' | 'Standard' | 'Bulk' | undefined
}

/**
 * Asks for an archived value, so that it can be read; that takes the service from minutes to days. Asking again is
 * fine. Takes a key of the store through any transforms, also of a store that can only be read.
 *
 * Rejects `NotFound` when there is no such key, and `InvalidArgument` for bad options.
 *
 * @example
 * ```ts
 * await restore(films, 'intro', { days: 2 })
 * ```
 */
export async function restore<S extends AnyReader>(
  store: S,
  key: KeyOf<S>,
  options: RestoreOptions,
): Promise<void> {
  const { days, tier } = callSettingsOf('restore', OPTIONS, options)
  if (days === undefined)
    throw new StoreError('InvalidArgument', 'restore needs days, a whole number', { op: 'restore' })
  await bucketStores.run(store, { op: 'restore', writes: false, key }, async (context, inner) => {
    const object = place(context, context.naming.nameOf(inner as string))
    const RestoreRequest = { Days: days, GlacierJobParameters: { Tier: tier } }
    try {
      await request(context, 'RestoreObject', { ...object, RestoreRequest })
    } catch (error) {
      if (codeOf(error) !== 'RestoreAlreadyInProgress') throw error
    }
  })
}
