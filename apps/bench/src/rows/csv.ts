import { csv } from '@kvdol/codecs/csv'
import { yaml } from '@kvdol/codecs/yaml'
import { parse } from 'csv-parse/sync'
import Papa from 'papaparse'
import { inferSchema, initParser } from 'udsv'
import { type Entry, ours, peer, raw } from '../entry.ts'
import type { Row } from '../row.ts'
import { timedRow } from '../timed-row.ts'

const ROWS = 20_000
const KEYS = 20_000
/** Of Papa Parse, the fastest of those that report misplaced quotes. */
const BUDGET = 1.5

/** Text formats, beside their fastest parsers. */
export const csvRows: readonly Row[] = [
  timedRow(`csv, ${ROWS} rows`, BUDGET, () => reading(plain)),
  timedRow(`csv, ${ROWS} rows, one in five with quotes`, BUDGET, () => reading(someQuoted)),
  timedRow(`csv, ${ROWS} rows, all in quotes`, BUDGET, () => reading(allQuoted)),
  timedRow(`csv, ${ROWS} records by a header`, BUDGET, records),
  timedRow('yaml, twice the keys', 3, doubled),
]

const plain = (row: number) => `${row},name ${row},Graz,${row * 1.5},some note ${row}`
const allQuoted = (row: number) => `"${row}","name ${row}","Graz","${row * 1.5}","said ""hi"" to ${row}"`
const someQuoted = (row: number) => (row % 5 === 0 ? allQuoted(row) : plain(row))

function textOf(line: (row: number) => string): string {
  return `id,name,city,amount,note\n${Array.from({ length: ROWS }, (_, row) => `${line(row)}\n`).join('')}`
}

function reading(line: (row: number) => string): Entry[] {
  const text = textOf(line)
  const codec = csv()
  return [
    raw('Papa Parse', () => () => Papa.parse(text)),
    ours('csv()', () => () => codec.decode(text, 'k')),
    peer('uDSV', 'takes misplaced quotes', () => () => initParser(inferSchema(text)).stringArrs(text)),
    peer('csv-parse', '', () => () => parse(text, { relax_column_count: true })),
  ]
}

function records(): Entry[] {
  const text = textOf(someQuoted)
  const codec = csv({ header: true })
  return [
    raw('Papa Parse', () => () => Papa.parse(text, { header: true })),
    ours('csv({ header: true })', () => () => codec.decode(text, 'k')),
    peer('uDSV', 'takes misplaced quotes', () => () => initParser(inferSchema(text)).stringObjs(text)),
    peer('csv-parse', '', () => () => parse(text, { columns: true })),
  ]
}

/** A text with twice the keys takes twice the time. */
function doubled(): Entry[] {
  const [half, whole] = [KEYS / 2, KEYS].map(count =>
    Array.from({ length: count }, (_, key) => `key${key}: ${key}\n`).join(''),
  ) as [string, string]
  return [
    raw(`yaml(), ${KEYS / 2} keys`, () => () => yaml().decode(half, 'k')),
    ours(`yaml(), ${KEYS} keys`, () => () => yaml().decode(whole, 'k')),
  ]
}
