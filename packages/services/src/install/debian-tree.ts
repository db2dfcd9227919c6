import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram, runCommand } from '../run/command.ts'
import { cacheFolder } from '../run/folders.ts'
import { withLock } from '../run/lock.ts'
import { withProgress } from '../run/progress.ts'
import { removeTree } from '../run/remove-tree.ts'
import { Missing } from '../service.ts'
import { aptInstall } from './apt.ts'

/** A small Debian of another suite than the machine's, with one more package in it. */
export interface DebianTree {
  readonly suite: 'forky' | 'sid'
  readonly package: string
  /** For the progress: `PostgreSQL with DocumentDB`. */
  readonly title: string
  /** Why there is none, and how to have one, for anyone but root and where there is no Debian mirror. */
  readonly missing: string
  readonly how: string
}

/**
 * The folder of a tree, laid once and kept. It touches nothing of the machine; programs in it run by `chroot`.
 *
 * Throws {@link Missing} for anyone but root, and where it cannot be laid.
 */
export async function debianTree({ suite, package: name, title, missing, how }: DebianTree): Promise<string> {
  const tree = join(cacheFolder(), name)
  if (existsSync(tree)) return tree
  if (process.getuid?.() !== 0 || findProgram('apt-get') === undefined) throw new Missing(missing, how)
  return await withLock(name, async () => {
    if (existsSync(tree)) return tree
    if (findProgram('debootstrap') === undefined) await aptInstall(['debootstrap'])
    const partial = `${tree}.partial`
    await removeTree(partial)
    try {
      await withProgress(`Laying out ${title}, once`, async () =>
        runCommand('debootstrap', [
          '--variant=minbase',
          `--include=${name}`,
          suite,
          partial,
          await debianMirror(),
          '/usr/share/debootstrap/scripts/sid',
        ]),
      )
      renameSync(partial, tree)
      return tree
    } catch (error) {
      await removeTree(partial)
      throw new Missing((error as Error).message, how)
    }
  })
}

/** The PATH finds `chroot` outside and the programs inside. */
export const TREE_ENVIRONMENT = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8' }

/** The mirror that this machine takes its own packages from, which signs for all suites. */
async function debianMirror(): Promise<string> {
  const addresses = await runCommand('apt-get', ['indextargets', '--format', '$(REPO_URI)'])
  const mirror = addresses.split('\n').find(address => address !== '' && !address.includes('security'))
  if (mirror === undefined) throw new Error('apt-get knows no mirror')
  return mirror
}
