import { invalidKey } from '../check.ts'
import type { KeyCodec } from '../codec.ts'
import { maker } from '../makers.ts'
import { option } from '../options/option.ts'
import { settingsOf } from '../options/settings-of.ts'
import { printKey, typeName } from '../print-key.ts'
import { parseTemplate, type TemplateField, type TemplateParts } from './template-parts.ts'
import type { Converters, NoConverters, PatternOf, Template, TemplateOf } from './template-types.ts'
import { readValues, writeKey, writePrefix } from './template-values.ts'

export interface TemplateOptions<C extends Converters> {
  /** Further converters, by the name that follows the colon. They come before the built-in ones. */
  converters?: C | undefined
}

const OPTIONS = {
  converters: option<Converters>(
    'an object of converters by name',
    value => typeof value === 'object' && value !== null,
  ),
}

/**
 * Keys as the fields they are made of: `{ user: 'ann', year: 2024 }` for `data/ann/2024.json`.
 *
 * - `{name}` is text without `/`, `{name:path}` text that may hold `/`; neither is ever empty. `{}` is named by its
 *   place: `'0'`, `'1'`, …
 * - `{name:int}` is a safe integer, `{name:float}` a finite number, both written as JavaScript writes them.
 * - `{name:date}` is a `Date` at midnight UTC, written `2024-02-29`; `{name:datetime}` is any `Date` from year 0 to
 *   9999, written `2024-02-29T12:00:00.000Z`.
 * - `{{` and `}}` are literal braces.
 *
 * One to one: a key is in the view only if its fields make exactly that key again (`007` is no `int`), and fields
 * are refused with `InvalidKey` if they would not be read back the same. Where a key could be divided in several
 * ways, each field, from the left, takes as much as it can. Reading a key takes time linear in its length.
 *
 * Throws `TypeError` naming the place of a mistake in the template.
 *
 * @example
 * ```ts
 * const years = pipe(files('.'), mapKeys(template('data/{user}/{year:int}.json').tuple<[user: string, year: number]>()))
 * await years.get(['ann', 2024])
 * for await (const [user, year] of years.keys({ prefix: ['ann'] })) console.log(user, year) // lists data/ann/ only
 * ```
 */
export function template<const Pattern extends string>(
  pattern: PatternOf<Pattern, NoConverters>,
): TemplateOf<Pattern, NoConverters>
export function template<const Pattern extends string, C extends Converters = Converters>(
  pattern: PatternOf<Pattern, C>,
  options: TemplateOptions<C> | undefined,
): TemplateOf<Pattern, C>
export function template(pattern: string, options?: TemplateOptions<Converters>): unknown {
  const { converters = {} } = settingsOf('template', OPTIONS, options)
  return compileTemplate(pattern, parseTemplate(pattern, converters))
}

maker(template)

type Fields = Record<string, unknown>

function compileTemplate(pattern: string, parts: TemplateParts): Template<Fields, readonly [unknown]> {
  const { fields } = parts
  const name = `template(${JSON.stringify(pattern)})`
  const read = (key: string) => readValues(parts, key)

  const decode = (key: string): Fields | undefined => toRecord(fields, read(key))
  const encode = (record: Fields): string => writeKey(parts, recordValues(fields, record))
  const prefix = (leading: Partial<Fields> = {}): string => writePrefix(parts, recordValues(fields, leading))
  const parse = (key: string): Fields => {
    const record = typeof key === 'string' ? decode(key) : undefined
    if (record === undefined) throw invalidKey('no-match', `${printKey(key)} is no key of ${name}`)
    return record
  }

  return {
    name,
    pattern,
    decode,
    encode,
    prefix,
    parse,
    format: encode,
    matches: key => typeof key === 'string' && read(key) !== undefined,
    replace: (key, changes) => encode({ ...parse(key), ...changes }),
    tuple: <Labelled extends readonly unknown[]>() =>
      ({
        name: `${name}.tuple()`,
        decode: key => read(key) as Labelled | undefined,
        encode: tuple => writeKey(parts, tupleValues(fields, tuple)),
        prefix: leading => writePrefix(parts, tupleValues(fields, leading ?? [])),
      }) as KeyCodec<Labelled, string>,
    scalar: () => scalar(name, parts),
  }
}

function scalar(name: string, parts: TemplateParts): KeyCodec<unknown, string> {
  if (parts.fields.length !== 1)
    throw new TypeError(`${name} has ${parts.fields.length} fields; scalar() is for one`)
  const { before, isText } = parts.fields[0] as TemplateField
  return {
    name: `${name}.scalar()`,
    ...(isText && { keys: 'string' as const }),
    decode: key => readValues(parts, key)?.[0],
    encode: value => writeKey(parts, [value]),
    prefix: outer => (before + (typeof outer === 'string' ? outer : '')) as never,
  }
}

/** The fields' values in order, taken from the record's own properties; refuses others. */
function recordValues(fields: readonly TemplateField[], record: unknown): unknown[] {
  if (typeof record !== 'object' || record === null || Array.isArray(record))
    throw invalidKey('not-a-record', `a key is a record of fields here, not ${typeName(record)}`)
  const unknownName = Object.keys(record).find(name => !fields.some(field => field.name === name))
  if (unknownName !== undefined)
    throw invalidKey('unknown-field', `there is no field ${printKey(unknownName)}`)
  return fields.map(({ name }) => (Object.hasOwn(record, name) ? (record as Fields)[name] : undefined))
}

/** The leading fields' values; refuses more than there are fields. */
function tupleValues(fields: readonly TemplateField[], tuple: unknown): readonly unknown[] {
  if (!Array.isArray(tuple)) throw invalidKey('not-a-tuple', `a key is a tuple here, not ${typeName(tuple)}`)
  if (tuple.length > fields.length)
    throw invalidKey('too-many', `a key has ${fields.length} elements here, not ${tuple.length}`)
  return tuple
}

function toRecord(
  fields: readonly TemplateField[],
  values: readonly unknown[] | undefined,
): Fields | undefined {
  // Defines properties, so that a field named `__proto__` is an ordinary one.
  return values && Object.fromEntries(fields.map(({ name }, index) => [name, values[index]]))
}
