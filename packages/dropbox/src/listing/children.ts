import type { Child, DriverChildrenOptions } from '@kvdol/core'
import { asChild, childOf } from '@kvdol/core/adapter'
import { type Context, pathOf } from '../context.ts'
import { type Entry, listPages } from './list-pages.ts'
import { nameOf } from './name-of.ts'

/** One level of the keys: one folder, 2,000 entries by a request. */
export async function* children(
  context: Context,
  { prefix = '', signal }: DriverChildrenOptions<string>,
): AsyncGenerator<Child[], void, undefined> {
  const head = context.naming.headOf(prefix)
  if (head === undefined) return
  const seen = new Set<string>()
  for await (const texts of textsIn(context, head.slice(0, Math.max(0, head.lastIndexOf('/'))), signal)) {
    const found = texts.filter(text => text.startsWith(prefix) && !seen.has(text))
    for (const text of found) seen.add(text)
    yield found.map(text => asChild(childOf(text, prefix), prefix))
  }
}

/** The keys in a folder, and what those in its folders begin with. */
async function* textsIn(
  context: Context,
  folder: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<string[], void, undefined> {
  const { link, settings } = context
  const path = folder === '' ? settings.root : pathOf(context, folder)
  const parts: string[] = []
  for await (const entries of listPages(link, { path }, { signal })) {
    const texts: string[] = []
    for (const entry of entries) {
      const text = textOf(context, entry)
      if (text !== undefined) texts.push(text)
      // A folder that stands for the beginning of a long name is no level of its own.
      else if (entry['.tag'] === 'folder' && settings.keys === 'encoded')
        parts.push(nameOf(settings.root, entry))
    }
    yield texts
  }
  for (const part of parts) yield* textsIn(context, part, signal)
}

function textOf({ naming, settings }: Context, entry: Entry): string | undefined {
  const name = nameOf(settings.root, entry)
  if (entry['.tag'] === 'file') return naming.keyOf(name)
  return entry['.tag'] === 'folder' ? naming.prefixOf(`${name}/`) : undefined
}
