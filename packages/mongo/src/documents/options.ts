import {
  callback,
  type Fields,
  flag,
  type OptionsOf,
  oneOf,
  option,
  type SettingsOf,
  settingsOf as settled,
  wholeNumber,
} from '@kvdol/core/adapter'
import { COMMON, type CommonOptions } from '../options.ts'
import type { MongoRecord } from '../shapes.ts'
import { isFieldName } from './records/to-data.ts'

/** A document that no key stands for. */
export interface ForeignRecord {
  readonly id: unknown
}

/**
 * The rule that intervals of one source do not overlap: a write rejects `Conflict` when another document with the same
 * `source` begins before this one ends and ends after it begins.
 *
 * The rule is looked at before the write. Two writers at the same moment may both find nothing; where that can be, let
 * one process write.
 */
export interface Intervals<Name extends string = string> {
  /** The field, or fields, that tell whose interval it is. */
  readonly source: Name | readonly Name[]
  /** The field with the beginning. */
  readonly begin: Name
  /** The field with the end, which is not part of the interval any more. */
  readonly end: Name
}

const fields = option<Fields>(
  'a name, a list of names, or { record: names }; a name has no $ and no dot',
  // The form is checked by selectFields.
  value => value !== null && namesOf(value).every(name => typeof name !== 'string' || isFieldName(name)),
)

const OPTIONS = {
  ...COMMON,
  /**
   * Which fields are the key: a name for bare values, a list of names for tuples, `{ record: names }` for records.
   * @default '_id'
   */
  key: fields.or('_id'),
  /**
   * Which fields are the value, in the same forms. A write then leaves all other fields as they are.
   * @default a record of all fields that are not the key; a write replaces the document
   */
  value: fields,
  /**
   * Only documents that match are in the store: a filter of MongoDB. What it says of equality is added to what is
   * written, and a write that it would hide is refused. It is no access control: a pipeline of `aggregate` can read
   * other documents.
   */
  filter: option<MongoRecord>('an object', value => Object(value) === value && !Array.isArray(value)).or({}),
  /**
   * What happens when several documents have one key. `'unique'` rejects `Incompatible`, `'first'` takes the first by
   * `sort`, `'all'` makes an array of them, and a write replaces them all.
   * @default 'unique'
   */
  match: oneOf('unique', 'first', 'all').or('unique'),
  /** Order of listings, and of documents with one key: fields with 1 or -1. */
  sort: option<Readonly<Record<string, 1 | -1>>>('a record of fields with 1 or -1', isSort),
  /** At most so many documents are in the store, by `sort`, else by `_id`. The store can then only be read. */
  limit: wholeNumber(1, Number.MAX_SAFE_INTEGER),
  /** So many documents, by `sort`, else by `_id`, are left out. The store can then only be read. */
  skip: wholeNumber(0, Number.MAX_SAFE_INTEGER),
  /**
   * How 64-bit integers come back: `'number'` where JavaScript can hold them exactly and else `Long`, or always
   * `'bigint'`. A bigint can be written only with `'bigint'`, as it would come back as something else.
   * @default 'number'
   */
  int64: oneOf('number', 'bigint').or('number'),
  /** Refuses records whose interval overlaps another's; see {@link Intervals}. */
  intervals: option<Intervals>('{ source, begin, end }, names of fields', isIntervals),
  /** Told of documents that listing leaves out. Costs a query more for each listing. */
  onForeign: callback<(document: ForeignRecord) => void>(),
  /**
   * Whether `clear` may remove everything that the filter lets through.
   * @default false
   */
  allowClear: flag.or(false),
  /**
   * With `match: 'all'`: whether a write may replace documents in two steps, so that readers see old and new ones for a
   * moment. Otherwise it is a transaction, and rejects `Unsupported` on servers that have none.
   * @default false
   */
  allowTornReads: flag.or(false),
}

/** Options of {@link documents}. */
export type DocumentsOptions = CommonOptions & OptionsOf<typeof OPTIONS>

/** {@link DocumentsOptions} with every choice made. */
export type Settings = SettingsOf<typeof OPTIONS>

/** The settings of these options. Throws `TypeError` for an option that does not exist or makes no sense. */
export function settingsOf(options: DocumentsOptions | undefined): Settings {
  const settings = settled('documents', OPTIONS, options)
  const both = namesOf(settings.value).find(name => namesOf(settings.key).includes(name))
  if (both !== undefined)
    throw new TypeError(`documents: the field ${String(both)} is key or value, not both`)
  if (settings.allowTornReads && settings.match !== 'all')
    throw new TypeError("documents: allowTornReads belongs to match: 'all'")
  return settings
}

/** The names in a choice of fields. */
function namesOf(choice: unknown): readonly unknown[] {
  if (choice === undefined) return []
  if (Array.isArray(choice)) return choice
  const { record } = Object(choice) as { record?: unknown }
  return Array.isArray(record) ? record : [choice]
}

function isIntervals(value: unknown): boolean {
  const { source, begin, end, ...others } = Object(value) as Partial<Record<string, unknown>>
  const names = [...namesOf(source), begin, end]
  const named = names.length > 2 && names.every(name => typeof name === 'string' && isFieldName(name))
  return named && Object.keys(others).length === 0
}

function isSort(value: unknown): boolean {
  const ways = Object.entries(Object(value) as object)
  return ways.length > 0 && ways.every(([name, way]) => !name.startsWith('$') && (way === 1 || way === -1))
}
