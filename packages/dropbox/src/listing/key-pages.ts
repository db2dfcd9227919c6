import type { DriverListOptions } from '@kvdol/core'
import { type Context, pathOf } from '../context.ts'
import { listPages } from './list-pages.ts'
import { isInternal, nameOf } from './name-of.ts'

/** The keys, page by page. Only the folder that the prefix names is listed. */
export async function* keyPages(
  context: Context,
  { prefix = '', signal }: DriverListOptions<string>,
): AsyncGenerator<string[], void, undefined> {
  const { naming, settings, link } = context
  const head = naming.headOf(prefix)
  if (head === undefined) return
  const slash = head.lastIndexOf('/')
  const path = slash < 0 ? settings.root : pathOf(context, head.slice(0, slash))
  for await (const entries of listPages(link, { path, recursive: true }, { signal })) {
    const keys = new Set<string>()
    for (const entry of entries) {
      if (entry['.tag'] !== 'file') continue
      const name = nameOf(settings.root, entry)
      const key = naming.keyOf(name)
      if (key === undefined) report(settings.onForeign, name)
      else if (key.startsWith(prefix)) keys.add(key)
    }
    yield [...keys]
  }
}

function report(onForeign: ((file: { path: string }) => void) | undefined, path: string): void {
  if (!isInternal(path)) onForeign?.({ path })
}
