import type { Stat } from '@kvdol/core'

/** What Dropbox tells of a file, as far as it matters. */
export interface FileFacts {
  readonly name: string
  readonly size: number
  readonly rev: string
  readonly server_modified: string
  readonly path_display?: string | undefined
  readonly content_hash?: string | undefined
}

/** What a store tells of a file. */
export function statOf({ size, rev, server_modified }: FileFacts): Stat {
  return { size, etag: rev, modified: new Date(server_modified) }
}
