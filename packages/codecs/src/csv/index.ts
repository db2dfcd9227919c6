export type { Cell, CsvCast } from './cell.ts'
export { csv } from './csv.ts'
export type { CsvOptions } from './csv-options.ts'
export { type CsvRecord, type CsvRecordsOptions, csvRecords } from './csv-records.ts'
