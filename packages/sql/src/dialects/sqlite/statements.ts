import type { QueryResult, SqlParameter } from '../../executor.ts'
import type { Native, Statement } from './native.ts'

/** So many statements stay prepared. */
const MOST = 300

const NO_ROWS: readonly (readonly unknown[])[] = Object.freeze([])

/** Statements on one handle. */
export interface Statements {
  run(text: string, params: readonly SqlParameter[]): QueryResult
  column(text: string, params: readonly SqlParameter[]): unknown[]
  inTransaction(): boolean | undefined
}

/** Runs statements on a handle, and keeps those that were used last prepared. */
export function statementsOf(native: Native): Statements {
  const prepared = new Map<string, Statement>()

  return {
    run(text, params) {
      const statement = prepared.get(text) ?? prepare(text)
      const given = nativeParams(params)
      if (!statement.reads) return { rows: NO_ROWS, affected: statement.run(given) }
      const rows = statement.all(given)
      for (const row of rows) narrowIntegers(row)
      return { rows, affected: rows.length }
    },
    column(text, params) {
      const values = (prepared.get(text) ?? prepare(text)).column(nativeParams(params))
      narrowIntegers(values)
      return values
    },
    inTransaction: native.inTransaction,
  }

  function prepare(text: string): Statement {
    const statement = native.prepare(text)
    if (prepared.size >= MOST) prepared.delete(prepared.keys().next().value as string)
    prepared.set(text, statement)
    return statement
  }
}

/** Whole numbers are bound as integers, because 7 as a float would become the text `'7.0'` in a text column. */
function nativeParams(params: readonly SqlParameter[]): readonly unknown[] {
  return params.some(isConverted) ? params.map(nativeParam) : params
}

function isConverted(param: SqlParameter): boolean {
  return typeof param === 'number' || typeof param === 'boolean'
}

function nativeParam(param: SqlParameter): unknown {
  if (typeof param === 'boolean') return param ? 1n : 0n
  return typeof param === 'number' && Number.isSafeInteger(param) && !Object.is(param, -0)
    ? BigInt(param)
    : param
}

function narrowIntegers(row: unknown[]): void {
  for (let column = 0; column < row.length; column++) {
    const value = row[column]
    if (typeof value === 'bigint' && Number.isSafeInteger(Number(value))) row[column] = Number(value)
  }
}
