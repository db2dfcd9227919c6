import path from 'node:path'
import { StoreError } from '@kvdol/core'
import { failedWith } from './errors.ts'
import { FOLDER } from './flags.ts'
import { EXACT, type Medium } from './medium.ts'
import type { Settings } from './options.ts'
import type { FsPort } from './port.ts'

/** Where a store lies, and what has been found out about the place. */
export class Root {
  /** The absolute path that was given. */
  readonly given: string
  /** The same without symbolic links; empty until the root has been found. */
  real = ''
  /** The folder in which open descriptors are links to where they lie, if the system has a truthful one. */
  descriptors: string | undefined
  /** How names are compared. */
  medium: Medium = EXACT
  readonly #port: FsPort

  constructor(given: string, port: FsPort) {
    this.given = path.resolve(given)
    this.#port = port
  }

  /** Looks for the root. Gives false when there is none. */
  find({ mustExist }: Pick<Settings, 'mustExist'>): boolean {
    try {
      this.real = this.#port.realpath(this.given)
    } catch (error) {
      if (!failedWith(error, 'ENOENT')) throw error
      if (!mustExist) return false
      throw new StoreError('Unavailable', 'the root folder does not exist (mustExist)', { retryable: false })
    }
    if (this.#port.lstat(this.real)?.isDirectory() !== true) throw noRoot()
    this.descriptors = this.#truthfulDescriptors()
    return true
  }

  /** The absolute path of a path relative to the root. */
  absolute(relative: string): string {
    return this.real.endsWith('/') ? this.real + relative : `${this.real}/${relative}`
  }

  #truthfulDescriptors(): string | undefined {
    const port = this.#port
    if (port.descriptors === undefined) return undefined
    try {
      const descriptor = port.openNow(this.real, FOLDER)
      try {
        return port.readlink(`${port.descriptors}/${descriptor}`) === this.real ? port.descriptors : undefined
      } finally {
        port.closeNow(descriptor)
      }
    } catch {
      return undefined
    }
  }
}

export function noRoot(): StoreError {
  return new StoreError('Unavailable', 'the root is not a folder', { retryable: false })
}
