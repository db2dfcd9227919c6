import { CREATE } from '../file/flags.ts'
import { isInternal } from '../file/names.ts'
import { discard } from '../file/replace-file.ts'
import { temporaryName } from '../file/temporary.ts'
import type { Context } from '../place/context.ts'
import type { Medium } from '../place/root.ts'

/** Tries with a file that is made for it how names are compared, as no system says. */
export async function tryMedium({ port, root }: Context): Promise<Medium> {
  const name = temporaryName().replace('-t-', '-t-\u00e9')
  const there = async (spelling: string) => (await port.lstat(root.absolute(spelling))) !== undefined
  try {
    await port.close(await port.open(root.absolute(name), CREATE, 0o600))
    return {
      foldsCase: await there(name.toUpperCase()),
      normalises: await there(name.normalize('NFD')),
    }
  } finally {
    await discard(port, root.absolute(name))
  }
}

/** Tries with what is there, for a store that has not been written to. What is not there cannot be told. */
export async function lookAtMedium({ port, root }: Context): Promise<Medium> {
  const names = (await port.names(root.real, 32)).filter(name => !isInternal(name))
  /** Whether the first name that another spelling changes is found by that one as well. */
  const alias = async (change: (name: string) => string) => {
    const name = names.find(each => change(each) !== each)
    if (name === undefined || names.includes(change(name))) return false
    const there = await port.lstat(root.absolute(change(name)))
    const here = there && (await port.lstat(root.absolute(name)))
    return here !== undefined && here.ino === there?.ino && here.dev === there.dev
  }
  const [foldsCase, composes, decomposes] = await Promise.all([
    alias(swapCase),
    alias(name => name.normalize('NFC')),
    alias(name => name.normalize('NFD')),
  ])
  return { foldsCase, normalises: composes || decomposes }
}

/** Only the letters that every medium folds alike. */
function swapCase(name: string): string {
  const upper = name.replace(/[a-z]/g, letter => letter.toUpperCase())
  return upper === name ? name.replace(/[A-Z]/g, letter => letter.toLowerCase()) : upper
}
