import { StoreError } from '@kvdol/core'
import type { Kind } from '../../dialects/dialect.ts'
import type { Settings } from '../options.ts'

/** The kinds of columns by name. */
export type Kinds = ReadonlyMap<string, Kind>

/** The kinds of the columns that the option `create` tells of. */
export function declaredKinds({ create }: Settings): Kinds {
  if (create === undefined || create === true) return new Map()
  return 'columns' in create ? new Map(Object.entries(create.columns)) : kindsOf(create.sample)
}

/** The kinds of columns that can hold a row. */
export function kindsOf(sample: object): Kinds {
  return new Map(Object.entries(sample).map(([name, value]) => [name, kindOf(name, value)]))
}

function kindOf(name: string, value: unknown): Kind {
  if (typeof value === 'string') return 'text'
  if (typeof value === 'boolean') return 'boolean'
  if (typeof value === 'bigint') return 'bigint'
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'integer' : 'number'
  if (value instanceof Date) return 'date'
  if (value instanceof Uint8Array) return 'bytes'
  if (Object(value) === value && typeof value !== 'function') return 'json'
  throw new StoreError(
    'InvalidValue',
    `the sample does not tell what the column ${JSON.stringify(name)} holds; give create: { columns }`,
  )
}
