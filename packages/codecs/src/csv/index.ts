export type { Cell } from './cell.ts'
export { csv } from './csv.ts'
export type { CsvOptions } from './csv-options.ts'
export { type CsvCast, type CsvRecord, type CsvRecordsOptions, csvRecords } from './csv-records.ts'
