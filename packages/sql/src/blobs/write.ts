import { type DriverWriteOptions, type MaybePromise, StoreError, whenReady } from '@kvdol/core'
import type { QueryOptions, QueryResult, SqlParameter } from '../executor.ts'
import { ownTransaction } from '../own-transaction.ts'
import { repeated } from '../repeated.ts'
import type { Context } from './context.ts'

/** Stores one value, under a condition or without, in one statement. */
export function put(
  context: Context,
  key: string,
  value: Uint8Array,
  { ifAbsent, ifMatch, signal }: DriverWriteOptions,
): MaybePromise<void> {
  const { statements, dialect } = context
  context.assertFits(value)
  const [bound, tag] = [dialect.key.bind(key), context.tag()]
  if (ifMatch !== undefined)
    return whenReady(
      run(context, statements.replace, [tag, value, bound, ifMatch], { signal }),
      assertMatched,
    )
  if (ifAbsent !== true)
    return whenReady(run(context, statements.put, [bound, tag, value], { signal }), nothing)
  const inserted = run(context, statements.insert, [bound, tag, value], { signal })
  return inserted instanceof Promise ? inserted.then(assertInserted, taken) : assertInserted(inserted)
}

/** Deletes one value, under a condition or without, in one statement. */
export function remove(
  context: Context,
  key: string,
  { ifMatch, signal }: Pick<DriverWriteOptions, 'ifMatch' | 'signal'>,
): MaybePromise<void> {
  const { statements, dialect } = context
  const bound = dialect.key.bind(key)
  return ifMatch === undefined
    ? whenReady(run(context, statements.remove, [bound], { signal }), nothing)
    : whenReady(run(context, statements.removeMatch, [bound, ifMatch], { signal }), assertMatched)
}

/** Moves a value in one transaction; false when there is none. */
export async function move(
  context: Context,
  from: string,
  to: string,
  { ifAbsent, signal }: DriverWriteOptions,
): Promise<boolean> {
  const { db, statements, dialect } = context
  const [source, target] = [dialect.key.bind(from), dialect.key.bind(to)]
  return await repeated(
    db,
    () =>
      ownTransaction(
        db,
        async inside => {
          const found = (await inside.query(statements.has, [source])).rows.length > 0
          if (!found) return false
          if (ifAbsent === true) {
            const taken = (await inside.query(statements.has, [target])).rows.length > 0
            if (taken) throw conflict()
          } else if (from !== to) {
            await inside.query(statements.remove, [target])
          }
          if (from === to) return true
          const { affected } = await inside.query(statements.move, [target, context.tag(), source])
          // Otherwise the target would be removed for nothing.
          if (affected === 0) throw movedAway()
          return true
        },
        { signal },
      ),
    // Somebody else has stored something there since: without the condition it is replaced as well.
    error => ifAbsent !== true && error.code === 'Conflict',
  )
}

/** One statement by itself, again where the database has chosen it to end a deadlock. */
function run(
  { db }: Context,
  text: string,
  params: readonly SqlParameter[],
  options: QueryOptions,
): MaybePromise<QueryResult> {
  return repeated(db, () => db.query(text, params, options))
}

function nothing(): void {}

function assertMatched({ affected }: QueryResult): void {
  if (affected === 0)
    throw new StoreError('Conflict', 'the value has changed since, or there is none any more')
}

function assertInserted({ affected }: QueryResult): void {
  if (affected === 0) throw conflict()
}

/** Where an insert fails for a row that is there, it says so by an error. */
function taken(error: unknown): never {
  throw error instanceof StoreError && error.code === 'Conflict' ? conflict() : error
}

function movedAway(): StoreError {
  return new StoreError('Unavailable', 'the value has been moved or deleted by others', {
    reason: 'deadlock',
  })
}

function conflict(): StoreError {
  return new StoreError('Conflict', 'there is a value already')
}
