import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as csv from '@kvdol/codecs/csv'
import * as structured from '@kvdol/codecs/structured'
import * as core from '@kvdol/core'
import * as adapter from '@kvdol/core/adapter'
import * as layers from '@kvdol/core/layers'
import * as dropbox from '@kvdol/dropbox'
import * as fs from '@kvdol/fs'
import * as graze from '@kvdol/graze'
import * as mongo from '@kvdol/mongo'
import * as s3 from '@kvdol/s3'
import { service } from '@kvdol/services'
import * as sql from '@kvdol/sql'
import * as ssh from '@kvdol/ssh'
import * as zip from '@kvdol/zip'
import { transform } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { readExamples } from './document.ts'
import { brokenLinks } from './links.ts'
import { toProgram } from './program.ts'
import { run } from './run.ts'
import { type Reachable, reaching } from './surroundings.ts'
import { typecheck } from './typecheck.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** In milliseconds: one document runs the conformance kit twice, and the first to need a service starts it. */
const SLOWEST = 300_000

const documents = ['README.md', ...['docs', 'packages', 'examples'].flatMap(markdownIn)]
const texts = new Map(documents.map(path => [path, read(path)] as const))
const examples = [...texts].filter(([, markdown]) => readExamples(markdown).length > 0)

const runnable = examples.filter(([, markdown]) =>
  readExamples(markdown).some(({ noRun }) => noRun === undefined),
)

describe('the documentation', () => {
  it('has examples', () => {
    expect(examples.map(([path]) => path)).toEqual(
      expect.arrayContaining(['README.md', 'docs/guide.md', 'docs/write-an-adapter.md']),
    )
  })

  it(
    'typechecks',
    () => {
      const programs = new Map(examples.map(([path, markdown]) => [path, toProgram(markdown)]))
      expect(typecheck(programs)).toEqual([])
    },
    SLOWEST,
  )

  it.for(runnable)(
    '%s runs and prints what it says',
    { timeout: SLOWEST },
    async ([, markdown], { skip }) => {
      const blocks = readExamples(markdown).filter(block => block.expected !== undefined)
      const outputs = await run(toProgram(markdown), reaching(await addressesFor(markdown, skip)))
      const printed = blocks.map(({ line }) => [line, outputs.get(line)?.trimEnd()])
      expect(printed).toEqual(blocks.map(({ line, expected }) => [line, expected?.trimEnd()]))
    },
  )

  it.each(['README.md', 'docs/guide.md'])('%s pastes as one file', async path => {
    const blocks = readExamples(read(path)).filter(({ file }) => file === undefined)
    await transform(blocks.map(({ code }) => code).join('\n'), { loader: 'ts', format: 'esm' })
  })

  it('names every export of @kvdol/core in README.md or on the page for adapter authors', () => {
    const tables = read('README.md') + read('docs/write-an-adapter.md')
    const cells = [...tables.matchAll(/^\|([^|]*)\|/gm)].map(([, cell]) => cell)
    const named = new Set(cells.join().match(/(?<=`)\w+/g))
    expect(Object.keys(core).filter(name => !named.has(name))).toEqual([])
  })

  it('names nothing in the tables of docs/from-dol.md that does not exist', () => {
    const cells = [...read('docs/from-dol.md').matchAll(/^\|[^|]*\|(.*)\|$/gm)].map(([, cell]) => cell)
    const called = new Set(cells.join().match(/(?<=`)\w+(?=\()/g))
    const template = core.template('{name}')
    const objects = [
      core,
      adapter,
      csv,
      structured,
      dropbox,
      fs,
      graze,
      layers,
      mongo,
      s3,
      sql,
      ssh,
      zip,
      core.memory(),
      template,
      layers.cachedKeys()(core.memory()),
      layers.contentAddressed(core.memory()),
    ]
    expect([...called].filter(name => !objects.some(object => name in object))).toEqual([])
  })

  it('links to files and headings that exist', () => {
    expect(documents.flatMap(path => brokenLinks(root, path))).toEqual([])
  })
})

/** The addresses of the services that a document names. Without one of them the test is skipped. */
async function addressesFor(
  markdown: string,
  skip: (reason: string) => never,
): Promise<Map<Reachable, string>> {
  const names = new Set(readExamples(markdown).flatMap(({ service }) => service ?? []))
  const addresses = new Map<Reachable, string>()
  for (const name of names) {
    const found = await service(name)
    if ('missing' in found) return skip(`needs ${name}: ${found.missing} (${found.how})`)
    addresses.set(name, found.url)
  }
  return addresses
}

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

function markdownIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => !['node_modules', 'dist', 'api'].includes(name))
    .flatMap(entry =>
      entry.isDirectory() ? markdownIn(`${folder}/${entry.name}`) : `${folder}/${entry.name}`,
    )
    .filter(path => path.endsWith('.md'))
    .sort()
}
