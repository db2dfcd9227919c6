import { existsSync, mkdtempSync, renameSync } from 'node:fs'
import { basename, join } from 'node:path'
import { findProgram, runCommand } from '../run/command.ts'
import { cacheFolder } from '../run/folders.ts'
import { withLock } from '../run/lock.ts'
import { withProgress } from '../run/progress.ts'
import { removeTree } from '../run/remove-tree.ts'
import { Missing } from '../service.ts'

/**
 * The path of a Go program, built once for each version and kept. Throws {@link Missing} where there is no Go, or when
 * it cannot be built.
 */
export async function goInstall(module: string, version: string): Promise<string> {
  const name = basename(module)
  const program = join(cacheFolder('go', version), name)
  if (existsSync(program)) return program
  const how = `install Go and run: go install ${module}@${version}`
  const go = findProgram('go')
  if (go === undefined) throw new Missing(`${name} is not on the PATH, and there is no Go to build it`, how)
  return await withLock(`go-${name}`, async () => {
    if (existsSync(program)) return program
    const folder = mkdtempSync(join(cacheFolder(), 'build-'))
    try {
      await withProgress(`Building ${name} ${version}, once`, () =>
        runCommand(go, ['install', `${module}@${version}`], { env: { ...process.env, GOBIN: folder } }),
      )
      renameSync(join(folder, name), program)
      return program
    } catch (error) {
      throw new Missing((error as Error).message, how)
    } finally {
      await removeTree(folder)
    }
  })
}
