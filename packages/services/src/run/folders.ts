import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * Where installed programs are kept between runs, outside the repository: `KVDOL_CACHE`, else the user's folder for
 * caches.
 */
export function cacheFolder(...names: string[]): string {
  const { KVDOL_CACHE, XDG_CACHE_HOME } = process.env
  const folder = join(KVDOL_CACHE ?? join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'kvdol'), ...names)
  mkdirSync(folder, { recursive: true })
  return folder
}
