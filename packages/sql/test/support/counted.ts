import type { Executor } from '../../src/index.ts'

/** The executor, telling of each statement. */
export function counted(db: Executor, count: (text: string) => void): Executor {
  return {
    ...db,
    query(text, params, options) {
      count(text)
      return db.query(text, params, options)
    },
    ...(db.column && {
      column: (...[text, params, options]: Parameters<NonNullable<Executor['column']>>) => {
        count(text)
        return db.column?.(text, params, options) ?? []
      },
    }),
    transaction: (work, options) => db.transaction(inside => work(counted(inside, count)), options),
  }
}
