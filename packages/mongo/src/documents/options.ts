import { type Fields, givenOptions, type OptionCheck, option } from '@kvdol/core'
import { COMMON_DEFAULTS, type CommonOptions, type CommonSettings, common } from '../settings.ts'
import type { MongoRecord } from '../shapes.ts'
import type { Intervals } from './intervals.ts'

/** A document that no key stands for. */
export interface ForeignRecord {
  readonly id: unknown
}

export interface DocumentsOptions extends CommonOptions {
  /**
   * Which fields are the key: a name for bare values, a list of names for tuples, `{ record: names }` for records.
   * @default '_id'
   */
  readonly key?: Fields | undefined
  /**
   * Which fields are the value, in the same forms. A write then leaves all other fields as they are.
   * @default a record of all fields that are not the key; a write replaces the document
   */
  readonly value?: Fields | undefined
  /**
   * Only documents that match are in the store: a filter of MongoDB. What it says of equality is added to what is
   * written, and a write that it would hide is refused.
   */
  readonly filter?: MongoRecord | undefined
  /**
   * What happens when several documents have one key. `'unique'` rejects `Incompatible`, `'first'` takes the first by
   * `sort`, `'all'` makes an array of them, and a write replaces them all.
   * @default 'unique'
   */
  readonly match?: 'unique' | 'first' | 'all' | undefined
  /** Order of listings, and of documents with one key: fields with 1 or -1. */
  readonly sort?: Readonly<Record<string, 1 | -1>> | undefined
  /** At most so many documents are in the store, by `sort`, else by `_id`. The store can then only be read. */
  readonly limit?: number | undefined
  /** So many documents, by `sort`, else by `_id`, are left out. The store can then only be read. */
  readonly skip?: number | undefined
  /**
   * How 64-bit integers come back: `'number'` where JavaScript can hold them exactly and else `Long`, or always
   * `'bigint'`. A bigint can be written only with `'bigint'`, as it would come back as something else.
   * @default 'number'
   */
  readonly int64?: 'number' | 'bigint' | undefined
  /** Refuses records whose interval overlaps another's; see {@link Intervals}. */
  readonly intervals?: Intervals | undefined
  /** Told of documents that listing leaves out. Costs a query more for each listing. */
  readonly onForeign?: ((document: ForeignRecord) => void) | undefined
  /**
   * Whether `clear` may remove everything that the filter lets through.
   * @default false
   */
  readonly allowClear?: boolean | undefined
  /**
   * With `match: 'all'`: whether a write may replace documents in two steps, so that readers see old and new ones for a
   * moment. Otherwise it is a transaction, and rejects `Unsupported` on servers that have none.
   * @default false
   */
  readonly allowTornReads?: boolean | undefined
}

/** {@link DocumentsOptions} with every choice made. */
export interface Settings extends CommonSettings {
  readonly key: Fields
  readonly value: Fields | undefined
  readonly filter: MongoRecord
  readonly match: 'unique' | 'first' | 'all'
  readonly sort: Readonly<Record<string, 1 | -1>> | undefined
  readonly limit: number | undefined
  readonly skip: number | undefined
  readonly int64: 'number' | 'bigint'
  readonly intervals: Intervals | undefined
  readonly onForeign: ((document: ForeignRecord) => void) | undefined
  readonly allowClear: boolean
  readonly allowTornReads: boolean
}

const DEFAULTS = {
  ...COMMON_DEFAULTS,
  key: '_id',
  value: undefined,
  filter: {},
  match: 'unique',
  sort: undefined,
  limit: undefined,
  skip: undefined,
  int64: 'number',
  intervals: undefined,
  onForeign: undefined,
  allowClear: false,
  allowTornReads: false,
} as const satisfies Settings

const fields: OptionCheck = [
  'a name, a list of names, or { record: names }; a name has no $ and no dot',
  // The form is checked by selectFields.
  value => namesOf(value).every(name => typeof name !== 'string' || isFieldName(name)),
]

const plain: OptionCheck = ['an object', value => typeof value === 'object' && !Array.isArray(value)]

/** The settings of these options. Throws `TypeError` for an option that does not exist or makes no sense. */
export function settingsOf(options: DocumentsOptions): Settings {
  const settings = {
    ...DEFAULTS,
    ...givenOptions<DocumentsOptions>('documents', options, {
      ...common,
      key: fields,
      value: fields,
      filter: plain,
      match: option.oneOf('unique', 'first', 'all'),
      sort: ['a record of fields with 1 or -1', isSort],
      limit: option.wholeNumber(1, Number.MAX_SAFE_INTEGER),
      skip: option.wholeNumber(0, Number.MAX_SAFE_INTEGER),
      int64: option.oneOf('number', 'bigint'),
      intervals: ['{ source, begin, end }, names of fields', isIntervals],
      onForeign: option.callback,
      allowClear: option.flag,
      allowTornReads: option.flag,
    }),
  } as Settings
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
  const { record } = (choice ?? {}) as { record?: unknown }
  return Array.isArray(record) ? record : [choice]
}

/** Whether MongoDB takes a name as that of one field, and not as a path or an operator. */
export function isFieldName(name: string): boolean {
  return name !== '' && !/^\$|[.\0]/.test(name) && name.isWellFormed()
}

function isIntervals(value: unknown): boolean {
  const { source, begin, end, ...others } = (value ?? {}) as Partial<Record<string, unknown>>
  const names = [...namesOf(source), begin, end]
  const named = names.length > 2 && names.every(name => typeof name === 'string' && isFieldName(name))
  return named && Object.keys(others).length === 0
}

function isSort(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).length > 0 &&
    Object.entries(value).every(([name, way]) => !name.startsWith('$') && (way === 1 || way === -1))
  )
}
