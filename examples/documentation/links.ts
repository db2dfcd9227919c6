import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

const CODE = /^```[\s\S]*?^```|`[^`\n]*`/gm
const LINK = /\]\(([^)\s]+)\)/g
const HEADING = /^#+ (.+)$/gm
const ANCHOR = /<a id="([^"]+)">/g

/** The links of a document in `root` that lead to no file or no heading: `docs/a.md: b.md#c`. */
export function brokenLinks(root: string, document: string): string[] {
  const path = join(root, document)
  const links = [...readFileSync(path, 'utf8').replace(CODE, '').matchAll(LINK)].map(
    ([, target = '']) => target,
  )
  return links.filter(target => isBroken(path, target)).map(target => `${relative(root, path)}: ${target}`)
}

function isBroken(from: string, target: string): boolean {
  if (/^\w+:/.test(target)) return false
  const [file = '', anchor] = target.split('#')
  const path = file === '' ? from : join(dirname(from), file)
  if (!existsSync(path)) return true
  return anchor !== undefined && !anchors(readFileSync(path, 'utf8')).includes(anchor)
}

/** The names that a document gives itself, and those that readers of a repository give to headings. */
function anchors(markdown: string): string[] {
  const text = markdown.replace(/^```[\s\S]*?^```/gm, '')
  const own = [...text.matchAll(ANCHOR)].map(([, name = '']) => name)
  const headings = [...text.matchAll(HEADING)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )
  return [...own, ...headings]
}
