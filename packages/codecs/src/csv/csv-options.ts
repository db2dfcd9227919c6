import { type Option, type OptionsOf, oneOf, option, type SettingsOf } from '@kvdol/core/adapter'

export const OPTIONS = {
  /** Between the cells of a row: one character. @default ',' */
  delimiter: option<string>('one character, and neither a quote nor a line break', isDelimiter).or(','),
  /** After each row that is written. When reading, `\r\n`, `\n` and `\r` all end a row. @default '\r\n' */
  newline: oneOf('\r\n', '\n').or('\r\n'),
}

export type CsvOptions = OptionsOf<typeof OPTIONS>

export type Dialect = SettingsOf<typeof OPTIONS>

/** The names of columns. */
export const names: Option<readonly string[]> = option('an array of different names, at least one', areNames)

/** Whether `value` is a list of names, all different. */
export function areNames(value: unknown): value is readonly string[] {
  if (!Array.isArray(value) || value.length === 0 || new Set(value).size !== value.length) return false
  return value.every(name => typeof name === 'string' && name.isWellFormed())
}

function isDelimiter(value: unknown): boolean {
  return typeof value === 'string' && value.length === 1 && !/["\r\n\ufeff\ud800-\udfff]/.test(value)
}
