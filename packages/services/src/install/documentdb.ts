import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram, runCommand } from '../run/command.ts'
import { cacheFolder } from '../run/folders.ts'
import { withLock } from '../run/lock.ts'
import { withProgress } from '../run/progress.ts'
import { removeTree } from '../run/remove-tree.ts'
import { Missing } from '../service.ts'
import { aptInstall } from './apt.ts'

const PACKAGE = 'postgresql-18-documentdb'
const HOW =
  'run the tests as root on Debian, put mongod on the PATH, or set KVDOL_TEST_MONGO_URL to the address of a server'

/**
 * A folder with a small Debian in which PostgreSQL 18 has the DocumentDB extension, laid once (about 0.9 GB) and kept.
 * The package is of Debian testing, so it lives in a tree of its own and touches nothing of the machine.
 *
 * Throws {@link Missing} for anyone but root, and where there is no Debian mirror.
 */
export async function documentdbTree(): Promise<string> {
  const tree = join(cacheFolder(), PACKAGE)
  if (existsSync(tree)) return tree
  if (process.getuid?.() !== 0 || findProgram('apt-get') === undefined)
    throw new Missing('there is no MongoDB server', HOW)
  return await withLock('documentdb', async () => {
    if (existsSync(tree)) return tree
    if (findProgram('debootstrap') === undefined) await aptInstall(['debootstrap'])
    const partial = `${tree}.partial`
    await removeTree(partial)
    try {
      await withProgress('Laying out PostgreSQL with DocumentDB, once', async () =>
        runCommand('debootstrap', [
          '--variant=minbase',
          `--include=${PACKAGE}`,
          'forky',
          partial,
          await debianMirror(),
          '/usr/share/debootstrap/scripts/sid',
        ]),
      )
      renameSync(partial, tree)
      return tree
    } catch (error) {
      await removeTree(partial)
      throw new Missing((error as Error).message, HOW)
    }
  })
}

/** The mirror that this machine takes its own packages from, which signs for all suites. */
async function debianMirror(): Promise<string> {
  const addresses = await runCommand('apt-get', ['indextargets', '--format', '$(REPO_URI)'])
  const mirror = addresses.split('\n').find(address => address !== '' && !address.includes('security'))
  if (mirror === undefined) throw new Error('apt-get knows no mirror')
  return mirror
}
