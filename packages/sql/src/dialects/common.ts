import type { Dialect, Kind, Upsert } from './dialect.ts'

/** An upsert as SQLite and PostgreSQL know it, behind a way to begin an insert. */
export const upsertBy =
  (insert: Dialect['insert']) =>
  (parts: Upsert): string =>
    `${insert(parts.table, parts.columns, parts.identity)} ${parts.source} ${conflictClause(parts)}`

function conflictClause({ table, target, updated, assign, condition }: Upsert): string {
  const sets = updated.map(column => {
    const given = `excluded.${column}`
    return `${column} = ${assign?.(column, `${table}.${column}`, given) ?? given}`
  })
  const where = condition === undefined ? '' : ` WHERE ${condition}`
  const action = sets.length > 0 ? `UPDATE SET ${sets.join(', ')}${where}` : 'NOTHING'
  return `ON CONFLICT (${target.join(', ')}) DO ${action}`
}

/** `"name"`, with quotes inside doubled. */
export function doubleQuoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The key of bytes from the database, or `undefined` for what is no key. */
export function keyOfBytes(native: unknown): string | undefined {
  try {
    const key = decoder.decode(native as Uint8Array)
    return key === '' ? undefined : key
  } catch {
    return undefined
  }
}

/** Keys that are bound and read as bytes. */
export const byteKeys = {
  bind: (key: string): Uint8Array => Buffer.from(key),
  expression: (parameter: string): string => parameter,
  column: (quoted: string): string => quoted,
  read: keyOfBytes,
}

/** A text up to and with the first slash behind so many characters, which `slash` finds in what begins there, or all of it. */
export function firstPart(text: string, length: number, slash: (start: number) => string): string {
  const found = slash(length + 1)
  return `CASE ${found} WHEN 0 THEN ${text} ELSE substr(${text}, 1, ${length} + ${found}) END`
}

/** The kind of each type, from the types of each kind. */
export function kindsByType(
  types: Partial<Readonly<Record<Kind, readonly string[]>>>,
): ReadonlyMap<string, Kind> {
  return new Map(
    Object.entries(types).flatMap(([kind, names]) => names.map(name => [name, kind as Kind] as const)),
  )
}
