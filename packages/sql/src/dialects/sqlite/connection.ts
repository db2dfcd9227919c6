import type { MaybePromise } from '@kvdol/core'
import { whenReady } from '@kvdol/core/adapter'
import type { QueryOptions, QueryResult, SqlParameter } from '../../executor.ts'
import { type Connection, copied } from '../../sessions/session.ts'
import { commitGroup, type Group } from './commit-group.ts'
import { isBusy } from './errors.ts'
import { lockQueue } from './lock-queue.ts'
import type { Statements } from './statements.ts'

/** What is to be known of the one connection of a handle. */
export interface ConnectionFacts {
  /** How a transaction begins. */
  readonly begin: string
  /** How long a call waits for the lock of another process, in milliseconds. */
  readonly timeout: number
  /** Writes of one moment are committed together. */
  readonly grouped: boolean
  /** Throws where the database file is no longer where it was opened. */
  assertThere(): void
}

/** The connection of a SQLite database. */
export interface SqliteConnection extends Connection {
  /** Waits for writes that are not committed yet. */
  idle(): Promise<void>
}

/** The most bytes of a value that waits for a commit with others. */
const MOST_BYTES = 1024 * 1024

/** The one connection of a handle: it answers at once, unless a write shares a commit, or the database is locked. */
export function connectionOn(
  opened: () => Statements,
  { begin, timeout, grouped, assertThere }: ConnectionFacts,
): SqliteConnection {
  const queue = lockQueue(timeout)
  let group: Group | undefined
  let isOpen = false

  return {
    query(text, params, options) {
      if (isOpen) return opened().run(text, params)
      if (isRead(text)) return reading(() => opened().run(text, params), options)
      if (!grouped || !isChange(text) || params.some(isLong))
        return alone(given => opened().run(text, given), params, options)
      return joined(text, params, options)
    },
    column: (text, params, options) =>
      isOpen ? opened().column(text, params) : reading(() => opened().column(text, params), options),
    begin: (depth, { signal }) =>
      depth > 0
        ? void opened().run(`SAVEPOINT kvdol_${depth}`, [])
        : whenReady(
            // A transaction that first reads and then writes could not get the lock any more.
            alone(() => opened().run(begin, []), [], { signal }),
            () => {
              isOpen = true
            },
          ),
    commit: depth =>
      depth > 0
        ? void opened().run(`RELEASE kvdol_${depth}`, [])
        : whenReady(
            patiently(() => opened().run('COMMIT', [])),
            end,
          ),
    rollback(depth) {
      if (depth === 0) {
        end()
        opened().run('ROLLBACK', [])
      } else {
        opened().run(`ROLLBACK TO kvdol_${depth}`, [])
        opened().run(`RELEASE kvdol_${depth}`, [])
      }
    },
    isUndone: () => isOpen && opened().inTransaction() === false,
    async idle() {
      flush()
      await queue.idle()
    },
  }

  function end(): void {
    isOpen = false
  }

  /** Readers do not wait for the lock of a writer. */
  function reading<T>(work: () => T, options: QueryOptions | undefined): MaybePromise<T> {
    flush()
    return patiently(work, options)
  }

  function patiently<T>(work: () => T, options?: QueryOptions): MaybePromise<T> {
    try {
      return work()
    } catch (error) {
      return queue.again(error, work, options?.signal)
    }
  }

  /** A write by itself; where one waits for the lock already, it waits behind it. */
  function alone<T>(
    work: (params: readonly SqlParameter[]) => T,
    params: readonly SqlParameter[],
    options: QueryOptions | undefined,
  ): MaybePromise<T> {
    flush()
    const signal = options?.signal
    if (queue.isWaiting()) {
      const own = copied(params)
      return queue.behind(() => alone(work, own, options), signal)
    }
    try {
      assertThere()
      return work(params)
    } catch (error) {
      if (!isBusy(error)) throw error
      // What was given may change while the statement waits.
      const own = copied(params)
      return queue.first(error, () => work(own), signal)
    }
  }

  /** A write that shares a commit with the others of this moment. */
  function joined(
    text: string,
    params: readonly SqlParameter[],
    options: QueryOptions | undefined,
  ): MaybePromise<QueryResult> {
    // What was given may change before the commit, and a write that is made again needs it.
    const own = copied(params)
    if (queue.isWaiting()) return queue.behind(() => joined(text, own, options), options?.signal)
    if (group !== undefined) return group.add(text, own)
    const begun = () => {
      assertThere()
      opened().run('BEGIN IMMEDIATE', [])
      group = commitGroup(opened(), finished => {
        if (group === finished) group = undefined
      })
      return group.add(text, own)
    }
    try {
      return begun()
    } catch (error) {
      if (!isBusy(error)) throw error
      return queue.first(error, begun, options?.signal)
    }
  }

  function flush(): void {
    group?.commit()
  }
}

/** Whether a statement only reads. */
function isRead(text: string): boolean {
  return /^\s*(select|pragma|explain)\b/i.test(text)
}

/** Whether a statement changes rows and nothing else. */
function isChange(text: string): boolean {
  return /^\s*(insert|update|delete|replace)\b/i.test(text)
}

function isLong(param: SqlParameter): boolean {
  return param instanceof Uint8Array && param.byteLength > MOST_BYTES
}
