import type { ValueCodec } from '@kvdol/core'
import type { Cell, CsvCast } from './cell.ts'
import { type CsvOptions, dialectOf } from './csv-options.ts'
import { readRecords } from './read-records.ts'
import { readRows } from './read-rows.ts'
import { recordRows } from './record-rows.ts'
import { writeRows } from './write-rows.ts'

/** A record with these fields: strings, except where a cast makes something else of them. */
export type CsvRecord<Field extends string, Values> = {
  [F in Field]: F extends keyof Values ? Values[F] : string
}

export interface CsvRecordsOptions<Fields extends readonly string[], Values> extends CsvOptions {
  /** The columns, in the order in which they are written. */
  readonly fields: Fields
  /**
   * What to make of a column's cells when reading: `{ year: Number }`. A cast that throws, or gives `NaN` for a cell
   * other than `NaN`, finds the text `Corrupt`. `Number` takes an empty cell for 0; where cells may be empty, write
   * `text => (text === '' ? undefined : Number(text))`.
   * @default strings, as they are stored
   */
  readonly cast?:
    | ({ readonly [F in keyof Values]: (text: string) => Values[F] } & {
        readonly [F in Exclude<keyof Values, Fields[number]>]?: never
      })
    | undefined
}

/**
 * Records with known fields, stored as CSV text with a header line. A field that is missing or `undefined` is written
 * as an empty cell; one that is not in `fields` is refused with `InvalidValue`. What is read back is a string, unless
 * `cast` says otherwise.
 *
 * When reading, the header has exactly these fields, in any order, and each row as many cells as the header; anything
 * else is `Corrupt`, with the line. Empty lines are passed over.
 *
 * Throws `TypeError` for no fields, a field that occurs twice, and a cast for no field.
 *
 * @example
 * ```ts
 * const codec = csvRecords({ fields: ['city', 'people'], cast: { people: Number } })
 * const tables = pipe(files('tables'), textValues(), mapValues(codec))
 * await tables.set('a.csv', [{ city: 'Graz', people: 305_000 }])
 * ```
 */
export function csvRecords<
  const Fields extends readonly string[],
  Values extends { readonly [F in Fields[number]]?: Cell | undefined } = Record<never, never>,
>({
  fields,
  cast,
  ...options
}: CsvRecordsOptions<Fields, Values>): ValueCodec<readonly CsvRecord<Fields[number], Values>[], string> {
  const dialect = dialectOf(options)
  const casts = new Map<string, CsvCast>(Object.entries(cast ?? {}))
  assertFields(fields, casts)
  return {
    name: `csvRecords(${JSON.stringify(fields)})`,
    decode: text =>
      readRecords(readRows(text, dialect), fields, casts) as CsvRecord<Fields[number], Values>[],
    encode: records => writeRows(recordRows(records, fields), dialect),
  }
}

function assertFields(fields: readonly string[], casts: ReadonlyMap<string, CsvCast>): void {
  const names =
    Array.isArray(fields) && fields.every(field => typeof field === 'string' && field.isWellFormed())
  if (!names || fields.length === 0 || new Set(fields).size !== fields.length)
    throw new TypeError('csvRecords: fields is an array of different names, at least one')
  for (const [field, cast] of casts) {
    if (!fields.includes(field))
      throw new TypeError(`csvRecords: there is a cast for ${field}, which is no field`)
    if (typeof cast !== 'function') throw new TypeError(`csvRecords: the cast for ${field} is not a function`)
  }
}
