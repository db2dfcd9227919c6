import type { Child, DriverChildrenOptions } from '@kvdol/core'
import { asChild, childOf } from '@kvdol/core/adapter'
import { split } from '../naming/file-naming.ts'
import type { Context } from '../place/context.ts'
import { byOrder, readItems } from './list-sorted.ts'

/** One level of the keys: one folder, which is read whole. */
export async function* children(
  context: Context,
  { prefix = '' }: DriverChildrenOptions<string>,
): AsyncGenerator<Child[], void, undefined> {
  const head = context.naming.headOf(prefix)
  if (head === undefined) return
  const items = await readItems(context, split(head)[0], head)
  if (context.settings.order !== 'none') items.sort(byOrder)
  const below = items.filter(({ text }) => text.startsWith(prefix))
  yield below.map(({ text }) => asChild(childOf(text, prefix), prefix))
}
