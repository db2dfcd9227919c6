import { readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, relative, resolve } from 'node:path'
import { files } from '@kvdol/fs'

/** The real files that the tour shows. */
export interface Input {
  readonly folder: string
  /** What the folder is, for people. */
  readonly description: string
  readonly count: number
  /** The most frequent extension of text files. */
  readonly extension: string
  /** A key with that extension. */
  readonly sample: string
  /** One key of each of the most frequent kinds of file. */
  readonly samples: readonly string[]
}

/** Input that cannot be shown; the message is for the person who gave it. */
export class InputError extends Error {}

const PACKAGE = 'cldr-localenames-full'
const TEXTS =
  '.json .md .txt .ts .js .mjs .cjs .tsx .jsx .html .css .csv .yaml .yml .toml .xml .svg .py .rs .go .java .c .h .sh'
const KINDS = 4

/** Looks at a folder, or at an installed package that has thousands of files. Throws {@link InputError}. */
export async function findInput(path: string | undefined): Promise<Input> {
  const { folder, description } = path === undefined ? installedPackage() : givenFolder(path)
  const kinds = new Map<string, string[]>()
  let count = 0
  for await (const key of files(folder).keys()) {
    count++
    const extension = extname(key)
    const keys = kinds.get(extension)
    if (keys === undefined) kinds.set(extension, [key])
    else keys.push(key)
  }
  const frequent = [...kinds].sort(([, a], [, b]) => b.length - a.length)
  const [extension, keys] = frequent.find(([name]) => name !== '' && TEXTS.split(' ').includes(name)) ?? []
  if (extension === undefined || keys === undefined)
    throw new InputError(`${path ?? folder} holds no text files that the tour knows, such as .md or .json.`)
  const samples = frequent.slice(0, KINDS).map(([, names]) => middle(names))
  return { folder, description, count, extension, sample: middle(keys), samples }
}

function givenFolder(path: string) {
  const folder = resolve(path)
  const found = statSync(folder, { throwIfNoEntry: false })
  if (found === undefined) throw new InputError(`There is no folder ${path}.`)
  if (!found.isDirectory()) throw new InputError(`${path} is a file; the tour takes a folder.`)
  return { folder, description: relative(process.cwd(), folder) || '.' }
}

function installedPackage() {
  const manifest = createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`)
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
  return {
    folder: dirname(manifest),
    description: `the npm package ${PACKAGE} ${version}, names of languages and countries`,
  }
}

function middle<T>(list: readonly T[]): T {
  return list[Math.floor(list.length / 2)]!
}
