// npm run mutation [-- files or folders of packages/core/src]: changes core in one small way at a time and looks
// whether a test fails. Prints what survived, and what was killed per folder.
//
//   npm run mutation                          all of core
//   npm run mutation -- view                  a folder
//   npm run mutation -- operations/copy.ts    a file
//
// Results of mutants and tests that have not changed are kept per folder, so a large folder can be taken in parts first;
// --again does not use them. --docs writes the rows of whole folders into the table of docs/reliability.md. While it
// runs, survivors are told in node_modules/.cache/mutation/*.survivors.txt.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { Stryker } from '@stryker-mutator/core'
import { requireNode, root } from './lib.mjs'

requireNode()
process.chdir(root)

const SOURCES = 'packages/core/src'
const TESTS = 'packages/core/test'
const KIT = ['packages/conformance/test/memory.test.ts', 'packages/conformance/test/laws.test.ts']
const CACHE = 'node_modules/.cache/mutation'
const DOCS = 'docs/reliability.md'
/**
 * Tests of layers are asked about layers only: what stands below is to be told by its own tests and the kit. Those of
 * what adapters share, which no layer uses, are not asked about layers.
 */
const OF_LAYERS = ['layers/', 'layer.test.ts', 'sourced.test.ts']
/** What compiles, bundles or starts programs, and so never meets a mutant; and the kit over pairs of layers, which takes
 * longer than over all of them alone. */
const ELSEWHERE = [
  'types/',
  'browser.test.ts',
  'exports.test.ts',
  'faults/copies.test.ts',
  'support/',
  'layers/pairs.test.ts',
]
/** Of the twelve stores of the kit's own test: each variant on one of three stores is enough here. */
const WITHOUT = [
  'memory through a key map',
  'memory through a value map',
  'memory in order',
  'memory in order through a value map',
  'memory in order, crowded',
  'a Map in seven lines',
  'a Map in seven lines through a key map',
  'a Map in seven lines, crowded',
]

const args = process.argv.slice(2)
const wanted = args.filter(arg => !arg.startsWith('--'))
const mutated = below(SOURCES)
  .filter(file => file.endsWith('.ts'))
  .filter(file => wanted.length === 0 || wanted.some(path => file === path || file.startsWith(`${path}/`)))
if (mutated.length === 0) {
  console.error(`No file of ${SOURCES} is or lies in ${wanted.join(', ')}.`)
  process.exit(1)
}

const isOfLayers = file => file.startsWith('layers/')
const results = [
  ...(await resultsOf(
    'core',
    mutated.filter(file => !isOfLayers(file)),
    test => !OF_LAYERS.some(start => test.startsWith(start)),
  )),
  ...(await resultsOf('layers', mutated.filter(isOfLayers), test => !test.startsWith('adapter/'))),
]
const folders = perFolder(results)
console.table(Object.fromEntries(folders))
if (args.includes('--docs')) writeTable(folders)

function folderOf(file) {
  return file.includes('/') ? file.split('/')[0] : 'core'
}

function below(folder) {
  return readdirSync(folder, { recursive: true }).map(String).sort()
}

/** Everything in a folder but these, as patterns of Stryker. */
function beside(folder, kept) {
  return readdirSync(folder)
    .filter(name => !kept.includes(name))
    .map(name => `/${join(folder, name)}`)
}

/** What became of the mutants of these files, judged by the tests that `judges` takes and the kit over memory. */
async function resultsOf(part, files, judges) {
  if (files.length === 0) return []
  const name = [...new Set([part, ...(wanted.length > 0 ? files.map(folderOf) : [])])].join('+')
  const cache = kind => join(root, CACHE, `${name}.${kind}`)
  mkdirSync(CACHE, { recursive: true })
  for (const kind of ['left-out.txt', 'survivors.txt']) rmSync(cache(kind), { force: true })
  const tests = below(TESTS)
    .filter(file => file.endsWith('.test.ts') && !ELSEWHERE.some(start => file.startsWith(start)))
    .filter(judges)
  const results = await new Stryker({
    mutate: files.map(file => join(SOURCES, file)),
    testRunner: 'in-process',
    plugins: [join(root, '.ci/mutation/runner.mjs')],
    inProcess: {
      tests: [...tests.map(file => join(TESTS, file)), ...KIT],
      without: WITHOUT,
      leftOut: cache('left-out.txt'),
      survivors: cache('survivors.txt'),
    },
    coverageAnalysis: 'perTest',
    ignoreStatic: true,
    incremental: true,
    incrementalFile: cache('incremental.json'),
    force: args.includes('--again'),
    concurrency: Number(process.env.KVDOL_CONCURRENCY ?? 2),
    tempDirName: join(CACHE, 'sandboxes'),
    cleanTempDir: 'always',
    disableTypeChecks: false,
    ignorePatterns: [
      ...beside('.', ['packages', 'package.json']),
      ...beside('packages', ['core', 'conformance', 'test-support']),
      'dist',
    ],
    reporters: ['json', 'progress-append-only'],
    jsonReporter: { fileName: cache('json') },
    // Stryker's own clock is for loops that never come back; the runner's is for tests that wait.
    timeoutMS: 60_000,
    dryRunTimeoutMinutes: 20,
    allowConsoleColors: false,
    fileLogLevel: 'off',
    logLevel: 'warn',
  }).runMutationTest()
  // Among them are kept results of other files of the folder.
  return results.filter(({ fileName }) => files.includes(relative(join(root, SOURCES), fileName)))
}

/** Counts the mutants of each folder, and prints those that survived. */
function perFolder(results) {
  const folders = new Map()
  for (const { fileName, status, location, mutatorName, replacement } of results) {
    // One that no process could try to the end says nothing, and counts against the score.
    if (!['Killed', 'Timeout', 'Survived', 'NoCoverage', 'RuntimeError'].includes(status)) continue
    const file = relative(join(root, SOURCES), fileName)
    const folder = folderOf(file)
    const row = folders.get(folder) ?? { mutants: 0, killed: 0, timeouts: 0, survivors: 0 }
    folders.set(folder, row)
    row.mutants++
    if (status === 'Killed') row.killed++
    else if (status === 'Timeout') row.timeouts++
    else row.survivors++
    if (status !== 'Killed' && status !== 'Timeout')
      console.log(
        `${file}:${location.start.line}:${location.start.column} ${status} ${mutatorName} ${replacement}`,
      )
  }
  for (const row of folders.values()) row.score = `${((1 - row.survivors / row.mutants) * 100).toFixed(1)} %`
  return folders
}

/** Replaces the rows of these folders in the table of the docs, but for folders of which only a part was tried. */
function writeTable(folders) {
  const partly = new Set(
    below(SOURCES)
      .filter(file => file.endsWith('.ts') && !mutated.includes(file))
      .map(folderOf),
  )
  const today = new Date().toISOString().slice(0, 10)
  const rows = new Map()
  const text = readFileSync(DOCS, 'utf8')
  const [head, table, tail] = text.split(/(?<=<!-- mutants -->\n)([\s\S]*?)(?=<!-- \/mutants -->)/)
  for (const [row, folder] of table.matchAll(/^\| `(\w+)` .*$/gm)) rows.set(folder, row)
  for (const [folder, { mutants, killed, timeouts, survivors, score }] of folders)
    if (!partly.has(folder))
      rows.set(
        folder,
        `| \`${folder}\` | ${[mutants, killed, timeouts, survivors, score, today].join(' | ')} |`,
      )
  const lines = [
    '| folder | mutants | killed | timed out | survived | score | of |',
    '| --- | ---: | ---: | ---: | ---: | ---: | --- |',
    ...[...rows].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row),
  ]
  writeFileSync(DOCS, `${head}\n${lines.join('\n')}\n\n${tail}`)
}
