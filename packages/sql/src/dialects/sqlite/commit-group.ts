import type { QueryResult, SqlParameter } from '../../executor.ts'
import type { Statements } from './statements.ts'

/** Writes that share one commit. */
export interface Group {
  /** Runs a statement now; the answer comes with the commit. */
  add(text: string, params: readonly SqlParameter[]): Promise<QueryResult>
  commit(): void
}

interface Write {
  readonly text: string
  readonly params: readonly SqlParameter[]
  readonly result: QueryResult
  resolve(result: QueryResult): void
  reject(error: unknown): void
}

/** So many writes wait for one commit at most. */
const MOST = 1000

/**
 * A transaction that has been begun for single writes: it is committed when the code that is running now has ended, and
 * each write gets its own answer. Where the database undoes the transaction, or cannot commit it, the writes are made one
 * by one.
 */
export function commitGroup(statements: Statements, finished: (group: Group) => void): Group {
  let writes: Write[] = []
  let isOver = false

  const group: Group = {
    add(text, params) {
      return new Promise((resolve, reject) => {
        try {
          writes.push({ text, params, result: statements.run(text, params), resolve, reject })
          if (writes.length >= MOST) group.commit()
        } catch (error) {
          reject(error)
          if (statements.inTransaction() === false) oneByOne()
        }
      })
    },
    commit() {
      if (isOver) return
      try {
        statements.run('COMMIT', [])
        isOver = true
        finished(group)
        for (const { result, resolve } of writes) resolve(result)
      } catch (error) {
        undo()
        oneByOne(error)
      }
    },
  }
  queueMicrotask(group.commit)
  return group

  function undo(): void {
    if (statements.inTransaction() === false) return
    try {
      statements.run('ROLLBACK', [])
    } catch {
      // Libraries that do not tell may have no transaction any more, which is what is wanted.
    }
  }

  /** Each write as a transaction of its own; one alone has its answer already. */
  function oneByOne(error?: unknown): void {
    isOver = true
    finished(group)
    const again = writes
    writes = []
    for (const { text, params, resolve, reject } of again) {
      try {
        if (again.length === 1 && error !== undefined) throw error
        resolve(statements.run(text, params))
      } catch (failure) {
        reject(failure)
      }
    }
  }
}
