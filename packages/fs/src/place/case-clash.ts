import type { MaybePromise } from '@kvdol/core'
import { invalidKey } from '../naming/file-naming.ts'
import type { Context } from './context.ts'
import { namesOf } from './folder.ts'
import { batchesOf, openListing } from './open-listing.ts'

/** Whether a path is spelled as the names that it leads to; those that are missing can be spelled in any way. */
export function isSpelled(context: Context, relative: string): MaybePromise<boolean> {
  return isLenient(context) ? isListed(context, relative) : true
}

async function isListed(context: Context, relative: string): Promise<boolean> {
  let folder = ''
  for (const name of namesOf(`${relative}/`)) {
    if ((await context.port.lstat(context.root.absolute(folder + name))) === undefined) return true
    if (!(await holds(context, folder, name))) return false
    folder += `${name}/`
  }
  return true
}

/** Refuses to write to a key that the medium would take for another; nothing to wait for where it takes none so. */
export function assertSpelled(context: Context, relative: string): MaybePromise<void> {
  if (isLenient(context)) return assertAsListed(context, relative)
}

async function assertAsListed(context: Context, relative: string): Promise<void> {
  const { medium } = context.root
  if (medium.normalises && relative.normalize('NFC') !== relative)
    throw invalidKey('not-nfc', "here one character has one spelling; write the key as key.normalize('NFC')")
  if (!(await isSpelled(context, relative)))
    throw invalidKey(
      'case-clash',
      "there is a name that differs only in case or spelling, and here the two are one; use keys: 'encoded'",
    )
}

/** The name under which writes to a path, and to all that the medium takes for the same, wait for each other. */
export function turnOf({ root }: Context, relative: string): string {
  const path = root.absolute(relative)
  return root.medium.foldsCase || root.medium.normalises ? path.normalize('NFC').toLowerCase() : path
}

/** The name as this package lists it. */
export function listedName({ root }: Context, name: string): string {
  return root.medium.normalises ? name.normalize('NFC') : name
}

async function holds(context: Context, folder: string, wanted: string): Promise<boolean> {
  const listing = await openListing(context, folder, 512)
  if (listing === undefined) return false
  for await (const entries of batchesOf(listing))
    if (entries.some(({ name }) => listedName(context, name) === wanted)) return true
  return false
}

/** Whether several spellings of a name are one here. */
export function isLenient({ root: { medium } }: Context): boolean {
  return medium.foldsCase || medium.normalises
}
