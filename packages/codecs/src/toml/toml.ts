import type { ValueCodec } from '@kvdol/core'
import { maker, typeName } from '@kvdol/core/adapter'
import { parse, stringify, TomlError } from 'smol-toml'
import { assertData, type Format, findMisfit, MAX_DEPTH } from '../assert-data.ts'
import { corrupt, invalidValue } from '../failure.ts'
import { isPlain } from '../is-plain.ts'
import { plainData } from '../plain-data.ts'
import { sameData } from '../same-data.ts'

const READING = { integersAsBigInt: 'asNeeded', maxDepth: MAX_DEPTH } as const

const FORMAT: Format = {
  name: 'toml()',
  holds: value =>
    typeof value === 'number' ||
    typeof value === 'boolean' ||
    typeof value === 'bigint' ||
    (value instanceof Date && !Number.isNaN(value.getTime())) ||
    (typeof value === 'string' && value.isWellFormed()),
  holdsName: name => name.isWellFormed(),
}

/**
 * TOML text (version 1.0). Holds plain objects of booleans, numbers, well-formed strings, dates, arrays, and plain objects,
 * to a depth of 100; integers that a number cannot hold are bigints. A property that is `undefined` is left out, and
 * `-0` becomes `0`. Anything else is refused with `InvalidValue`: `null`, which TOML does not have, smaller bigints, and a
 * whole value that is no object. Comments and layout of a text are lost when its value is written again.
 *
 * Dates come back as the `TomlDate`s of `smol-toml`, which are dates that also know whether they are local. What is no TOML
 * is `Corrupt`, with the line.
 *
 * @example
 * ```ts
 * const settings = pipe(files('settings'), textValues(), mapValues(toml<Settings>()))
 * ```
 */
export function toml<T extends object = Record<string, unknown>>(): ValueCodec<T, string> {
  return { name: 'toml()', decode: text => decode(text) as T, encode }
}

maker(toml)

function encode(value: unknown): string {
  if (!isPlain(value)) throw invalidValue(`toml() holds plain objects, not ${typeName(value)}`)
  assertData(FORMAT, value)
  const text = stringify(value, { maxDepth: MAX_DEPTH + 1 })
  // What the library would drop or change is not stored.
  if (!sameData(value, parse(text, READING)))
    throw invalidValue(
      'toml() cannot hold a part of the value: a bigint that is no larger than a number can hold',
    )
  return text
}

function decode(text: string): unknown {
  if (typeof text !== 'string')
    throw corrupt(`toml() decodes text, not ${typeName(text)}; put text() or textValues() under it`)
  const value = parsed(text)
  if (findMisfit(FORMAT, value) !== undefined)
    throw corrupt('the stored text holds half of a surrogate pair, or more than 100 levels')
  return value
}

function parsed(text: string): unknown {
  try {
    return plainData(parse(text, READING))
  } catch (error) {
    // The library's message quotes the text, and a stored value must not get into messages.
    const line = error instanceof TomlError ? ` (line ${error.line})` : ''
    throw corrupt(`the stored text is not TOML${line}`)
  }
}
