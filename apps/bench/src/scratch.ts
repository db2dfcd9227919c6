import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A temporary folder for a whole run. */
export class Scratch {
  readonly root = mkdtempSync(join(tmpdir(), 'kvdol-bench-'))
  readonly #trees = new Set<string>()
  #count = 0

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

  dispose(): void {
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
