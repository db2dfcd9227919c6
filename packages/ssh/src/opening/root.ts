import { posix } from 'node:path'
import type { Remote } from '../connection/remote.ts'
import { noRoot } from '../errors.ts'

/** Where a store lies. */
export class Root {
  /** The path as it was given. */
  readonly given: string
  /** The absolute path without symbolic links; empty until the root was found. */
  real = ''

  constructor(given: string) {
    this.given = posix.normalize(given).replace(/(.)\/+$/, '$1')
  }

  /** The absolute path of a path below the root. */
  at(relative: string): string {
    return this.real.endsWith('/') ? this.real + relative : `${this.real}/${relative}`
  }

  /** Looks for the root; gives false when there is none. Throws `Unavailable` when something else is there. */
  async find(remote: Remote): Promise<boolean> {
    const real = await remote.realpath(this.given)
    const found = real === undefined ? undefined : await remote.lstat(real)
    if (real === undefined || found === undefined) return false
    if (found.kind !== 'folder') throw noRoot('the root is not a folder')
    this.real = real
    return true
  }

  /** Whether the root is still there. Throws `Unavailable` when something else is there by now. */
  async isThere(remote: Remote): Promise<boolean> {
    const found = await remote.lstat(this.real)
    if (found !== undefined && found.kind !== 'folder') throw noRoot('the root is not a folder any more')
    return found !== undefined
  }
}
