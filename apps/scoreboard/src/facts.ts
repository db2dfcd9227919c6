import { readFileSync } from 'node:fs'
import { platform, release } from 'node:os'

/** The version of a package that this app depends on. */
export function versionOf(name: string): string {
  const manifest = readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}

export const system = (): string => `${platform()} ${release().split('-')[0]}`
