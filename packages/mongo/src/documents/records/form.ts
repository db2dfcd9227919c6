import { type Selection, StoreError, selectFields } from '@kvdol/core/adapter'
import type { MongoRecord } from '../../shapes.ts'
import type { Settings } from '../options.ts'
import { identityOf, toKeyPart } from './keys.ts'
import { toData, toRecord } from './to-data.ts'

/** How documents are taken apart into key and value, and put together. */
export interface Form {
  readonly keyNames: readonly string[]
  /** Names of the fields that are the value; `undefined` when it is all the others. */
  readonly valueNames: readonly string[] | undefined
  /** Whether no two documents can have the same key. */
  readonly byId: boolean
  keyOf(document: MongoRecord): unknown
  valueOf(document: MongoRecord): unknown
  /** The fields of a key. Throws `InvalidKey`. */
  keyFields(key: unknown): MongoRecord
  /** The fields of a value, copied. Throws `InvalidValue`. */
  valueFields(value: unknown): MongoRecord
  /** The fields of a value as they are. Throws `InvalidValue` for what has not the form of a value. */
  spread(value: unknown): MongoRecord
  /** A text that is the same for the same key. */
  identity(document: MongoRecord): string
  /** The same of a key, as no key that is a string looks; of what is no key, itself. */
  identityOfKey(key: unknown): unknown
}

/** The form of a store. Throws `TypeError` for bad choices of fields. */
export function formOf({ key, value, int64 }: Settings): Form {
  const keys: Selection<unknown> = selectFields(key, 'InvalidKey')
  const values = value === undefined ? rest(keys.names) : selectFields(value, 'InvalidValue')
  const spread = (given: unknown) => values.spread(given as never)
  const keyFields = (given: unknown) =>
    guarded('InvalidKey', () => {
      const parts = keys.spread(given)
      return Object.fromEntries(keys.names.map(name => [name, toKeyPart(parts[name], name, int64)]))
    })
  const identity = (document: MongoRecord) => identityOf(keys.names.map(name => document[name]))
  return {
    keyNames: keys.names,
    valueNames: value === undefined ? undefined : values.names,
    byId: keys.names.includes('_id'),
    keyOf: document => keys.select(document),
    valueOf: document => values.select(document),
    keyFields,
    spread,
    valueFields: given =>
      guarded('InvalidValue', () => {
        const record = spread(given)
        if (value === undefined) return toRecord(record, int64)
        // A field that a document lacks is undefined where it is one of several.
        const parts = Object.entries(record).filter(
          ([, part]) => part !== undefined || values.names.length === 1,
        )
        return Object.fromEntries(parts.map(([name, part]) => [name, toData(part, int64, name)]))
      }),
    identity,
    identityOfKey(key) {
      try {
        return `\0${identity(keyFields(key))}`
      } catch {
        return key
      }
    },
  }
}

/** The result of `read`; what a getter or a proxy throws in it is a refusal. */
function guarded<T>(code: 'InvalidKey' | 'InvalidValue', read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof StoreError) throw error
    throw new StoreError(code, 'it cannot be read', { cause: error })
  }
}

/** All fields but the key's, as a record. */
function rest(keyNames: readonly string[]): Selection<unknown> {
  return {
    names: [],
    select(document) {
      const record = { ...document }
      for (const name of keyNames) delete record[name]
      return record
    },
    spread(value) {
      const taken = keyNames.find(name => Object.hasOwn(Object(value), name))
      if (taken !== undefined)
        throw new StoreError(
          'InvalidValue',
          `the field ${taken} belongs to the key; leave it out of the value`,
        )
      return value as MongoRecord
    },
  }
}
