import { readFileSync } from 'node:fs'
import path from 'node:path'

/** The name of the running program: that of the package its main script is in, else the script's own. */
export function applicationName(script: string | undefined = process.argv[1]): string {
  if (script === undefined) return 'node'
  const from = path.resolve(script)
  for (let folder = path.dirname(from); ; folder = path.dirname(folder)) {
    const name = packageName(folder)
    if (name !== undefined) return name
    if (folder === path.dirname(folder)) return path.parse(from).name
  }
}

function packageName(folder: string): string | undefined {
  try {
    const { name }: { name?: unknown } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'))
    return typeof name === 'string' && name !== '' ? name : undefined
  } catch {
    return undefined
  }
}
