import type { Plan, PlannedColumn } from '../plan.ts'
import { type Draft, ordered } from '../statements.ts'

/** The column of a key that is a text, compared and sorted by its code points; `undefined` for any other key. */
export function textKey({ settings, keyColumns: [column] }: Plan): PlannedColumn | undefined {
  return typeof settings.key === 'string' && column?.isText ? { ...column, loose: true } : undefined
}

/** Holds for texts that begin with this one: a range, in which `%` and `_` are nothing but characters. */
export function under(column: PlannedColumn, prefix: string, plan: Plan, { bind }: Draft): string[] {
  const { exactText, noNul } = plan.dialect.types
  if (noNul && prefix.includes('\0')) return ['1 = 0']
  const text = ordered(column, plan)
  const end = successor(prefix)
  return [
    ...(prefix === '' ? [] : [`${text} >= ${bind(exactText(prefix))}`]),
    ...(end === undefined ? [] : [`${text} < ${bind(exactText(end))}`]),
  ]
}

/** The first text after all that begin with this one; `undefined` where there is none. */
export function successor(prefix: string): string | undefined {
  const characters = [...prefix]
  for (;;) {
    const code = characters.pop()?.codePointAt(0)
    if (code === undefined) return undefined
    // No text holds one half of a surrogate pair.
    if (code < 0x10ffff)
      return characters.join('') + String.fromCodePoint(code === 0xd7ff ? 0xe000 : code + 1)
  }
}
