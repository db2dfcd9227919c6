import { rmSync, writeFileSync } from 'node:fs'

/** Makes everything in a store's folder fail from now on: a file stands where the folder was. */
export function replaceByFile(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  writeFileSync(folder, 'no folder')
}
