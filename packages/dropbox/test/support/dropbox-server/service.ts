import { randomUUID } from 'node:crypto'
import { Namespace } from './namespace.ts'

/** A listing that goes on. */
export interface Listing {
  readonly root: string
  readonly paths: string[]
  readonly recursive: boolean
  /** How many changes there had been. */
  readonly since: number
}

/** What the service knows: files, sessions, listings, who may come in. */
export class Service {
  readonly files = new Namespace()
  readonly sessions = new Map<string, { data: Buffer[]; offset: number; closed: boolean }>()
  readonly listings = new Map<string, Listing>()
  readonly links = new Map<string, { readonly root: string; readonly password?: string }>()
  /** Access tokens that are good. */
  readonly tokens = new Set<string>()
  /** Access tokens that have been good. */
  readonly expired = new Set<string>()
  readonly refreshTokens = new Map<string, { readonly clientId: string; readonly clientSecret?: string }>()
  /** How many entries a page has at most, whatever is asked for. */
  pageSize = 2000
  /** Longest single upload in bytes. */
  longestUpload = 150 * 1024 ** 2
  /** Seconds that a fetched token is good for. */
  tokenLife = 14_400
  /** Paths in lower case that listings do not show yet. */
  readonly unlisted = new Set<string>()

  newToken(): string {
    const token = `sl.canary-${randomUUID()}`
    this.tokens.add(token)
    return token
  }

  expire(token: string): void {
    this.tokens.delete(token)
    this.expired.add(token)
  }
}
