import { type Failures, isStoreError, type MaybePromise, type ReadOptions } from '@kvdol/core'
import { isPromise, whenReady } from '@kvdol/core/adapter'
import type { BlobRow } from '../../dialects/dialect.ts'
import type { Executor } from '../../executor.ts'
import { eachInTurn } from '../../sessions/failure.ts'
import { retryDeadlocks } from '../../sessions/retry.ts'
import { swallowed } from '../../sessions/swallowed.ts'
import { ownTransaction } from '../../sessions/trusted.ts'
import type { Plan } from '../plan.ts'
import { assertFits, assertWritten } from './put.ts'

type Entry = readonly [key: string, value: Uint8Array]

/** One statement takes so many rows and so many bytes. */
export const MOST_ROWS = 512
const MOST_BYTES = 2 * 1024 * 1024

/** Stores all entries in one transaction. */
export function putMany(plan: Plan, entries: readonly Entry[], { signal }: ReadOptions): MaybePromise<void> {
  const { db, statements } = plan
  for (const [, value] of entries) assertFits(plan, value)
  if (statements.many === undefined) return putInTurn(plan, entries, { signal })
  const groups = grouped(sorted(entries))
  const work = (inside: Executor) => eachInTurn(groups, group => putGroup(plan, inside, group, { signal }))
  // One statement is a transaction by itself.
  return retryDeadlocks(db, () => (groups.length === 1 ? work(db) : ownTransaction(db, work, { signal })))
}

/** Entry by entry; those that have to wait are copied before the caller can change them. */
function putInTurn({ db, dialect, statements, tag }: Plan, entries: readonly Entry[], options: ReadOptions) {
  const own = [...entries]
  const put = (inside: Executor, [key, value]: Entry) =>
    whenReady(inside.query(statements.put, [dialect.blobs.key.bind(key), tag(), value]), assertWritten)
  const done = ownTransaction(db, inside => eachInTurn(own, entry => put(inside, entry)), options)
  if (isPromise(done))
    for (const [index, [key, value]] of own.entries()) own[index] = [key, Uint8Array.from(value)]
  return done
}

export function putGroup(
  { dialect, statements, tag }: Plan,
  db: Executor,
  group: readonly Entry[],
  options: ReadOptions,
): MaybePromise<unknown> {
  const rows = group.map(([key, value]): BlobRow => [dialect.blobs.key.bind(key), tag(), value])
  const [only] = rows
  if (rows.length === 1 && only !== undefined)
    return whenReady(db.query(statements.put, only, options), assertWritten)
  const { text, params } = (statements.many as NonNullable<typeof statements.many>).put(rows)
  return whenReady(db.query(text, params, options), ({ affected }) => {
    if (affected < rows.length) throw swallowed()
  })
}

/** In one order everywhere, so that two batches wait for each other instead of each for the other's rows. */
export function sorted(entries: readonly Entry[]): Entry[] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : 1))
}

export function grouped(entries: readonly Entry[]): Entry[][] {
  const groups: Entry[][] = []
  let group: Entry[] = []
  let bytes = 0
  for (const entry of entries) {
    const size = entry[1].byteLength
    if (group.length === MOST_ROWS || (group.length > 0 && bytes + size > MOST_BYTES)) {
      groups.push(group)
      group = []
      bytes = 0
    }
    group.push(entry)
    bytes += size
  }
  if (group.length > 0) groups.push(group)
  return groups
}

/** Deletes all keys; a statement that fails has deleted none of its keys. */
export async function removeMany(
  plan: Plan,
  keys: readonly string[],
  options: ReadOptions,
): Promise<Failures<string>> {
  try {
    await removeAll(plan, keys, options)
    return new Map()
  } catch (error) {
    if (!isStoreError(error) || error.code === 'Aborted' || error.code === 'Closed') throw error
    return new Map(keys.map(key => [key, error]))
  }
}

async function removeAll(
  { db, dialect, statements }: Plan,
  keys: readonly string[],
  { signal }: ReadOptions,
): Promise<void> {
  const { many } = statements
  if (many === undefined) {
    await ownTransaction(
      db,
      inside => eachInTurn(keys, key => inside.query(statements.remove, [dialect.blobs.key.bind(key)])),
      { signal },
    )
    return
  }
  const sorted = [...keys].sort()
  for (let start = 0; start < sorted.length; start += MOST_ROWS) {
    const { text, params } = many.remove(sorted.slice(start, start + MOST_ROWS))
    await retryDeadlocks(db, () => db.query(text, params, { signal }))
  }
}
