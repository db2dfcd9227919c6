import type { Naming } from '@kvdol/core/adapter'
import { StoreError } from '@kvdol/core/adapter'
import type { Settings } from './options.ts'
import type { FileFacts } from './reading/file-facts.ts'
import type { Link } from './service/link.ts'

/** What the parts of one store work with. */
export interface Context {
  readonly settings: Settings
  readonly naming: Naming
  readonly link: Link
  /** Folders whose case was found to be that of the keys, by their names. */
  readonly folders: Set<string>
}

/** Where the file of a name is. */
export function pathOf({ settings }: Context, name: string): string {
  return `${settings.root}/${name}`
}

/**
 * Whether a file that Dropbox found is the one of this name, and not one that differs in case. Encoded names have one
 * case only.
 */
export function isSameName({ settings }: Context, facts: FileFacts, name: string): boolean {
  return settings.keys === 'encoded' || facts.path_display?.endsWith(`/${name}`) !== false
}

const contexts = new WeakMap<object, Context>()

/** Remembers what is behind a driver. */
export function remember(driver: object, context: Context): void {
  contexts.set(driver, context)
}

/** What is behind a driver. Throws `Unsupported` for a driver of another kind. */
export function contextOfDriver(driver: object, op: string): Context {
  const context = contexts.get(driver)
  if (context !== undefined) return context
  throw new StoreError('Unsupported', `${op} takes a store that dropbox has made, also through transforms`)
}
