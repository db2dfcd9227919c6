// npm run house: measures how the packages are built, and fails where a limit is passed.
// With a folder as argument it measures that checkout instead, for a comparison.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import ts from 'typescript'
import { root as own } from './lib.mjs'

const root = process.argv[2] === undefined ? own : resolve(process.argv[2])
const ADAPTERS = ['fs', 'sql', 'mongo', 's3', 'zip']
const REMOTE = ['redis', 'ssh', 'dropbox', 'graze']

const files = folder =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
        .map(entry => join(entry.parentPath ?? entry.path, entry.name))
    : []
const sources = name => files(join(root, 'packages', name, 'src'))
const text = file => readFileSync(file, 'utf8')
const lines = list => list.reduce((sum, file) => sum + text(file).trimEnd().split('\n').length, 0)

function code(file) {
  const parsed = ts.createSourceFile(file, text(file), ts.ScriptTarget.Latest, true)
  return { parsed, print: node => node.getText(parsed) }
}

function each(node, visit) {
  visit(node)
  node.forEachChild(child => each(child, visit))
}

// Errors of the backend are mapped where core asks `errorOf`; whatever maps one elsewhere is placed by hand.
const MAPPERS = /^(toStoreError|fail\.\w+|errorOf|\w+ErrorOf|translated|staging|committed|mapped)$/
function handPlaced(name) {
  let count = 0
  for (const file of sources(name)) {
    const { parsed, print } = code(file)
    each(parsed, node => {
      if (ts.isCallExpression(node)) {
        if (MAPPERS.test(print(node.expression))) count++
        // `.catch(fail.reading)`: the mapper given on.
        else if (
          node.arguments.some(
            argument => MAPPERS.test(print(argument)) && print(node.expression).endsWith('.catch'),
          )
        )
          count++
      }
    })
  }
  return count
}

// A SQL dialect is one folder: a comparison with its name anywhere else decides what belongs into it.
const DIALECTS = ["'sqlite'", "'postgres'", "'mysql'"]
function dialectTests() {
  const elsewhere = [...ADAPTERS, ...REMOTE]
    .flatMap(sources)
    .filter(file => !/sql\/src\/(dialects\/\w+|sqlite|postgres|mysql)\//.test(file))
  let count = 0
  for (const file of elsewhere) {
    const { parsed, print } = code(file)
    const isName = node => DIALECTS.includes(print(node))
    each(parsed, node => {
      if (ts.isBinaryExpression(node) && (isName(node.left) || isName(node.right))) count++
      if (ts.isCaseClause(node) && isName(node.expression)) count++
    })
  }
  return count
}

/** Groups of files that import each other in a circle, types included. */
function circles(name) {
  const graph = new Map()
  for (const file of sources(name)) {
    const imported = ts
      .preProcessFile(text(file), true, true)
      .importedFiles.map(({ fileName }) => fileName)
      .filter(path => path.startsWith('.'))
      .map(path => join(dirname(file), path))
    graph.set(file, imported)
  }
  return strongComponents(graph).map(group => group.map(file => relative(root, file)))
}

/** Tarjan's algorithm: the strongly connected components of more than one node. */
function strongComponents(graph) {
  const index = new Map()
  const low = new Map()
  const stack = []
  const found = []
  const visit = node => {
    index.set(node, index.size)
    low.set(node, index.get(node))
    stack.push(node)
    for (const next of graph.get(node) ?? []) {
      if (!graph.has(next)) continue
      if (!index.has(next)) visit(next)
      if (index.has(next) && stack.includes(next)) low.set(node, Math.min(low.get(node), low.get(next)))
    }
    if (low.get(node) !== index.get(node)) return
    const group = stack.splice(stack.indexOf(node))
    if (group.length > 1) found.push(group)
  }
  for (const node of graph.keys()) if (!index.has(node)) visit(node)
  return found
}

/** Names of values (not types) that a module exports. */
function exportedValues(file) {
  const parsed = ts.createSourceFile(file, text(file), ts.ScriptTarget.Latest, true)
  return parsed.statements
    .filter(statement => ts.isExportDeclaration(statement) && !statement.isTypeOnly)
    .flatMap(({ exportClause }) => exportClause.elements)
    .filter(element => !element.isTypeOnly)
    .map(element => element.name.text)
}

const packages = readdirSync(join(root, 'packages')).filter(name => sources(name).length > 0)
const inCircles = packages.flatMap(circles)
const floor = join(root, 'packages/core/src/adapter')
const rows = [
  [
    'hand-placed error mappings in fs, sql, mongo, s3, zip',
    sum(ADAPTERS.map(handPlaced)),
    10,
    ADAPTERS.map(name => `${name} ${handPlaced(name)}`),
  ],
  [
    'hand-placed error mappings in ssh, dropbox, graze',
    sum(REMOTE.map(handPlaced)),
    22,
    REMOTE.map(name => `${name} ${handPlaced(name)}`),
  ],
  ['tests of a dialect’s name outside its folder', dialectTests(), 0, []],
  ['circles of imports, types included', inCircles.length, 0, inCircles.map(group => group.join(' ↔ '))],
  [
    'source lines of fs, sql, mongo, s3, zip',
    sum(ADAPTERS.map(name => lines(sources(name)))),
    23750,
    ADAPTERS.map(name => `${name} ${lines(sources(name))}`),
  ],
  ['source lines of core’s floor', lines(files(floor)), 1340, []],
  [
    'values exported by the root of core',
    exportedValues(join(root, 'packages/core/src/index.ts')).length,
    70,
    [],
  ],
]

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0)
}

for (const [what, value, limit, details] of rows) {
  console.log(`${value <= limit ? 'ok    ' : 'FAILED'} ${what}: ${value} (at most ${limit})`)
  for (const detail of details) console.log(`         ${detail}`)
}
process.exitCode = rows.some(([, value, limit]) => value > limit) ? 1 : 0
