// Checks what `import` of each package loads: how much code of this repository, no library that its page does not promise, and
// none of the parts of Node that take longer than the package. These do not change with the load of a machine, as times
// do, which the benchmarks measure ("cold import").
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseAst } from 'rollup/parseAst'
import { node, root, workspace } from './lib.mjs'

/** The most that may be loaded, in KB: 100 KB take about 3 ms. */
const BUDGETS = {
  '@kvdol/core': 142,
  '@kvdol/core/adapter': 120,
  '@kvdol/core/layers': 305,
  '@kvdol/fs': 222,
  '@kvdol/zip': 222,
  '@kvdol/sql': 252,
  '@kvdol/s3': 186,
  '@kvdol/mongo': 200,
  '@kvdol/redis': 141,
  '@kvdol/dropbox': 160,
  '@kvdol/ssh': 202,
  '@kvdol/graze': 316,
}

/** Libraries that may load with a door; all others load at the first call. */
const LIBRARIES = {
  '@kvdol/codecs/ini': ['ini'],
  '@kvdol/codecs/msgpack': ['@msgpack/msgpack'],
  '@kvdol/codecs/toml': ['smol-toml'],
  '@kvdol/codecs/yaml': ['yaml'],
  '@kvdol/conformance': ['fast-check'],
}

const SLOW = ['crypto', 'zlib', 'http', 'https', 'http2', 'tls', 'dns', 'child_process', 'worker_threads']

const packages = workspace('packages').filter(({ manifest }) => !manifest.private)
const doors = new Map(
  packages.flatMap(({ path, manifest }) =>
    Object.entries(manifest.exports)
      .filter(([, target]) => typeof target === 'object')
      .map(([door, target]) => [manifest.name + door.slice(1), join(root, path, target.default)]),
  ),
)

for (const [door, file] of doors) {
  const { files, libraries } = loadedBy(file)
  const texts = [...files].map(path => readFileSync(path, 'utf8'))
  const kilobytes = Math.round(texts.reduce((sum, { length }) => sum + length, 0) / 1000)
  const problems = [...libraries]
    .filter(name => !LIBRARIES[door]?.includes(name))
    .map(name => `loads ${name}; import it where it is first used`)
  // One of them makes V8 hold the whole file in two bytes a character.
  if (texts.some(text => /[^\p{ASCII}]/u.test(text)))
    problems.push('loads characters beyond ASCII; escape them')
  if (kilobytes > (BUDGETS[door] ?? Infinity)) problems.push(`loads more than ${BUDGETS[door]} KB`)
  if (problems.length === 0 && door in BUDGETS && libraries.size === 0)
    problems.push(...(await slowPartsOf(file)))
  console.log(`${problems.length === 0 ? 'ok    ' : 'FAILED'} ${door}: ${files.size} files, ${kilobytes} KB`)
  for (const problem of problems) console.log(`       ${problem}`)
  if (problems.length > 0) process.exitCode = 1
}

/** The files that a door loads with itself, and the libraries that it names. */
function loadedBy(door) {
  const files = new Set([door])
  const libraries = new Set()
  for (const file of files)
    for (const { source } of parseAst(readFileSync(file, 'utf8')).body) {
      const name = source?.value
      if (name === undefined || name.startsWith('node:')) continue
      if (name.startsWith('.')) files.add(join(dirname(file), name))
      else if (doors.has(name)) files.add(doors.get(name))
      else libraries.add(name)
    }
  return { files, libraries }
}

/** Slow parts of Node that a door loads with itself. */
async function slowPartsOf(file) {
  const script = `const before = process.moduleLoadList.length
    await import(${JSON.stringify(pathToFileURL(file).href)})
    console.log(process.moduleLoadList.slice(before).join('\\n'))`
  const { code, output } = await node('--input-type=module', ['--no-warnings', '--eval', script], {
    capture: true,
  })
  if (code !== 0) return [`does not load:\n${output.trim()}`]
  const names = output.split('\n').map(line => line.replace('NativeModule ', ''))
  return SLOW.filter(name => names.includes(name)).map(
    name => `loads node:${name}; it can wait for the first call`,
  )
}
