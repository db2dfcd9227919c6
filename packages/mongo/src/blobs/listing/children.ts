import type { Child, DriverChildrenOptions } from '@kvdol/core'
import { asChild, childOf } from '@kvdol/core/adapter'
import { successor } from '../../prefix-range.ts'
import type { Context } from '../opening/context.ts'
import { keyRange, keysOf } from './keys.ts'

/** Keys of one query. */
const PAGE = 1000

/**
 * One level of the keys. Behind a key under a prefix the next query begins after all that have that prefix, so that none
 * of them is read; keys of the level itself come in pages that grow.
 */
export async function* children(
  context: Context,
  { prefix = '' }: DriverChildrenOptions<string>,
): AsyncGenerator<Child[], void, undefined> {
  let range = keyRange({ prefix })
  let count = 1
  for (;;) {
    const keys = await keysOf(context, range, count)
    const level: Child[] = []
    let beyond: string | undefined
    for (const key of keys) {
      const child = asChild(childOf(key, prefix), prefix)
      level.push(child)
      if (!('prefix' in child)) continue
      beyond = child.prefix
      break
    }
    if (level.length > 0) yield level
    if (beyond === undefined && keys.length < count) return
    // A prefix ends in a slash, so something comes after all that begin with it.
    range = keyRange(
      beyond === undefined ? { prefix, after: keys.at(-1) } : { prefix, from: successor(beyond) as string },
    )
    count = beyond === undefined ? Math.min(2 * count, PAGE) : 1
  }
}
