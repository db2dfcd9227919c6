import type { Child, DriverChildrenOptions } from '@kvdol/core'
import { asChild, childOf } from '@kvdol/core/adapter'
import type { Remote } from '../connection/remote.ts'
import type { Context } from '../context.ts'
import { split } from '../naming/folder-naming.ts'
import { leadsElsewhere } from '../opening/confine.ts'
import { entriesIn } from './entries-in.ts'
import { sortOut } from './sort-out.ts'

/** One level of the keys: one folder, as many entries at a time as the server gives. */
export async function* children(
  context: Context,
  { prefix = '', signal }: DriverChildrenOptions<string>,
): AsyncGenerator<Child[], void, undefined> {
  const head = context.naming.headOf(prefix)
  if (head === undefined) return
  const remote = await context.pool.remote({ signal })
  const [folder] = split(head)
  const elsewhere = leadsElsewhere(context, remote, folder)
  elsewhere.catch(() => {})
  const seen = new Set<string>()
  for await (const texts of textsIn(context, remote, folder, head)) {
    // Asked together with the first entries.
    if (await elsewhere) return
    const found = texts.filter(text => text.startsWith(prefix) && !seen.has(text))
    for (const text of found) seen.add(text)
    if (found.length > 0) yield found.map(text => asChild(childOf(text, prefix), prefix))
  }
  // A root that is gone ends as if it had been read.
  if (seen.size === 0) await context.root.isThere(remote)
}

/** The keys in a folder, and what those in its folders begin with. */
async function* textsIn(
  context: Context,
  remote: Remote,
  folder: string,
  head: string,
): AsyncGenerator<string[], void, undefined> {
  const { root, naming } = context
  const parts: string[] = []
  for await (const page of entriesIn(remote, folder === '' ? root.real : root.at(folder.slice(0, -1)))) {
    const { keys, folders } = await sortOut(context, remote, folder, head, page)
    for (const path of folders) {
      const text = naming.prefixOf(path)
      if (text !== undefined) keys.push(text)
      else parts.push(path)
    }
    yield keys
  }
  // A folder that stands for the beginning of a long name is no level of its own.
  for (const path of parts) yield* textsIn(context, remote, path, head)
}
