import type { DriverListOptions } from '@kvdol/core'
import type { MongoRecord } from '../../shapes.ts'
import type { Context } from '../opening/context.ts'
import { find } from '../reading/query.ts'
import { valueFrom } from '../reading/value.ts'
import { fromData } from '../records/from-data.ts'
import { prefixOf } from './keys.ts'

/** Keys with their values, where each document has a key of its own. */
export async function* listEntries(
  context: Context,
  { prefix }: DriverListOptions<unknown>,
): AsyncGenerator<[unknown, unknown][], void, undefined> {
  const { form } = context
  for await (const page of find(context, { match: prefixOf(form, prefix) }).parts())
    yield page.map(document => [
      form.keyOf(fromData(document) as MongoRecord),
      valueFrom(context, [document]),
    ])
}
