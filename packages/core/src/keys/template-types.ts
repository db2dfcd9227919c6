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

/** No converters but the built-in ones. */
export type NoConverters = Readonly<Record<never, never>>

/** What a converter of this name makes; custom ones come first, and of a whole record of them any may have the name. */
type ValueOfConverter<Name extends string, C> = string extends keyof C
  ? Converted<C[keyof C]> | BuiltInValue<Name>
  : Name extends keyof C
    ? Converted<C[Name]>
    : BuiltInValue<Name>

type Converted<C> = C extends { decode(text: string): infer Value } ? Exclude<Value, undefined> : never

type BuiltInValue<Name extends string> = Name extends keyof BuiltIn ? BuiltIn[Name] : never

/** What is wrong with a template, in words. */
export interface Mistake<Words extends string> {
  readonly mistake: Words
}

/**
 * The fields of a template in order, `[['user', string], ['year', number]]`, or the first {@link Mistake} in it; any where
 * the pattern is only known at run time. `Touches` is the field right before `Pattern`, if it has no fixed length.
 */
export type FieldsOf<
  Pattern extends string,
  C = NoConverters,
  Found extends readonly Field[] = [],
  Touches extends string = never,
> =
  Record<never, never> extends Record<Pattern, 1>
    ? readonly Field[]
    : Pattern extends `${infer Before}{${infer Rest}`
      ? LoneBrace<Before> extends true
        ? Mistake<'} has no partner: write }} for a literal brace'>
        : Rest extends `{${infer After}`
          ? FieldsOf<After, C, Found>
          : Rest extends `${infer Spec}}${infer After}`
            ? FieldOf<Spec, C, Found> extends infer Next
              ? Next extends Field
                ? Spec extends Fixed<C>
                  ? FieldsOf<After, C, [...Found, Next]>
                  : '' extends Before
                    ? [Touches] extends [never]
                      ? FieldsOf<After, C, [...Found, Next], Next[0]>
                      : Mistake<`nothing tells where ${Touches} ends and ${Next[0]} begins`>
                    : FieldsOf<After, C, [...Found, Next], Next[0]>
                : Next
              : never
            : Mistake<'{ has no partner: write {{ for a literal brace'>
      : LoneBrace<Pattern> extends true
        ? Mistake<'} has no partner: write }} for a literal brace'>
        : Found extends readonly []
          ? Mistake<'a template has at least one field, such as {name}'>
          : Found

/** Fields of a fixed length, and those of converters whose length only the program knows. */
type Fixed<C> =
  | `${string}:${'date' | 'datetime' | (keyof C & string)}`
  | ('string' extends keyof C ? string : never)

type LoneBrace<Text extends string> = Text extends `${infer Before}}}${infer After}`
  ? Before extends `${string}}${string}`
    ? true
    : LoneBrace<After>
  : Text extends `${string}}${string}`
    ? true
    : false

type Field = readonly [name: string, value: unknown]

type FieldOf<Spec extends string, C, Found extends readonly Field[]> = Spec extends `${string}{${string}`
  ? Mistake<'{ has no partner: write {{ for a literal brace'>
  : Spec extends ''
    ? Named<`${Found['length']}`, 'string', C, Found>
    : Spec extends `${infer Name}:${infer Converter}`
      ? Name extends ''
        ? Mistake<'a field has a name before its colon'>
        : Named<Name, Converter, C, Found>
      : Named<Spec, 'string', C, Found>

type Named<
  Name extends string,
  Converter extends string,
  C,
  Found extends readonly Field[],
> = Name extends Found[number][0]
  ? Mistake<`there are two fields ${Name}`>
  : Converter extends keyof C | keyof BuiltIn
    ? [Name, ValueOfConverter<Converter, C>]
    : Mistake<`there is no converter ${Converter}`>

/** The pattern itself, or in its place what is wrong with it. */
export type PatternOf<Pattern extends string, C> = Pattern extends string
  ? FieldsOf<Pattern, C> extends Mistake<infer Words>
    ? Words
    : Pattern
  : never

/** The fields as a record: `{ user: string; year: number }`. */
export type RecordOf<Fields> = Fields extends readonly Field[]
  ? { [F in Fields[number] as F[0]]: F[1] }
  : never

/** The fields as a tuple: `readonly [string, number]`. */
export type TupleOf<Fields> = Fields extends readonly [
  infer First extends Field,
  ...infer Rest extends readonly Field[],
]
  ? readonly [First[1], ...TupleOf<Rest>]
  : Fields extends readonly []
    ? readonly []
    : readonly unknown[]

/** The template of a pattern; of several patterns, one of their templates. */
export type TemplateOf<Pattern extends string, C> = Pattern extends string
  ? Template<RecordOf<FieldsOf<Pattern, C>>, TupleOf<FieldsOf<Pattern, C>>>
  : never

/** In place of a function that only a template with one field has. */
export interface OnlyForTemplatesWithOneField {
  readonly fields: 'more than one'
}

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
  tuple<Labelled extends Tuple = Tuple>(): KeyCodec<Readonly<Labelled>, string>
  /** The codec whose keys are the values of the one field. Throws `TypeError` where there are more. */
  readonly scalar: Tuple extends readonly [infer Only]
    ? () => KeyCodec<Only, string>
    : number extends Tuple['length']
      ? () => KeyCodec<unknown, string>
      : OnlyForTemplatesWithOneField
}
