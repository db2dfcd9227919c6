import type { ValueCodec } from '@kvdol/core'
import { maker, typeName } from '@kvdol/core/adapter'
import { parse, stringify } from 'ini'
import { assertData, type Format, findMisfit } from '../assert-data.ts'
import { corrupt, invalidValue } from '../failure.ts'
import { isPlain } from '../is-plain.ts'
import { plainData } from '../plain-data.ts'
import { sameData } from '../same-data.ts'

const FORMAT: Format = {
  name: 'ini()',
  holds: value =>
    value === null || typeof value === 'boolean' || (typeof value === 'string' && value.isWellFormed()),
  holdsName: name => name.isWellFormed(),
}

/**
 * INI text: settings, and sections of them. Holds plain objects of strings, `true`, `false`, `null`, and lists of these
 * (as `name[]=`), and nested objects as sections. The words `true`, `false` and `null` come back as what they say, and a
 * name alone is `true`. A property that is `undefined` is left out.
 *
 * INI has no standard and cannot write everything: what would not come back as it was is refused with `InvalidValue`, such
 * as numbers, empty lists and sections, the text `true`, and names with odd characters. Comments and layout of a text
 * are lost when its value is written again.
 *
 * @example
 * ```ts
 * const settings = pipe(files('settings'), textValues(), mapValues(ini<Settings>()))
 * ```
 */
export function ini<T extends object = Record<string, unknown>>(): ValueCodec<T, string> {
  return { name: 'ini()', decode: text => decode(text) as T, encode }
}

maker(ini)

function encode(value: unknown): string {
  if (!isPlain(value)) throw invalidValue(`ini() holds plain objects, not ${typeName(value)}`)
  assertData(FORMAT, value)
  // The same on every platform.
  const text = stringify(withoutUndefined(value), { platform: 'linux' })
  for (const [name, part] of Object.entries(value))
    if (part !== undefined && !comesBack(name, part)) throw cannotHold(name)
  if (!sameData(value, parse(text))) throw cannotHold()
  return text
}

/** The library writes what is `undefined` as that word. */
function withoutUndefined(value: unknown): unknown {
  if (!isPlain(value)) return value
  const kept = Object.entries(value).filter(([, part]) => part !== undefined)
  return Object.fromEntries(kept.map(([name, part]) => [name, withoutUndefined(part)]))
}

function comesBack(name: string, part: unknown): boolean {
  const alone = Object.fromEntries([[name, withoutUndefined(part)]])
  return sameData(alone, parse(stringify(alone, { platform: 'linux' })))
}

function cannotHold(name?: string): Error {
  const where =
    name === undefined ? 'the value' : `what is at ${JSON.stringify(name.slice(0, 100).toWellFormed())}`
  return invalidValue(`ini() cannot hold ${where}: it would come back changed`)
}

function decode(text: string): unknown {
  if (typeof text !== 'string')
    throw corrupt(`ini() decodes text, not ${typeName(text)}; put text() or textValues() under it`)
  // A byte order mark would become a part of the first name.
  const value = plainData(parse(text.startsWith('\ufeff') ? text.slice(1) : text))
  if (findMisfit(FORMAT, value) !== undefined)
    throw corrupt('the stored text holds half of a surrogate pair, or more than 100 levels')
  return value
}
