import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { User } from './stage.ts'

/** Who a server runs as that refuses to run as root: `name`. Nobody else's, and nothing, when this is not root. */
export function serverUser(name: string, root = '/'): User | undefined {
  if (process.getuid?.() !== 0) return undefined
  const line = readFileSync(join(root, 'etc/passwd'), 'utf8')
    .split('\n')
    .find(entry => entry.startsWith(`${name}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  if (uid === undefined || gid === undefined) throw new Error(`there is no user ${name}`)
  return { uid: Number(uid), gid: Number(gid) }
}
