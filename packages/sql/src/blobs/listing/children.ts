import type { Child, DriverChildrenOptions } from '@kvdol/core'
import { asChild, childOf } from '@kvdol/core/adapter'
import type { Plan } from '../plan.ts'
import { boundsOf, readPage, successor } from './pages.ts'

/**
 * One level of the keys. Behind a key under a prefix the next statement begins after all that have that prefix, so that
 * none of them is read; keys of the level itself come in pages that grow.
 */
export async function* children(
  plan: Plan,
  { prefix = '', signal }: DriverChildrenOptions<string>,
): AsyncGenerator<Child[], void, undefined> {
  let bounds = boundsOf(plan.dialect.blobs.key, prefix === '' ? {} : { prefix })
  let count = 1
  for (;;) {
    const { page, found, last } = await readPage(plan, bounds, count, 'list', signal)
    const { level, beyond } = levelOf(page.keys, prefix)
    if (level.length > 0) yield level
    if (beyond === undefined && found < count) return
    bounds =
      beyond === undefined
        ? { ...bounds, lower: 'after', from: last }
        : { ...bounds, lower: 'from', from: successor(beyond) }
    count = beyond === undefined ? Math.min(2 * count, plan.settings.pageSize) : 1
  }
}

/** The first of these keys as children, up to and with a prefix; what follows may have the same one. */
function levelOf(keys: readonly string[], prefix: string): { level: Child[]; beyond: string | undefined } {
  const level: Child[] = []
  for (const key of keys) {
    const child = asChild(childOf(key, prefix), prefix)
    level.push(child)
    if ('prefix' in child) return { level, beyond: child.prefix }
  }
  return { level, beyond: undefined }
}
