import type { Reader, Store } from '@kvdol/core'
import type { Fields, Selected } from '@kvdol/core/adapter'
import type { Collection, WithId } from 'mongodb'
import type { MongoRecord } from '../shapes.ts'
import type { DocumentsOptions } from './options.ts'

/** The documents of a collection, as it declares them; of any kind where it does not. */
export type RecordOf<Place> =
  Place extends Collection<infer Declared>
    ? string extends keyof Declared
      ? MongoRecord
      : Declared extends { _id: unknown }
        ? Declared
        : WithId<Declared>
    : MongoRecord

type NamesOf<F> = F extends string
  ? F
  : F extends readonly (infer Name)[]
    ? Name
    : F extends { readonly record: readonly (infer Name)[] }
      ? Name
      : never

type KeyFields<O> = O extends { readonly key: infer F extends Fields } ? F : '_id'

type KeyFor<R, O> = Selected<R, KeyFields<O>>

type OneValue<R, O> = O extends { readonly value: infer F extends Fields }
  ? Selected<R, F>
  : Omit<R, NamesOf<KeyFields<O>> & PropertyKey>

type ValueFor<R, O> = O extends { readonly match: 'all' } ? OneValue<R, O>[] : OneValue<R, O>

/** The store that these options make of documents of type `R`; one that shows a part of them can only be read. */
export type DocumentsStore<R, O extends DocumentsOptions> = O extends
  | { readonly limit: number }
  | { readonly skip: number }
  ? Reader<KeyFor<R, O>, ValueFor<R, O>>
  : Store<KeyFor<R, O>, ValueFor<R, O>>
