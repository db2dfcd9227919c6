export interface CsvOptions {
  /** Between the cells of a row: one character. @default ',' */
  delimiter?: string | undefined
  /** After each row that is written. When reading, `\r\n`, `\n` and `\r` all end a row. @default '\r\n' */
  newline?: '\r\n' | '\n' | undefined
}

export type Dialect = { readonly [Name in keyof CsvOptions]-?: NonNullable<CsvOptions[Name]> }

/** The options with defaults. Throws `TypeError` for a dialect that could not be read again. */
export function dialectOf({ delimiter = ',', newline = '\r\n' }: CsvOptions): Dialect {
  if (typeof delimiter !== 'string' || delimiter.length !== 1 || /["\r\n\ufeff\ud800-\udfff]/.test(delimiter))
    throw new TypeError('csv: a delimiter is one character, and neither a quote nor a line break')
  if (newline !== '\r\n' && newline !== '\n') throw new TypeError(`csv: newline is '\\r\\n' or '\\n'`)
  return { delimiter, newline }
}
