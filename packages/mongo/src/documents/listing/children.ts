import type { Child, DriverChildrenOptions } from '@kvdol/core'
import { asChild, StoreError } from '@kvdol/core/adapter'
import type { Context } from '../opening/context.ts'
import { aggregateIn } from '../reading/value.ts'
import { prefixOf } from './keys.ts'

/**
 * One level of the keys, each of one field, by one call: the server cuts them behind the next slash, and sends what is
 * then different, in order. Throws `Unsupported` for a key that is no string.
 */
export async function* listChildren(
  context: Context,
  { prefix = '' }: DriverChildrenOptions<unknown>,
): AsyncGenerator<Child[], void, undefined> {
  const [name] = context.form.keyNames
  const key = `$${name}`
  const slash = { $indexOfBytes: [key, '/', Buffer.byteLength(prefix as string)] }
  const cut = { $substrBytes: [key, 0, { $add: [slash, 1] }] }
  const hasLevels = { $and: [{ $eq: [{ $type: key }, 'string'] }, { $gte: [slash, 0] }] }
  const stages = [
    // A prefix would leave out what is no string.
    { $match: prefix === '' ? {} : prefixOf(context.form, prefix) },
    { $group: { _id: { $cond: [hasLevels, cut, key] } } },
    { $sort: { _id: 1 } },
  ]
  for await (const page of aggregateIn(context, stages).parts())
    yield page.map(({ _id }) => {
      if (typeof _id !== 'string') throw new StoreError('Unsupported', 'children needs keys that are strings')
      return asChild(_id, prefix as string)
    })
}

/** Throws `Unsupported` for keys that are tuples or records, and so have no levels. */
export function noLevels({ form }: Context): never {
  const names = form.keyNames.join(', ')
  throw new StoreError(
    'Unsupported',
    `children needs keys that are strings, and these are made of ${names}; distinct and aggregate give the values of one field, and mapKeys makes strings of the keys`,
  )
}
