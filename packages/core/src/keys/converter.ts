import { printValue } from '../print-key.ts'
import { type Automaton, exactly, is, isDigit, run, table } from './automaton.ts'

/** How a template field's text becomes a value and back, one to one. */
export interface Converter<Value> {
  /** The value, or `undefined` for a text that `encode` would never make. Throwing means the same. */
  decode(text: string): Value | undefined
  /** The text, not empty. Throws for a value outside the domain; the message becomes the error's. */
  encode(value: Value): string
  /**
   * Which characters the text may have, as a regular expression for one character, such as `/[0-9a-f]/`.
   * @default any but `/`
   */
  readonly character?: RegExp
  /** How many characters the text has, if always the same number; at most 256. */
  readonly length?: number
}

/** A converter with its automaton. */
export interface CompiledConverter extends Converter<unknown> {
  readonly automaton: Automaton
  /** Values are the texts themselves. */
  readonly isText?: true
}

const string = { decode: (text: string) => text, encode: checkedString, isText: true } as const
const notSlash = (unit: number) => unit !== 0x2f
const anyUnit = () => true
const minus = is('-')
const nonZero = (unit: number) => isDigit(unit) && unit !== 0x30

/** `0`, `42`, `-7`; not `007`, `+1` or `-0`. */
const int = () =>
  table(
    [
      [
        [minus, 1],
        [nonZero, 2],
        [isDigit, 3],
      ],
      [[nonZero, 2]],
      [[isDigit, 2]],
      [],
    ],
    [2, 3],
  )

/** As JavaScript writes numbers: `0.5`, `-12`, `1e+21`, `1.5e-7`. */
const float = () =>
  table(
    [
      [
        [minus, 1],
        [isDigit, 2],
      ],
      [[isDigit, 2]],
      [
        [isDigit, 2],
        [is('.'), 3],
        [is('e'), 5],
      ],
      [[isDigit, 4]],
      [
        [isDigit, 4],
        [is('e'), 5],
      ],
      [[unit => unit === 0x2b || unit === 0x2d, 6]],
      [[isDigit, 7]],
      [[isDigit, 7]],
    ],
    [2, 4, 7],
  )

/** Made for a template that names them, as most programs have few. */
const BUILT_IN: ReadonlyMap<string, () => CompiledConverter> = new Map<string, () => CompiledConverter>([
  ['string', () => ({ ...string, automaton: run(notSlash) })],
  ['path', () => ({ ...string, automaton: run(anyUnit) })],
  ['int', () => ({ decode: Number, encode: encodeInt, automaton: int() })],
  ['float', () => ({ decode: Number, encode: encodeFloat, automaton: float() })],
  ['date', () => ({ decode: toDate, encode: encodeDate, automaton: shaped('0000-00-00') })],
  [
    'datetime',
    () => ({ decode: toDate, encode: encodeDatetime, automaton: shaped('0000-00-00T00:00:00.000Z') }),
  ],
])

/** The converter of this name, `undefined` if there is none. Custom converters come before built-in ones. */
export function findConverter(
  name: string,
  custom: Readonly<Record<string, Converter<unknown>>>,
): CompiledConverter | undefined {
  return Object.hasOwn(custom, name) ? compile(name, custom[name]) : BUILT_IN.get(name)?.()
}

function compile(name: string, converter: Converter<unknown> | undefined): CompiledConverter {
  if (typeof converter?.decode !== 'function' || typeof converter.encode !== 'function')
    throw new TypeError(`template: the converter ${name} needs both decode and encode`)
  const { character, length } = converter
  if (length !== undefined && !(Number.isInteger(length) && length > 0 && length <= 256))
    throw new TypeError(`template: the length of the converter ${name} is a whole number from 1 to 256`)
  const allows = character === undefined ? notSlash : oneCharacter(character)
  return {
    decode: text => converter.decode(text),
    encode: value => checkedString(converter.encode(value)),
    automaton: length === undefined ? run(allows) : exactly(Array(length).fill(allows)),
  }
}

/** Without the flags that make `test` remember where it was. */
function oneCharacter(character: RegExp): (unit: number) => boolean {
  const expression = new RegExp(character.source, character.flags.replace(/[gy]/g, ''))
  return unit => expression.test(String.fromCharCode(unit))
}

function shaped(example: string): Automaton {
  return exactly([...example].map(character => (character === '0' ? isDigit : is(character))))
}

function checkedString(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError(`is ${printValue(value)}, not a string`)
  return value
}

function encodeInt(value: unknown): string {
  if (!Number.isSafeInteger(value) || Object.is(value, -0))
    throw new TypeError(`is ${shown(value)}, not a whole number up to 2^53 - 1`)
  return String(value)
}

function encodeFloat(value: unknown): string {
  if (!Number.isFinite(value) || Object.is(value, -0))
    throw new TypeError(`is ${shown(value)}, not a finite number`)
  return String(value)
}

function shown(value: unknown): string {
  return Object.is(value, -0) ? '-0' : printValue(value)
}

function toDate(text: string): Date | undefined {
  const date = new Date(text)
  return Number.isNaN(date.getTime()) ? undefined : date
}

function encodeDate(value: unknown): string {
  const text = encodeDatetime(value)
  if (!text.endsWith('T00:00:00.000Z'))
    throw new TypeError('is not midnight UTC; use datetime for a time of day')
  return text.slice(0, 10)
}

function encodeDatetime(value: unknown): string {
  if (!(value instanceof Date)) throw new TypeError(`is ${printValue(value)}, not a Date`)
  const text = Number.isNaN(value.getTime()) ? '' : value.toISOString()
  if (text.length !== 24) throw new TypeError('is no date in the years 0 to 9999')
  return text
}
