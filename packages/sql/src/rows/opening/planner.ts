import { StoreError, selectFields } from '@kvdol/core/adapter'
import { noTable } from '../../tables/columns.ts'
import type { Asked, Plan } from '../plan.ts'
import { createRows } from './create-rows.ts'
import { declaredKinds, type Kinds, kindsOf, planOf } from './plan-of.ts'

/** Finds out what a table is like, once for all calls of a store. */
export interface Planner {
  /** `undefined` when there is no table yet, and the first write makes it. */
  reading(): Promise<Plan | undefined>
  /** The answer of a reading call; `absent` where there is no table yet. */
  read<T>(absent: T, work: (plan: Plan) => Promise<T>): Promise<T>
  /** Makes the table where there is none, with columns for this first row. */
  writing(key: unknown, value: unknown): Promise<Plan>
}

/** Looks at the table at the first call, again as long as that fails, and makes it when that is asked for. */
export function planner(asked: Asked): Planner {
  const { settings, table } = asked
  let pending: Promise<Plan | undefined> | undefined

  return {
    reading,
    async read(absent, work) {
      const found = await reading()
      return found === undefined ? absent : await work(found)
    },
    async writing(key, value) {
      const found = await reading()
      if (found !== undefined) return found
      await createRows(asked, firstRow(asked, key, value))
      // A look that began before may not have seen the table.
      pending = undefined
      return (await reading()) as Plan
    },
  }

  async function reading(): Promise<Plan | undefined> {
    pending ??= find()
    const mine = pending
    const found = await mine.catch((error: unknown) => {
      if (pending === mine) pending = undefined
      throw error
    })
    if (found === undefined && pending === mine) pending = undefined
    return found
  }

  async function find(): Promise<Plan | undefined> {
    const found = await planOf(asked)
    if (found !== undefined || settings.create === true) return found
    if (settings.create === undefined) throw noTable(table, '; with the option create it is made')
    await createRows(asked, withTypes(asked, declaredKinds(settings)))
    return await planOf(asked)
  }
}

/** The columns of the first row that is written. */
function firstRow(asked: Asked, key: unknown, value: unknown): Kinds {
  const { settings } = asked
  const first = settings.match === 'all' && Array.isArray(value) ? value[0] : value
  if (settings.value === undefined && (Object(first) !== first || Array.isArray(first)))
    throw new StoreError('InvalidValue', 'the value is a record of columns')
  const values =
    settings.value === undefined
      ? (first as Record<string, unknown>)
      : selectFields(settings.value, 'InvalidValue').spread(first as never)
  const keys = selectFields(settings.key, 'InvalidKey').spread(key as never)
  return withTypes(asked, kindsOf({ ...keys, ...settings.where, ...values }))
}

function withTypes({ settings }: Asked, kinds: Kinds): Kinds {
  return new Map([...kinds, ...Object.entries(settings.types)])
}
