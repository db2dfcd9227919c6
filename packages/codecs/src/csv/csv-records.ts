import type { ValueCodec } from '@kvdol/core'
import { flag, maker, option, printKey, printValue, settingsOf } from '@kvdol/core/adapter'
import type { Cell, CsvCast } from './cell.ts'
import { type CsvOptions, names, OPTIONS } from './csv-options.ts'
import { type RecordRules, readRecords } from './read-records.ts'
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
   * Whether the text has a header line: it is written, and checked when reading. Without one, the columns are `fields` in
   * their order.
   * @default true
   */
  readonly header?: boolean | undefined
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
 * Records with known fields, stored as CSV text, by default with a header line. A field that is missing or `undefined` is written
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
>(
  options: CsvRecordsOptions<Fields, Values>,
): ValueCodec<readonly CsvRecord<Fields[number], Values>[], string> {
  const { fields, cast, header, ...dialect } = settingsOf('csvRecords', RECORDS, options as object)
  const casts = new Map<string, CsvCast>(Object.entries(cast ?? {}))
  assertFields(fields, casts)
  const rules: RecordRules = { fields, header, casts }
  return {
    name: `csvRecords(${JSON.stringify(fields)})`,
    decode: text => readRecords(readRows(text, dialect), rules) as CsvRecord<Fields[number], Values>[],
    encode: records => writeRows(recordRows(records, rules), dialect),
  }
}

maker(csvRecords)

const RECORDS = {
  ...OPTIONS,
  fields: names,
  header: flag.or(true),
  cast: option<Readonly<Record<string, CsvCast>>>(
    'an object of functions by name',
    value => typeof value === 'object' && value !== null,
  ),
}

function assertFields(
  fields: readonly string[] | undefined,
  casts: ReadonlyMap<string, CsvCast>,
): asserts fields is readonly string[] {
  if (fields === undefined) throw new TypeError('csvRecords: give the names of the columns as fields')
  for (const [field, cast] of casts) {
    if (!fields.includes(field))
      throw new TypeError(`csvRecords: there is a cast for ${printKey(field)}, which is no field`)
    if (typeof cast !== 'function')
      throw new TypeError(
        `csvRecords: the cast for ${printKey(field)} is a function, not ${printValue(cast)}`,
      )
  }
}
