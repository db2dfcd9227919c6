import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openServices, type ServiceName, type Services } from '@kvdol/services'

/** A server that a row needs cannot be had. */
export class NoServer extends Error {
  override readonly name = 'NoServer'
}

/** A temporary folder for a whole run, and the servers that its rows ask for. */
export class Scratch {
  readonly root = mkdtempSync(join(tmpdir(), 'kvdol-bench-'))
  readonly #trees = new Set<string>()
  readonly #deferred: (() => unknown)[] = []
  #services: Promise<Services> | undefined
  #count = 0

  /** The address of a server, started when it is first asked for. Throws {@link NoServer} where it cannot be had. */
  async server(name: ServiceName): Promise<string> {
    this.#services ??= openServices()
    const service = await (await this.#services).get(name)
    if ('url' in service) return service.url
    throw new NoServer(`${service.missing} (${service.how})`)
  }

  /** Notes what has to be closed at the end of the run. */
  defer(close: () => unknown): void {
    this.#deferred.push(close)
  }

  /** A new, empty folder. */
  folder(name: string): string {
    const folder = join(this.root, `${name}-${++this.#count}`)
    mkdirSync(folder)
    return folder
  }

  /** A folder with `files` small files, spread over `folders` sub-folders; made once. */
  tree(files: number, folders: number): string {
    const root = join(this.root, `${files}-in-${folders}`)
    if (!this.#trees.has(root)) plant(root, files, folders)
    this.#trees.add(root)
    return root
  }

  /** Closes and removes everything. */
  async dispose(): Promise<void> {
    for (const close of this.#deferred.splice(0).reverse()) await close()
    await (await this.#services)?.close()
    rmSync(this.root, { recursive: true, force: true })
  }
}

/** The name of the n-th sub-folder of a tree. */
export const folderName = (index: number): string => `folder-${String(index).padStart(4, '0')}`

/** The name of the n-th file of a folder of a tree. */
const fileName = (index: number): string => `file-${String(index).padStart(5, '0')}.txt`

function plant(root: string, files: number, folders: number): void {
  for (let folder = 0; folder < folders; folder++) {
    const path = join(root, folderName(folder))
    mkdirSync(path, { recursive: true })
    for (let file = 0; file < files / folders; file++) writeFileSync(join(path, fileName(file)), 'kvdol')
  }
}
