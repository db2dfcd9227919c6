import type { Stats } from 'node:fs'
import path from 'node:path'
import { StoreError } from '@kvdol/core'
import { failedWith } from '@kvdol/core/adapter'
import { FOLDER } from '../file/flags.ts'
import type { FsPort } from '../file/port.ts'

/** How the names of files are compared where a store lies. */
export interface Medium {
  /** Upper and lower case are one. */
  readonly foldsCase: boolean
  /** The Unicode spellings of one character are one. */
  readonly normalises: boolean
}

export const EXACT: Medium = { foldsCase: false, normalises: false }

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
  #found: Stats | undefined

  constructor(given: string, port: FsPort) {
    this.given = path.resolve(given)
    this.#port = port
  }

  /** Looks for the root. Gives false when there is none. */
  find({ mustExist }: { readonly mustExist: boolean }): boolean {
    try {
      this.real = this.#port.realpath(this.given)
    } catch (error) {
      if (!failedWith(error, 'ENOENT')) throw error
      if (!mustExist) return false
      throw new StoreError('Unavailable', 'the root folder does not exist (mustExist)', { retryable: false })
    }
    this.#found = this.#port.lstat(this.real)
    if (this.#found?.isDirectory() !== true) throw noRoot()
    this.descriptors = this.#truthfulDescriptors()
    return true
  }

  /** Whether the folder that was found has been removed or moved, and maybe another one put in its place. */
  isGone(): boolean {
    const now = this.#port.lstat(this.real)
    return now === undefined || now.ino !== this.#found?.ino || now.dev !== this.#found.dev
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
