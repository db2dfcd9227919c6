import { randomBytes } from 'node:crypto'
import { contentHashOf } from './content-hash.ts'
import { checkName } from './names.ts'
import { refused } from './refusal.ts'

export interface StoredFile {
  readonly kind: 'file'
  readonly name: string
  readonly id: string
  readonly rev: string
  readonly data: Buffer
  readonly hash: string
  readonly modified: Date
}

export interface StoredFolder {
  readonly kind: 'folder'
  readonly name: string
  readonly id: string
}

export type Stored = StoredFile | StoredFolder

/** What a write is told. */
export interface CommitInfo {
  readonly path: string
  readonly mode?: string | { '.tag': string; update?: string }
  readonly autorename?: boolean
  readonly strict_conflict?: boolean
}

let revisions = 0

/** Files and folders under paths that differ in case are the same, and keep the case in which they were made. */
export class Namespace {
  readonly entries = new Map<string, Stored>()
  /** Paths in lower case in the order in which they changed; of a folder that goes only its own. */
  readonly changes: string[] = []
  /** Who waits for the next change. */
  readonly waiting = new Set<() => void>()

  at(path: string): Stored | undefined {
    return this.entries.get(path.toLowerCase())
  }

  /** The path in the case in which its folders were made. */
  display(path: string): string {
    const parts = path.split('/').slice(1)
    const shown = parts.map((part, index) => this.at(`/${parts.slice(0, index + 1).join('/')}`)?.name ?? part)
    return `/${shown.join('/')}`
  }

  metadata(path: string): Record<string, unknown> {
    const stored = this.at(path)
    if (stored === undefined) throw refused('path/not_found')
    const place = {
      name: stored.name,
      id: stored.id,
      path_lower: path.toLowerCase(),
      path_display: this.display(path),
    }
    if (stored.kind === 'folder') return { '.tag': 'folder', ...place }
    const modified = `${stored.modified.toISOString().slice(0, 19)}Z`
    return {
      '.tag': 'file',
      ...place,
      rev: stored.rev,
      size: stored.data.byteLength,
      client_modified: modified,
      server_modified: modified,
      content_hash: stored.hash,
      is_downloadable: true,
    }
  }

  /** Paths of what lies in a folder, in lower case. */
  below(path: string, recursive: boolean): string[] {
    const head = `${path.toLowerCase()}/`
    return [...this.entries.keys()].filter(
      each => each.startsWith(head) && (recursive || !each.slice(head.length).includes('/')),
    )
  }

  put(commit: CommitInfo, data: Buffer): Record<string, unknown> {
    const { path, mode = 'add', autorename = false, strict_conflict: strict = false } = commit
    if (!/^\/[^/]/.test(path)) throw refused('path/malformed_path')
    for (const part of path.split('/').slice(1)) checkName(part)
    for (const folder of foldersOf(path))
      if (this.at(folder)?.kind === 'file') throw refused('path/conflict/file_ancestor')
    const there = this.at(path)
    if (there?.kind === 'folder') throw refused('path/conflict/folder')
    const hash = contentHashOf(data)
    const tag = typeof mode === 'string' ? mode : mode['.tag']
    const rev = typeof mode === 'string' ? undefined : mode.update
    if (rev !== undefined && !/^[0-9a-f]{9,}$/.test(rev)) throw refused('path/malformed_path')
    const same = there?.hash === hash
    const conflict =
      there === undefined
        ? tag === 'update' && strict
        : (tag === 'add' && (strict || !same)) || (tag === 'update' && rev !== there.rev && (strict || !same))
    if (conflict && !autorename) throw refused('path/conflict/file')
    const target = conflict ? this.#renamed(path) : path
    if (there !== undefined && same && !conflict) return this.metadata(path)
    this.#store(target, data, hash)
    return this.metadata(target)
  }

  remove(path: string, parentRev?: string): Record<string, unknown> {
    const there = this.at(path)
    if (there === undefined) throw refused('path_lookup/not_found')
    if (parentRev !== undefined && there.kind === 'folder') throw refused('path_write/conflict/folder')
    if (parentRev !== undefined && there.kind === 'file' && there.rev !== parentRev)
      throw refused('path_write/conflict/file')
    const metadata = this.metadata(path)
    for (const each of this.below(path, true)) this.entries.delete(each)
    this.entries.delete(path.toLowerCase())
    this.#changed(path)
    return metadata
  }

  #store(path: string, data: Buffer, hash: string): void {
    for (const folder of foldersOf(path))
      if (this.at(folder) === undefined) {
        this.entries.set(folder.toLowerCase(), { kind: 'folder', name: lastOf(folder), id: newId() })
        this.#changed(folder)
      }
    const there = this.at(path)
    this.entries.set(path.toLowerCase(), {
      kind: 'file',
      name: there?.name ?? lastOf(path),
      id: there?.id ?? newId(),
      rev: (++revisions).toString(16).padStart(12, '0'),
      data,
      hash,
      modified: new Date(),
    })
    this.#changed(path)
  }

  #changed(path: string): void {
    this.changes.push(path.toLowerCase())
    for (const wake of this.waiting) wake()
    this.waiting.clear()
  }

  #renamed(path: string): string {
    for (let count = 1; ; count++)
      if (this.at(`${path} (${count})`) === undefined) return `${path} (${count})`
  }
}

function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(1, -1)
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`)
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function newId(): string {
  return `id:${randomBytes(12).toString('base64url')}`
}
