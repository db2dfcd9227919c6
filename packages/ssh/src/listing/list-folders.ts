import type { Remote } from '../connection/remote.ts'
import type { Context } from '../context.ts'
import { entriesIn } from './entries-in.ts'
import { canBeName } from './sort-out.ts'

/** The paths of all folders under the root, each before those in it, as many at a time as the server gives. */
export async function* listFolders(
  context: Context,
  remote: Remote,
): AsyncGenerator<string[], void, undefined> {
  const { root, naming } = context
  const waiting = ['']
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for await (const page of entriesIn(remote, folder === '' ? root.real : root.at(folder.slice(0, -1)))) {
      const found: string[] = []
      for (const { name, kind } of page)
        if (kind === 'folder' && naming.keyOf(folder + name) === folder + name)
          if (await canBeName(context, remote, folder, name)) found.push(folder + name)
      waiting.push(...found.map(path => `${path}/`))
      if (found.length > 0) yield found
    }
  }
  // A folder that is removed ends as if it had been read.
  await root.isThere(remote)
}
