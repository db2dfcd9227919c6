import { createHash } from 'node:crypto'
import type { Found, Stat } from '@kvdol/core'
import { StoreError } from '@kvdol/core/adapter'
import { vendor } from '../../opening/connect.ts'
import type { MongoRecord } from '../../shapes.ts'
import type { Context } from '../opening/context.ts'
import { both, equals } from '../records/filter.ts'
import { hasKey, valueFrom } from './value.ts'

/** What is known of a key: the etag is of the whole document, also of fields that the value leaves out. */
export async function readStat(context: Context, keyFields: MongoRecord): Promise<Stat | undefined> {
  if (!hasEtags(context)) return (await hasKey(context, keyFields)) ? {} : undefined
  const document = await current(context, keyFields)
  return document === null ? undefined : { etag: etagOf(await serialized(document)) }
}

/** The value of a key with its etag, of one document. Only for stores that have etags. */
export async function readWithStat(
  context: Context,
  keyFields: MongoRecord,
): Promise<Found<unknown> | undefined> {
  const document = await current(context, keyFields)
  if (document === null) return undefined
  const [bytes, { BSON }] = await Promise.all([serialized(document), vendor()])
  const value = valueFrom(context, [BSON.deserialize(bytes, context.options.bson)])
  return { value, stat: { etag: etagOf(bytes) } }
}

/** Whether documents can be told apart from what they were, and changed only then. */
export function hasEtags({ form, settings, window }: Context): boolean {
  return form.byId && settings.match !== 'all' && window === undefined
}

/**
 * The filter for a document that is still what it was when it had this etag: the same whole document, compared by the
 * server at the moment of the write. Throws `Conflict` when it is another one already.
 */
export async function unchanged(
  context: Context,
  keyFields: MongoRecord,
  etag: string,
): Promise<MongoRecord> {
  const document = await current(context, keyFields)
  if (document === null || etagOf(await serialized(document)) !== etag) throw changed()
  return both(equals(keyFields), { $expr: { $eq: ['$$ROOT', { $literal: document }] } })
}

/** The error of a write whose document is not any more what it was. */
export function changed(): StoreError {
  return new StoreError('Conflict', 'the document has changed, or is gone')
}

async function serialized(document: MongoRecord): Promise<Uint8Array> {
  return (await vendor()).BSON.serialize(document)
}

function etagOf(serialized: Uint8Array): string {
  return createHash('sha256').update(serialized).digest('base64url')
}

/** The document as it is, with the types of its numbers. */
async function current(
  { calls, scope, options }: Context,
  keyFields: MongoRecord,
): Promise<MongoRecord | null> {
  const exact = { ...options.read, promoteValues: false, useBigInt64: false }
  return (await calls.findOne(both(scope.base, equals(keyFields)), exact)) as MongoRecord | null
}
