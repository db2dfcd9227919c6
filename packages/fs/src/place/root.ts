import type { BigIntStats } from 'node:fs'
import path from 'node:path'
import { failedWith, StoreError } from '@kvdol/core/adapter'
import { FOLDER } from '../file/flags.ts'
import type { FsPort } from '../file/port.ts'

/** How the names of files are compared where a store lies. */
export interface Medium {
  /** Upper and lower case are one. */
  readonly foldsCase: boolean
  /** The Unicode spellings of one character are one. */
  readonly normalises: boolean
}

const EXACT: Medium = { foldsCase: false, normalises: false }

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
  #found: BigIntStats | undefined

  constructor(given: string, port: FsPort) {
    this.#port = port
    this.given = this.#normal(this.#paths.resolve(given))
  }

  /** Looks for the root. Gives false when there is none. */
  async find({ mustExist }: { readonly mustExist: boolean }): Promise<boolean> {
    try {
      this.real = this.#normal(await this.#port.realpath(this.given))
    } catch (error) {
      if (!failedWith(error, 'ENOENT')) throw error
      if (!mustExist) return false
      throw new StoreError('Unavailable', 'the root folder does not exist (mustExist)', { retryable: false })
    }
    this.#found = await this.#port.lstatExact(this.real)
    if (this.#found?.isDirectory() !== true) throw noRoot()
    await this.#port.lookAt(this.real)
    this.descriptors = await this.#truthfulDescriptors()
    return true
  }

  /** Whether the folder that was found has been removed or moved, and maybe another one put in its place. */
  async isGone(): Promise<boolean> {
    const now = await this.#port.lstatExact(this.real)
    return now === undefined || now.ino !== this.#found?.ino || now.dev !== this.#found.dev
  }

  /** What to put before a slash and a name: the root without the slash that those of drives and shares end in. */
  get base(): string {
    return this.real.replace(/\/$/, '')
  }

  /** The folder that the root was to lie in. */
  get above(): string {
    return this.#paths.dirname(this.given)
  }

  /** The absolute path of a path relative to the root. */
  absolute(relative: string): string {
    return this.real.endsWith('/') ? this.real + relative : `${this.real}/${relative}`
  }

  get #paths(): path.PlatformPath {
    return this.#port.platform === 'win32' ? path.win32 : path.posix
  }

  /** Paths are written with slashes, on Windows as well. */
  #normal(path: string): string {
    return this.#port.platform === 'win32' ? path.replaceAll('\\', '/') : path
  }

  async #truthfulDescriptors(): Promise<string | undefined> {
    const port = this.#port
    if (port.descriptors === undefined) return undefined
    try {
      const descriptor = await port.open(this.real, FOLDER)
      try {
        return port.placeOf(descriptor) === this.real ? port.descriptors : undefined
      } finally {
        port.release(descriptor)
      }
    } catch {
      return undefined
    }
  }
}

export function noRoot(): StoreError {
  return new StoreError('Unavailable', 'the root is not a folder', { retryable: false })
}
