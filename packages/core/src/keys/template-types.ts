import type { KeyCodec } from '../codec.ts'
import type { PrefixOf } from '../store.ts'
import type { Converter } from './converter.ts'

/** Converters by name. */
// biome-ignore lint/suspicious/noExplicitAny: constraint alias, converters of any type
export type Converters = Readonly<Record<string, Converter<any>>>

/** What the built-in converters make of a field's text. */
interface BuiltIn {
  string: string
  path: string
  int: number
  float: number
  date: Date
  datetime: Date
}

/** Without custom converters `C` is the constraint, whose keys are all strings. */
type ValueOfConverter<Name extends string, C> = string extends keyof C
  ? BuiltInValue<Name>
  : Name extends keyof C
    ? C[Name] extends { decode(text: string): infer Value }
      ? Exclude<Value, undefined>
      : never
    : BuiltInValue<Name>

type BuiltInValue<Name extends string> = Name extends keyof BuiltIn ? BuiltIn[Name] : never

/** The fields of a template in order: `[['user', string], ['year', number]]`. */
export type FieldsOf<Pattern extends string, C, Found extends readonly Field[] = []> = string extends Pattern
  ? readonly Field[]
  : Pattern extends `${string}{${infer Rest}`
    ? Rest extends `{${infer After}`
      ? FieldsOf<After, C, Found>
      : Rest extends `${infer Spec}}${infer After}`
        ? FieldsOf<After, C, [...Found, FieldOf<Spec, C, Found>]>
        : Found
    : Found

type Field = readonly [name: string, value: unknown]

type FieldOf<Spec extends string, C, Found extends readonly Field[]> = Spec extends ''
  ? [`${Found['length']}`, string]
  : Spec extends `${infer Name}:${infer Converter}`
    ? [Name, ValueOfConverter<Converter, C>]
    : [Spec, string]

/** The fields as a record: `{ user: string; year: number }`. */
export type RecordOf<Fields extends readonly Field[]> = { [F in Fields[number] as F[0]]: F[1] }

/** The fields as a tuple: `[string, number]`. */
export type TupleOf<Fields extends readonly Field[]> = Fields extends readonly [
  infer First extends Field,
  ...infer Rest extends readonly Field[],
]
  ? [First[1], ...TupleOf<Rest>]
  : Fields extends readonly []
    ? []
    : unknown[]

/** The one field's value, where there is just one. */
type Single<Tuple extends readonly unknown[]> = Tuple extends readonly [infer Only] ? Only : never

/** A key codec between keys and the fields they are made of; see `template`. */
export interface Template<Fields, Tuple extends readonly unknown[]> extends KeyCodec<Fields, string> {
  /** The text it was made from. */
  readonly pattern: string
  /** What all keys start with whose leading fields are these: up to the first field that is not given. */
  prefix(leading?: PrefixOf<Fields>): string
  /** The fields of `key`. Throws `InvalidKey` for a key that is not made by this template. */
  parse(key: string): Fields
  /** The key with these fields. Throws `InvalidKey` for fields that would not be read back the same. */
  format(fields: Fields): string
  /** Whether `key` is made by this template, for `filterKeys`. */
  matches(key: string): boolean
  /** `key` with some fields changed. Throws `InvalidKey` as `parse` and `format` do. */
  replace(key: string, changes: Partial<Fields>): string
  /** The codec whose keys are tuples of the fields in order; name the elements with `tuple<[user: string]>()`. */
  tuple<Labelled extends Tuple = Tuple>(): KeyCodec<Labelled, string>
  /** The codec whose keys are the values of the one field. Throws `TypeError` where there are more. */
  readonly scalar: Tuple extends readonly [unknown] ? () => KeyCodec<Single<Tuple>, string> : never
}
