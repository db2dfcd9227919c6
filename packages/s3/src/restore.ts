import { RestoreObjectCommand } from '@aws-sdk/client-s3'
import { type AnyReader, innerKey, type KeyOf, StoreError } from '@kvdol/core'
import { place } from './context.ts'
import { contexts } from './contexts.ts'
import { codeOf, toStoreError } from './errors.ts'
import { request } from './request.ts'

export interface RestoreOptions {
  /** For how many days the value can be read then. */
  days: number
  /** How fast, and how dear. @default 'Standard' */
  tier?: 'Expedited' | 'Standard' | 'Bulk' | undefined
}

/**
 * Asks for an archived value, so that it can be read; that takes the service from minutes to days. Asking again is
 * fine. Takes a key of the store through any transforms.
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
  { days, tier = 'Standard' }: RestoreOptions,
): Promise<void> {
  const context = contexts.behind(store, 'restore')
  if (!Number.isSafeInteger(days) || days < 1)
    throw new StoreError('InvalidArgument', 'days is a whole number of days', { op: 'restore' })
  const name = context.naming.nameOf(innerKey(store, key) as string)
  const RestoreRequest = { Days: days, GlacierJobParameters: { Tier: tier } }
  try {
    await request(context, new RestoreObjectCommand({ ...place(context, name), RestoreRequest }))
  } catch (error) {
    if (codeOf(error) === 'RestoreAlreadyInProgress') return
    throw toStoreError(error, context.secrets, true).with({ op: 'restore', key, store: 's3' })
  }
}
