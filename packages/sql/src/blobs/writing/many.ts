import type { Failures, MaybePromise, ReadOptions } from '@kvdol/core'
import { isPromise, isStoreError, whenReady } from '@kvdol/core/adapter'
import type { BlobRow } from '../../dialects/dialect.ts'
import type { Executor } from '../../executor.ts'
import { eachInTurn } from '../../sessions/failure.ts'
import { retryDeadlocks } from '../../sessions/retry.ts'
import { swallowed } from '../../sessions/swallowed.ts'
import { ownTransaction } from '../../sessions/trusted.ts'
import type { Plan } from '../plan.ts'
import { TOGETHER } from '../statements.ts'
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
  const groups = groupsOf(plan, entries)
  const work = (inside: Executor) => eachInTurn(groups, group => putGroup(plan, inside, group, { signal }))
  // One statement is a transaction by itself.
  return retryDeadlocks(db, () => (groups.length === 1 ? work(db) : ownTransaction(db, work, { signal })))
}

/** Without waiting, where nothing has to wait; entries that have to are copied before the caller can change them. */
function putInTurn(plan: Plan, entries: readonly Entry[], options: ReadOptions): MaybePromise<void> {
  const own = [...entries]
  const work = (inside: Executor) =>
    eachInTurn(groupsOf(plan, own), group => putGroup(plan, inside, group, {}))
  const done = ownTransaction(plan.db, work, options)
  if (isPromise(done))
    for (const [index, [key, value]] of own.entries()) own[index] = [key, Uint8Array.from(value)]
  return done
}

/** What {@link putGroup} puts at once. */
export function groupsOf({ statements }: Plan, entries: readonly Entry[]): Entry[][] {
  return statements.many === undefined ? grouped(entries, TOGETHER) : grouped(sorted(entries), MOST_ROWS)
}

export function putGroup(
  { dialect, statements, tag }: Plan,
  db: Executor,
  group: readonly Entry[],
  options: ReadOptions,
): MaybePromise<void> {
  const { many, put, putTogether } = statements
  const row = ([key, value]: Entry): BlobRow => [dialect.blobs.key.bind(key), tag(), value]
  if (group.length === 1 || (many === undefined && group.length < TOGETHER))
    return eachInTurn(group, entry => whenReady(db.query(put, row(entry), options), assertWritten))
  const { text, params } = many?.put(group.map(row)) ?? { text: putTogether, params: group.flatMap(row) }
  return whenReady(db.query(text, params, options), ({ affected }) => {
    if (affected < group.length) throw swallowed()
  })
}

/** In one order everywhere, so that two batches wait for each other instead of each for the other's rows. */
function sorted(entries: readonly Entry[]): Entry[] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : 1))
}

function grouped(entries: readonly Entry[], most: number): Entry[][] {
  const groups: Entry[][] = []
  let group: Entry[] = []
  let bytes = 0
  for (const entry of entries) {
    const size = entry[1].byteLength
    if (group.length === most || (group.length > 0 && bytes + size > MOST_BYTES)) {
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
