// npm run check: every static check. With --tests (as .ci/run calls it) the whole of npm test as well.
// All of them run, whatever fails; the last lines sum up.
import { install } from './install.mjs'
import { node, requireNode, tool } from './lib.mjs'

requireNode()
await install()

const checks = {
  'format and lint': [tool('@biomejs/biome', 'biome'), ['check', '--error-on-warnings']],
  workspace: ['.ci/workspace.mjs', []],
  changesets: ['.ci/changesets.mjs', []],
  'build and typecheck': ['.ci/build.mjs', []],
  'browser types': ['.ci/browser.mjs', []],
  'type matrix': ['.ci/types.mjs', []],
  house: ['.ci/house.mjs', []],
  'packed packages': ['.ci/pack.mjs', []],
  'installed packages': ['.ci/installed.mjs', []],
  'what imports load': ['.ci/imports.mjs', []],
  'stack traces': ['.ci/traces.mjs', []],
  'size budgets': ['.ci/size.mjs', []],
  'unused code (knip)': [tool('knip'), ['--no-config-hints']],
}
if (process.argv.includes('--tests')) checks.tests = ['.ci/test.mjs', []]

const results = []
let lastLine

for (const [name, [script, args]] of Object.entries(checks)) {
  console.log(`\n── ${name}`)
  const started = performance.now()
  const { code, output } = await node(script, args, { onOutput: text => process.stdout.write(text) })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  results.push({ name, code, seconds })
  if (name === 'tests') lastLine = output.trim().split('\n').pop()
}

console.log('\n── summary')
for (const { name, code, seconds } of results) {
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} ${seconds} s`)
}
process.exitCode = results.some(({ code }) => code !== 0) ? 1 : 0
if (lastLine) console.log(`\n${lastLine}`)
