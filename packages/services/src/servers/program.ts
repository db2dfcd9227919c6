import { aptInstall } from '../install/apt.ts'
import { findProgram } from '../run/command.ts'
import { Missing, type Running } from '../service.ts'

/** The path of a program that goes by one of these names, from the PATH or Debian's package. */
export async function installProgram(names: readonly string[], debianPackage: string): Promise<Running> {
  const find = () => names.map(name => findProgram(name)).find(path => path !== undefined)
  const there = find()
  if (there !== undefined) return { url: there, state: `found ${there}` }
  await aptInstall([debianPackage])
  const installed = find()
  if (installed === undefined)
    throw new Missing(`${debianPackage} brings no ${names.join(' or ')}`, `put ${names[0]} on the PATH`)
  return { url: installed, state: `installed ${debianPackage}` }
}
