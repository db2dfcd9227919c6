import { bundle } from '@kvdol/test-support'

/** Modules of this folder as files that plain node runs; the clients of databases stay outside. */
export function bundled<Name extends string>(
  sources: Readonly<Record<Name, string>>,
): (name: Name) => string {
  const programs = Object.entries<string>(sources).map(([name, file]) => [
    name,
    new URL(file, import.meta.url),
  ])
  return bundle<Name>(Object.fromEntries(programs), {
    external: ['better-sqlite3', 'pg', 'mysql2', 'mysql2/promise'],
    root: new URL('../../', import.meta.url),
  })
}
