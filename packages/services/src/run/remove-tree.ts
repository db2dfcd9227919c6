import { existsSync, readFileSync, rmSync } from 'node:fs'
import { sep } from 'node:path'
import { runCommand } from './command.ts'

/** Removes a folder with all that is in it; what is mounted below it is unmounted first, never emptied. */
export async function removeTree(folder: string): Promise<void> {
  for (const mount of mountsBelow(folder)) await runCommand('umount', [mount])
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}

/** Mount points below a folder, the deepest first (proc_mounts(5): octal escapes). */
function mountsBelow(folder: string): string[] {
  if (!existsSync('/proc/mounts')) return []
  return readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map(line =>
      (line.split(' ')[1] ?? '').replace(/\\(\d{3})/g, (_, octal) =>
        String.fromCharCode(Number.parseInt(octal, 8)),
      ),
    )
    .filter(mount => mount === folder || mount.startsWith(folder + sep))
    .sort((a, b) => b.length - a.length)
}
