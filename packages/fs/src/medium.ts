import type { Context } from './context.ts'
import { CREATE } from './flags.ts'
import { openFolder } from './folder.ts'
import { isInternal, temporaryName } from './internal-name.ts'
import { closeListing, openListing } from './open-listing.ts'
import { discard } from './temporary.ts'

/** How the names of files are compared where a store lies. It is tried out, as no system says. */
export interface Medium {
  /** Upper and lower case are one. */
  readonly foldsCase: boolean
  /** The Unicode spellings of one character are one. */
  readonly normalises: boolean
}

export const EXACT: Medium = { foldsCase: false, normalises: false }

/** Tries with a file that is made for it. */
export async function tryMedium(context: Context): Promise<Medium> {
  const { port } = context
  const folder = openFolder(context, '')
  if (typeof folder === 'string') return EXACT
  const name = temporaryName().replace('-t-', '-t-\u00e9')
  const there = (spelling: string) => port.lstat(`${folder.path}/${spelling}`) !== undefined
  try {
    port.closeNow(await port.open(`${folder.path}/${name}`, CREATE, 0o600))
    return { foldsCase: there(name.toUpperCase()), normalises: there(name.normalize('NFD')) }
  } finally {
    await discard(context, folder, name)
    folder.close()
  }
}

/** Tries with what is there, for a store that has not been written to. What is not there cannot be told. */
export async function lookAtMedium(context: Context): Promise<Medium> {
  const listing = await openListing(context, '', 32)
  if (listing === undefined) return EXACT
  const { folder, first } = listing
  const names = new Set(first.map(({ name }) => name))
  const alias = (change: (name: string) => string) =>
    [...names].some(name => {
      const other = change(name)
      if (isInternal(name) || other === name || names.has(other)) return false
      const [here, there] = [name, other].map(each => context.port.lstat(`${folder.path}/${each}`))
      return here !== undefined && here.ino === there?.ino && here.dev === there.dev
    })
  try {
    return {
      foldsCase: alias(swapCase),
      normalises: alias(name => name.normalize('NFD')) || alias(name => name.normalize('NFC')),
    }
  } finally {
    closeListing(listing)
  }
}

function swapCase(name: string): string {
  const upper = name.toUpperCase()
  return upper === name ? name.toLowerCase() : upper
}
