import type { Child, DriverChildrenOptions } from '@kvdol/core'
import { asChild, childOf } from '@kvdol/core/adapter'
import type { Context } from '../place/context.ts'
import { inOrder, readItems } from './list-sorted.ts'
import { startOf } from './start.ts'

/** One level of the keys: one folder, which is read whole. */
export async function* children(
  context: Context,
  { prefix = '' }: DriverChildrenOptions<string>,
): AsyncGenerator<Child[], void, undefined> {
  const start = await startOf(context, prefix)
  if (start === undefined) return
  const items = await readItems(context, ...start)
  const ordered = context.settings.order === 'none' ? items : inOrder(items)
  const below = ordered.filter(({ text }) => text.startsWith(prefix))
  yield below.map(({ text }) => asChild(childOf(text, prefix), prefix))
}
