import { randomBytes } from 'node:crypto'
import type { DriverDeleteOptions, DriverWriteOptions, MaybePromise } from '@kvdol/core'
import { isPromise, isStoreError, StoreError, whenReady } from '@kvdol/core/adapter'
import type { QueryOptions, QueryResult, SqlParameter } from '../../executor.ts'
import { retryDeadlocks } from '../../sessions/retry.ts'
import { swallowed } from '../../sessions/swallowed.ts'
import type { Plan } from '../plan.ts'

/** Stores one value, under a condition or without, in one statement. */
export function put(
  plan: Plan,
  key: string,
  value: Uint8Array,
  { ifAbsent, ifMatch, signal }: DriverWriteOptions,
): MaybePromise<void> {
  const { statements, dialect } = plan
  assertFits(plan, value)
  const [bound, tag] = [dialect.blobs.key.bind(key), plan.tag()]
  if (ifMatch !== undefined)
    return whenReady(run(plan, statements.replace, [tag, value, bound, ifMatch], { signal }), assertMatched)
  if (ifAbsent !== true)
    return whenReady(run(plan, statements.put, [bound, tag, value], { signal }), assertWritten)
  const inserted = run(plan, statements.insert, [bound, tag, value], { signal })
  return isPromise(inserted) ? inserted.then(assertInserted, taken) : assertInserted(inserted)
}

function assertInserted({ affected }: QueryResult): void {
  if (affected === 0) throw valueIsThere()
}

/** Where an insert fails for an existing row, the error says so. */
function taken(error: unknown): never {
  throw isStoreError(error, 'Conflict') ? valueIsThere() : error
}

/** The error of a write with `ifAbsent` where there is a value. */
export function valueIsThere(): StoreError {
  return new StoreError('Conflict', 'there is a value already')
}

/** Deletes one value, under a condition or without, in one statement. */
export function remove(
  plan: Plan,
  key: string,
  { ifMatch, signal }: DriverDeleteOptions,
): MaybePromise<void> {
  const { statements, dialect } = plan
  const bound = dialect.blobs.key.bind(key)
  return ifMatch === undefined
    ? whenReady(run(plan, statements.remove, [bound], { signal }), nothing)
    : whenReady(run(plan, statements.removeMatch, [bound, ifMatch], { signal }), assertMatched)
}

/** Deletes one value, and tells whether there was one. */
export function removed(plan: Plan, key: string, { signal }: QueryOptions): MaybePromise<boolean> {
  const bound = plan.dialect.blobs.key.bind(key)
  return whenReady(run(plan, plan.statements.remove, [bound], { signal }), ({ affected }) => affected > 0)
}

/** One writing statement by itself, again where the database has undone it to end a deadlock. */
function run(
  { db }: Plan,
  text: string,
  params: readonly SqlParameter[],
  options: QueryOptions,
): MaybePromise<QueryResult> {
  return retryDeadlocks(db, () => db.query(text, params, options))
}

/** The error for a condition on an etag that no row meets. */
function assertMatched({ affected }: QueryResult): void {
  if (affected === 0)
    throw new StoreError('Conflict', 'the value has changed since, or there is none any more')
}

/** The answer to a write that promises nothing. */
function nothing(): void {}

/** Every write is counted, because its etag is new. */
export function assertWritten({ affected }: QueryResult): void {
  if (affected === 0) throw swallowed()
}

/** Refuses a value that the server would not take. */
export function assertFits({ longestValue }: Plan, { byteLength }: Uint8Array): void {
  if (byteLength > longestValue)
    throw new StoreError('TooLarge', `a value has at most ${longestValue} bytes here, not ${byteLength}`)
}

/**
 * Makes the etags of one store's writes: no two writes anywhere share one. They are made here rather than by the
 * database, so that a write whose answer was lost could be told from another's.
 */
export function tagMaker(): () => string {
  const origin = randomBytes(9).toString('base64url')
  let count = 0
  // Always of one length: SQLite then writes over a row where it is.
  return () => origin + (count++).toString(36).padStart(8, '0')
}
