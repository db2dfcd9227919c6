import {
  type Failures,
  isPromise,
  type MaybePromise,
  type ReadOptions,
  StoreError,
  whenReady,
} from '@kvdol/core'
import { eachInTurn } from '../each-in-turn.ts'
import type { Executor, SqlParameter } from '../executor.ts'
import { ownTransaction } from '../own-transaction.ts'
import { repeated } from '../repeated.ts'
import type { Context } from './context.ts'

type Entry = readonly [key: string, value: Uint8Array]

/** One statement takes so many rows and so many bytes. */
const MOST_ROWS = 512
const MOST_BYTES = 2 * 1024 * 1024

/** Stores all entries in one transaction. */
export function putMany(
  context: Context,
  entries: readonly Entry[],
  { signal }: ReadOptions,
): MaybePromise<void> {
  const { db, dialect } = context
  if (dialect.name === 'sqlite') return putInTurn(context, entries, { signal })
  for (const [, value] of entries) context.assertFits(value)
  const groups = grouped(sorted(entries))
  const work = (inside: Executor) => eachInTurn(groups, group => putGroup(context, inside, group, { signal }))
  // One statement is a transaction by itself.
  return repeated(db, () => (groups.length === 1 ? work(db) : ownTransaction(db, work, { signal })))
}

/** Entry by entry; those that have to wait are copied before the caller can change them. */
function putInTurn(context: Context, entries: readonly Entry[], options: ReadOptions): MaybePromise<void> {
  const own = [...entries]
  const done = ownTransaction(
    context.db,
    inside =>
      eachInTurn(own, ([key, value]) => inside.query(context.statements.put, [key, context.tag(), value])),
    options,
  )
  if (isPromise(done)) for (const [index, entry] of copiedEntries(own).entries()) own[index] = entry
  return done
}

/** The entries with values of their own. */
export function copiedEntries(entries: readonly Entry[]): Entry[] {
  return entries.map(([key, value]) => [key, Uint8Array.from(value)])
}

/** Deletes all keys; a statement that fails has deleted none of its keys. */
export async function removeMany(
  context: Context,
  keys: readonly string[],
  { signal }: ReadOptions,
): Promise<Failures<string>> {
  const { db, dialect, statements } = context
  try {
    if (dialect.name === 'sqlite')
      await ownTransaction(db, inside => eachInTurn(keys, key => inside.query(statements.remove, [key])), {
        signal,
      })
    else
      for (const group of cut([...keys].sort(), MOST_ROWS))
        await repeated(db, () => db.query(...inOne(context, statements.many.remove, group), { signal }))
    return new Map()
  } catch (error) {
    if (!(error instanceof StoreError) || error.code === 'Aborted' || error.code === 'Closed') throw error
    return new Map(keys.map(key => [key, error]))
  }
}

/** The values of many keys, in their order. */
export function getMany(
  context: Context,
  keys: readonly string[],
  { signal }: ReadOptions,
): MaybePromise<(Uint8Array | undefined)[]> {
  const { db, dialect, statements } = context
  const values: (Uint8Array | undefined)[] = []
  if (dialect.name === 'sqlite')
    return whenReady(
      eachInTurn(keys, key =>
        whenReady(db.query(statements.get, [key], { signal }), ({ rows: [row] }) => {
          values.push(row && context.value(row[0]))
        }),
      ),
      () => values,
    )
  const [text, params] = inOne(context, statements.many.get, keys)
  return whenReady(db.query(text, params, { signal }), ({ rows }) => {
    const found = new Map(rows.map(([key, value]) => [dialect.key.read(key), value]))
    return keys.map(key => (found.has(key) ? context.value(found.get(key)) : undefined))
  })
}

/** A statement for many keys: an array for PostgreSQL, else as many parameters. */
function inOne(
  { dialect }: Context,
  statement: (count: number) => string,
  keys: readonly string[],
): [text: string, params: SqlParameter[]] {
  const bound = keys.map(key => dialect.key.bind(key)) as Uint8Array[]
  return [statement(keys.length), dialect.name === 'postgres' ? [bound] : bound]
}

function putGroup(
  context: Context,
  db: Executor,
  group: readonly Entry[],
  options: ReadOptions,
): MaybePromise<unknown> {
  const { dialect, statements } = context
  const rows = group.map(([key, value]) => [dialect.key.bind(key), context.tag(), value] as const)
  const [only] = rows
  if (rows.length === 1 && only !== undefined) return db.query(statements.put, only, options)
  if (dialect.name !== 'postgres') return db.query(statements.many.put(rows.length), rows.flat(), options)
  const columns = [0, 1, 2].map(column => rows.map(row => row[column] as string | Uint8Array))
  return db.query(statements.many.put(rows.length), columns, options)
}

/** In one order everywhere, so that two batches wait for each other instead of each for the other's rows. */
function sorted(entries: readonly Entry[]): Entry[] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : 1))
}

function grouped(entries: readonly Entry[]): Entry[][] {
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

function cut<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}
