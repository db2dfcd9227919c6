import { join } from 'node:path'
import { npmInstall } from '../install/npm.ts'
import type { Running } from '../service.ts'

/** The path of a Node of this major version, from the npm package that holds it for this system. */
export async function installNode(major: string): Promise<Running> {
  if (process.versions.node.startsWith(`${major}.`)) return { url: process.execPath, state: 'this Node' }
  const system = process.platform === 'win32' ? 'win' : process.platform
  const folder = await npmInstall(`node-${system}-${process.arch}`, major)
  return { url: join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node'), state: 'installed' }
}
