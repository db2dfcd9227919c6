import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { contentHashOf } from './content-hash.ts'
import type { CommitInfo } from './namespace.ts'
import { Refusal, refused } from './refusal.ts'
import type { Listing, Service } from './service.ts'

/** An answer to a call about files. */
export type Route = (service: Service, args: Args, body: Buffer) => unknown

/** The arguments of all routes together; each takes its own. */
export interface Args {
  readonly path: string
  readonly parent_rev?: string
  readonly content_hash?: string
  readonly url: string
  readonly link_password?: string
  readonly recursive?: boolean
  readonly limit?: number
  /** Seconds. */
  readonly timeout?: number
  readonly shared_link?: { readonly url: string; readonly password?: string }
  /** Of a listing a text, of an upload a session. */
  readonly cursor: string & Cursor
  readonly commit: CommitInfo
}

interface Cursor {
  readonly session_id: string
  readonly offset: number
}

/** A file to be sent. */
export class Content {
  readonly metadata: Record<string, unknown>
  readonly data: Buffer

  constructor(metadata: Record<string, unknown>, data: Buffer) {
    this.metadata = metadata
    this.data = data
  }
}

export const ROUTES: Readonly<Record<string, Route>> = {
  'files/get_metadata': ({ files }, { path }) => files.metadata(checked(path)),
  'files/delete_v2': ({ files }, { path, parent_rev }) => ({ metadata: files.remove(path, parent_rev) }),
  'files/list_folder': listFolder,
  'files/list_folder/continue': (service, { cursor }) => page(service, cursor),
  'files/list_folder/get_latest_cursor': (service, args) => ({
    cursor: noted(service, { ...listingOf(service, args), paths: [] }),
  }),
  'files/list_folder/longpoll': longpoll,
  'files/get_temporary_link': ({ files }, { path }) => ({
    metadata: files.metadata(path),
    link: `temporary${path}`,
  }),
  'files/download': ({ files }, { path }) => contentAt(files, checked(path)),
  'files/upload': (service, args, body) => {
    if (body.length > service.longestUpload) throw refused('payload_too_large')
    checkHash(args, body)
    return service.files.put(args, body)
  },
  'files/upload_session/start': ({ sessions }, args, body) => {
    checkHash(args, body)
    const session_id = randomUUID()
    sessions.set(session_id, { data: [body], offset: body.length, closed: false })
    return { session_id }
  },
  'files/upload_session/append_v2': (service, args, body) => {
    checkHash(args, body)
    append(service, args.cursor, body)
    return null
  },
  'files/upload_session/finish': (service, { cursor, commit }, body) => {
    const session = append(service, cursor, body, 'lookup_failed/')
    const metadata = service.files.put(commit, Buffer.concat(session.data))
    service.sessions.delete(cursor.session_id)
    return metadata
  },
  'sharing/get_shared_link_metadata': (service, { url, path, link_password }) => {
    const {
      content_hash: _,
      path_display: __,
      path_lower: ___,
      ...metadata
    } = service.files.metadata(shared(service, url, path, link_password))
    return { url, ...metadata }
  },
  'sharing/get_shared_link_file': (service, { url, path, link_password }) => {
    const content = contentAt(
      service.files,
      shared(service, url, path, link_password),
      'shared_link_is_directory',
    )
    const { content_hash: _, path_display: __, path_lower: ___, ...metadata } = content.metadata
    return new Content({ url, ...metadata }, content.data)
  },
}

function contentAt(files: Service['files'], path: string, folder = 'path/not_file'): Content {
  const stored = files.at(path)
  if (stored === undefined) throw refused('path/not_found')
  if (stored.kind === 'folder') throw refused(folder)
  return new Content(files.metadata(path), stored.data)
}

/** A path as the service takes it. */
function checked(path: string): string {
  if (!/^\/[^/]/.test(path) || /\/$|\/\//.test(path)) throw refused('path/malformed_path')
  return path
}

function checkHash({ content_hash }: { content_hash?: string }, body: Buffer): void {
  if (content_hash !== undefined && content_hash !== contentHashOf(body))
    throw refused('content_hash_mismatch')
}

function append({ sessions }: Service, cursor: Cursor, body: Buffer, lookup = '') {
  const session = sessions.get(cursor.session_id)
  if (session === undefined) throw refused(`${lookup}not_found`)
  if (session.closed) throw refused(`${lookup}closed`)
  if (session.offset !== cursor.offset)
    throw refused(`${lookup}incorrect_offset`, { correct_offset: session.offset })
  session.data.push(body)
  session.offset += body.length
  return session
}

function listFolder(service: Service, args: Args): unknown {
  const { limit = 2000 } = args
  if (limit < 1 || limit > 2000) throw new Refusal(400, 'limit')
  return page(service, noted(service, listingOf(service, args)), limit)
}

function listingOf(service: Service, { path, recursive = false, shared_link }: Args): Listing {
  if (path === '/' || path.endsWith('/')) throw refused('path/malformed_path')
  if (shared_link !== undefined && recursive) throw new Refusal(400, 'recursive')
  const root = shared_link
    ? shared(service, shared_link.url, path, shared_link.password, 'path/not_found')
    : path
  const there = service.files.at(root)
  if (root !== '' && there === undefined) throw refused('path/not_found')
  if (there?.kind === 'file') throw refused('path/not_folder')
  const paths = service.files.below(root, recursive).filter(each => !service.unlisted.has(each))
  // As the service does: a recursive listing tells of the folder too.
  const all = recursive && root !== '' ? [root.toLowerCase(), ...paths] : paths
  return { root, recursive, paths: all, since: service.files.changes.length }
}

/** A cursor for a listing. */
function noted(service: Service, listing: Listing): string {
  const cursor = randomUUID()
  service.listings.set(cursor, listing)
  return cursor
}

/** What has changed in the folder of a listing since; its own end is told too. */
function changedSince({ files }: Service, { root, recursive, since }: Listing): string[] {
  const [folder, head] = [root.toLowerCase(), `${root.toLowerCase()}/`]
  const found = files.changes
    .slice(since)
    .filter(
      path =>
        (path === folder && files.at(path) === undefined) ||
        (path.startsWith(head) && (recursive || !path.slice(head.length).includes('/'))),
    )
  return [...new Set(found)]
}

/** Answers once something has changed, and after the time that was asked for at the latest. */
async function longpoll(service: Service, { cursor, timeout = 30 }: Args): Promise<unknown> {
  if (timeout < 30 || timeout > 480) throw new Refusal(400, 'timeout')
  const listing = service.listings.get(cursor)
  if (listing === undefined) throw refused('reset')
  const until = Date.now() + timeout * 1000
  while (changedSince(service, listing).length === 0 && Date.now() < until) {
    const ended = new AbortController()
    await Promise.race([
      new Promise<void>(resolve => service.files.waiting.add(resolve)),
      sleep(until - Date.now(), undefined, { signal: ended.signal, ref: false }).catch(() => {}),
    ])
    ended.abort()
  }
  return { changes: changedSince(service, listing).length > 0 }
}

function page(service: Service, cursor: string, limit = 2000): unknown {
  const listing = service.listings.get(cursor)
  if (listing === undefined) throw refused('reset')
  const { root } = listing
  if (root !== '' && service.files.at(root) === undefined) throw refused('path/not_found')
  service.listings.delete(cursor)
  const [paths, since] =
    listing.paths.length > 0
      ? [listing.paths, listing.since]
      : [changedSince(service, listing), service.files.changes.length]
  const size = Math.min(limit, service.pageSize)
  const next = noted(service, { ...listing, paths: paths.slice(size), since })
  const entries = paths.slice(0, size).map(path =>
    service.files.at(path) === undefined
      ? {
          '.tag': 'deleted',
          name: path.slice(path.lastIndexOf('/') + 1),
          path_lower: path,
          path_display: path,
        }
      : service.files.metadata(path),
  )
  return { entries, cursor: next, has_more: paths.length > size }
}

/** The path of what a shared link names. */
function shared(
  service: Service,
  url: string,
  path = '',
  password?: string,
  missing = 'shared_link_not_found',
): string {
  const link = service.links.get(url)
  if (link === undefined) throw refused('shared_link_not_found')
  if (link.password !== undefined && link.password !== password) throw refused('shared_link_access_denied')
  if (service.files.at(link.root + path) === undefined) throw refused(missing)
  return link.root + path
}
