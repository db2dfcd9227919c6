import { readFileSync } from 'node:fs'

/** The code of a chapter as it is run: its file, without the imports from the tour itself. */
export function sourceText(file: string): string {
  const path = new URL(`../src/chapters/${file}`, import.meta.url)
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  return lines.filter(line => !/^import .* from '\.\.?\//.test(line)).join('\n')
}
