import { split } from '../naming/file-naming.ts'
import { isSpelled } from '../place/case-clash.ts'
import type { Context } from '../place/context.ts'

/** The folder that a listing by prefix begins with, and what the paths in it begin with; `undefined` if no key does. */
export async function startOf(
  context: Context,
  prefix: string,
): Promise<readonly [folder: string, head: string] | undefined> {
  const head = context.naming.headOf(prefix)
  if (head === undefined) return undefined
  const [folder] = split(head)
  // A medium that folds case has the folder under other names as well, of which no key is made.
  const spelled = folder === '' || (await isSpelled(context, folder.slice(0, -1)))
  return spelled ? [folder, head] : undefined
}
