import { CREATE } from '../file/flags.ts'
import { isInternal } from '../file/names.ts'
import { discard } from '../file/replace-file.ts'
import { temporaryName } from '../file/temporary.ts'
import type { Context } from '../place/context.ts'
import { closeListing, openListing } from '../place/open-listing.ts'
import { EXACT, type Medium } from '../place/root.ts'

/** Tries with a file that is made for it how names are compared, as no system says. */
export async function tryMedium({ port, root }: Context): Promise<Medium> {
  const name = temporaryName().replace('-t-', '-t-\u00e9')
  const there = (spelling: string) => port.lstat(root.absolute(spelling)) !== undefined
  try {
    port.closeNow(await port.open(root.absolute(name), CREATE, 0o600))
    return { foldsCase: there(name.toUpperCase()), normalises: there(name.normalize('NFD')) }
  } finally {
    await discard(port, root.absolute(name))
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
