import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type Block, readExamples } from './document.ts'
import { brokenLinks } from './links.ts'
import { toProgram } from './program.ts'
import { run } from './run.ts'
import { typecheck } from './typecheck.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

const documents = ['README.md', ...markdownIn('docs'), ...markdownIn('packages')].filter(path => !path.startsWith('docs/api/'))
const examples = new Map(documents.map(path => [path, read(path)]).filter(([, markdown = '']) => readExamples(markdown).length > 0))

describe('the documentation', () => {
  it('has examples', () => {
    expect([...examples.keys()]).toEqual(expect.arrayContaining(['README.md', 'docs/guide.md', 'docs/write-an-adapter.md']))
  })

  it('typechecks', () => {
    expect(typecheck(new Map([...examples].map(([path, markdown]) => [path, toProgram(markdown)])))).toEqual([])
  })

  it.each([...examples])('%s runs and prints what it says', async (_, markdown) => {
    const blocks = readExamples(markdown).filter(isRun)
    const outputs = await run(toProgram(markdown))
    const printed = blocks.map(({ line }) => [line, outputs.get(line)?.trimEnd()])
    expect(printed).toEqual(blocks.map(({ line, expected = '' }) => [line, expected.trimEnd()]))
  })

  it('links to files and headings that exist', () => {
    expect(documents.flatMap(path => brokenLinks(root, path))).toEqual([])
  })
})

function isRun({ file, noRun }: Block): boolean {
  return file === undefined && noRun === undefined
}

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

function markdownIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules' && name !== 'dist')
    .flatMap(entry => (entry.isDirectory() ? markdownIn(`${folder}/${entry.name}`) : `${folder}/${entry.name}`))
    .filter(path => path.endsWith('.md'))
    .sort()
}
