import type { Lab } from './lab.ts'

/** Minimal shape of what Node offers for looking at the process. */
interface NodeProcess {
  getBuiltinModule?(name: 'node:fs/promises'): { readdir(path: string): Promise<string[]> }
}

/** How to count what is open: the subject's own way, else the descriptors of this process where /proc has them. */
export async function openResources(lab: Lab): Promise<() => Promise<number>> {
  const { resources } = lab.subject
  if (resources !== undefined) return async () => await resources()
  const { process } = globalThis as { process?: NodeProcess }
  const files = process?.getBuiltinModule?.('node:fs/promises')
  if (files === undefined)
    return lab.skip('the subject has no resources, and this platform shows no descriptors')
  const count = async () => (await files.readdir('/proc/self/fd')).length
  try {
    await count()
  } catch {
    return lab.skip('the subject has no resources, and this platform has no /proc')
  }
  return count
}
