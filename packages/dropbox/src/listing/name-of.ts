import { INTERNAL } from '@kvdol/core/adapter'
import type { Entry } from './list-pages.ts'

/** The path of an entry without the store's root, whose case may differ from the option's. */
export function nameOf(root: string, entry: Entry): string {
  return (entry.path_display ?? entry.name).slice(root.length + 1)
}

/** Whether this package made the file of this name for itself. */
export function isInternal(name: string): boolean {
  return name.startsWith(INTERNAL)
}
