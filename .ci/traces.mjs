// Checks that the source maps of the published files lead to the sources: a stack trace by `node --enable-source-maps` names
// the line of the .ts file, and each map holds the sources that it names.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { node, root, workspace } from './lib.mjs'

/** Wrong calls that throw in a package, and what the line says where they do. */
const THROWS = [
  ['core', "template('{')", 'packages/core/src/keys/template-parts.ts', 'return new TypeError(`template'],
  ['core', "prefix('\\ud800')", 'packages/core/src/keys/affix.ts', 'takes well-formed strings'],
  ['fs', "quickStore('')", 'packages/fs/src/quick-store.ts', "throw new TypeError('quickStore"],
]

function report(label, problem) {
  console.log(`${problem === undefined ? 'ok    ' : 'FAILED'} ${label}`)
  if (problem === undefined) return
  console.log(`       ${problem}`)
  process.exitCode = 1
}

for (const [name, call, file, line] of THROWS)
  report(`${name}: ${call}`, await wrongTrace(name, call, file, line))
for (const { path } of workspace('packages'))
  report(`maps of ${path}`, missingSources(join(root, path, 'dist')))

/** What is wrong with the trace of this call, if anything is. */
async function wrongTrace(name, call, file, line) {
  const dist = pathToFileURL(join(root, 'packages', name, 'dist/index.js')).href
  const script = `const door = await import('${dist}')
    try { door.${call} } catch (error) { console.log(error.stack) }`
  const { output } = await node('--enable-source-maps', ['--input-type=module', '--eval', script], {
    capture: true,
  })
  const [, number, column] = new RegExp(`${file}:(\\d+):(\\d+)`).exec(output) ?? []
  const said = readFileSync(join(root, file), 'utf8').split('\n')[number - 1] ?? ''
  const thrown = said.slice(column - 1)
  return said.includes(line) && thrown.startsWith('new TypeError')
    ? undefined
    : `the trace does not lead to "${line}":\n${output.trim()}`
}

function missingSources(dist) {
  const maps = existsSync(dist) ? readdirSync(dist).filter(name => name.endsWith('.js.map')) : []
  const bad = maps.filter(name => {
    const { sources, sourcesContent = [] } = JSON.parse(readFileSync(join(dist, name), 'utf8'))
    return sources.some(
      (source, at) =>
        source.endsWith('.ts') && sourcesContent[at] !== readFileSync(join(dist, source), 'utf8'),
    )
  })
  return bad.length === 0 ? undefined : `${bad.join(', ')}: without the sources as they are`
}
