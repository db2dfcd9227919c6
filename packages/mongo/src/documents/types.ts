import type { Reader, Store } from '@kvdol/core'
import type { Fields, FieldsOf, NamesIn, Selected, Without } from '@kvdol/core/adapter'
import type { Collection, WithId } from 'mongodb'
import type { MongoRecord } from '../shapes.ts'
import type { DocumentsOptions, Intervals } from './options.ts'

/** The documents of a collection, as it declares them; of any kind where it does not. */
export type RecordOf<Place> =
  Place extends Collection<infer Declared>
    ? string extends keyof Declared
      ? MongoRecord
      : Declared extends { _id: unknown }
        ? Declared
        : WithId<Declared>
    : MongoRecord

/** The names of the fields of a record; any where nothing is known of it. */
export type FieldOf<R> = string extends keyof R ? string : keyof R & string

/** Options whose names are checked against the fields of the records. */
export interface NamedOptions<R> {
  /**
   * Which fields are the key: a name for bare values, a list of names for tuples, `{ record: names }` for records.
   * @default '_id'
   */
  readonly key?: FieldsOf<FieldOf<R>> | undefined
  /**
   * Which fields are the value, in the same forms. A write then leaves all other fields as they are.
   * @default a record of all fields that are not the key; a write replaces the document
   */
  readonly value?: FieldsOf<FieldOf<R>> | undefined
  /** Order of listings, and of documents with one key: fields with 1 or -1. */
  readonly sort?: { readonly [N in FieldOf<R>]?: 1 | -1 | undefined } | undefined
  /** Refuses records whose interval overlaps another's; see {@link Intervals}. */
  readonly intervals?: Intervals<FieldOf<R>> | undefined
}

/** Options of {@link documents} over records of type `R`. */
export type DocumentsOptionsOf<R> = Omit<DocumentsOptions, keyof NamedOptions<R>> & NamedOptions<R>

/** Without strict checks everything may be undefined, and nothing is said of it. */
type MayBeUndefined<T> = undefined extends 0 ? false : undefined extends T ? true : false

/** An option as it may be: what it is by default where it may not be given. */
type Given<O, Name extends string, Default> = Name extends keyof O
  ? MayBeUndefined<O[Name]> extends true
    ? Exclude<O[Name], undefined> | Default
    : O[Name]
  : Default

type KeyFields<O> = Extract<Given<O, 'key', '_id'>, Fields>

type KeyFor<R, O> = Selected<R, KeyFields<O>>

type OneValue<R, O, V = Given<O, 'value', undefined>> = V extends Fields
  ? Selected<R, V>
  : Without<R, NamesIn<KeyFields<O>>>

type ValueFor<R, O, M = Given<O, 'match', 'unique'>> = M extends 'all' ? OneValue<R, O>[] : OneValue<R, O>

/** Whether the options may cut a part out of the collection. */
type IsPart<O> = [Given<O, 'limit', undefined> | Given<O, 'skip', undefined>] extends [undefined]
  ? false
  : true

/** The store that these options make of documents of type `R`; one that may show a part of them can only be read. */
export type DocumentsStore<R, O> =
  IsPart<O> extends true ? Reader<KeyFor<R, O>, ValueFor<R, O>> : Store<KeyFor<R, O>, ValueFor<R, O>>
