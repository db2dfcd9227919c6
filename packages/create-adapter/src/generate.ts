import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Names, Refusal } from './names.ts'

/** Beside the sources, and beside what is made of them. */
const TEMPLATE = fileURLToPath(new URL('../template/', import.meta.url))

/** Neither tools of this repository nor npm look into files with this ending. */
const ENDING = '.template'

/**
 * Writes the package into a new folder below `parent`; gives its path. Throws {@link Refusal} for a folder that exists, or
 * cannot be made, and leaves nothing behind when it fails.
 */
export async function generate(names: Names, parent: string, folder?: string): Promise<string> {
  const root = resolve(parent, folder ?? basename(names.package))
  await made(root)
  try {
    for (const entry of await readdir(TEMPLATE, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith(ENDING)) continue
      const source = join(entry.parentPath, entry.name)
      const target = join(root, pathOf(relative(TEMPLATE, source), names))
      await mkdir(dirname(target), { recursive: true })
      await writeFile(target, filled(await readFile(source, 'utf8'), names), { flag: 'wx' })
    }
  } catch (error) {
    await rm(root, { recursive: true })
    throw error
  }
  return root
}

async function made(root: string): Promise<void> {
  try {
    await mkdir(dirname(root), { recursive: true })
    await mkdir(root)
  } catch (error) {
    const { code, path, message } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && path === root)
      throw new Refusal(`${root} exists; nothing is overwritten, so name another folder`)
    throw new Refusal(`${root} cannot be made: ${message}`, { cause: error })
  }
}

/** Where a file of the template goes: names that begin with a dot, and the one of the adapter, are written otherwise. */
function pathOf(template: string, { name }: Names): string {
  return template
    .slice(0, -ENDING.length)
    .split(sep)
    .map(part => part.replace(/^dot-/, '.'))
    .join(sep)
    .replace(/(^|[/\\])name\.ts$/, `$1${name}.ts`)
}

function filled(text: string, names: Names): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: keyof Names) => names[name])
}
