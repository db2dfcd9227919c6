// npm test [-- vitest arguments]: runs every test, then tells what was skipped and why.
//
// A skipped test must say why: either through the note of `ctx.skip(note)`, or through a line that its
// suite appends to the file named by KVDOL_SKIP_REPORT. Such a line is JSON:
//   { "suite": "mongo", "reason": "no MongoDB server", "how": "set MONGODB_URL", "server": true }
// `suite` is the name of the project, file, suite or test it explains; a line for tests that were not even
// declared counts as one skip. With KVDOL_REQUIRE_SERVERS=1 a skip for want of a server is a failure.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { install } from './install.mjs'
import { node, requireNode, tool } from './lib.mjs'

requireNode()
await install()

const args = process.argv.slice(2)
// A run of everything installs the servers before it starts; a part of it installs what it asks for.
const built = await node('.ci/build.mjs', ['packages/services', '--no-types'])
if (built.code !== 0) process.exit(built.code)
if (args.length === 0) await node('packages/services/dist/prepare.js', [])

const scratch = mkdtempSync(join(tmpdir(), 'kvdol-test-'))
const summaryFile = join(scratch, 'summary.json')
const skipReport = join(scratch, 'skips.jsonl')
const servicesReport = join(scratch, 'services.json')

const vitest = await node(
  tool('vitest'),
  ['run', '--reporter=default', '--reporter=./.ci/vitest-reporter.mjs', ...args],
  {
    env: {
      ...process.env,
      KVDOL_TEST_SUMMARY: summaryFile,
      KVDOL_SKIP_REPORT: skipReport,
      KVDOL_SERVICES_REPORT: servicesReport,
    },
  },
)
const ran = existsSync(summaryFile)
const summary = ran ? JSON.parse(readFileSync(summaryFile, 'utf8')) : { passed: 0, failed: 1, skipped: [] }
const reported = existsSync(skipReport) ? readFileSync(skipReport, 'utf8').split('\n').filter(Boolean) : []
const services = existsSync(servicesReport) ? JSON.parse(readFileSync(servicesReport, 'utf8')) : []
rmSync(scratch, { recursive: true })

const reports = [...new Set(reported)].map(line => ({ ...JSON.parse(line), tests: 0 }))
const skips = [...reports]
const byNamePattern = args.some(arg => /^(-t|--testNamePattern)\b/.test(arg))

for (const { names, reason } of summary.skipped) {
  const report = reports.find(({ suite }) => names.includes(suite))
  if (reason) add({ suite: names[1], reason })
  else if (report) report.tests++
  // -t marks every other test as skipped; those were not asked for.
  else if (!byNamePattern) add({ suite: names.slice(1).join(' > '), unexplained: true })
}

function add(skip) {
  const same = skips.find(({ suite, reason }) => suite === skip.suite && reason === skip.reason)
  if (same) same.tests++
  else skips.push({ ...skip, tests: 1 })
}

const serversRequired = process.env.KVDOL_REQUIRE_SERVERS === '1'
let failed = summary.failed
let skipped = 0

if (services.length > 0) console.log('Servers:')
for (const { name, state, how } of services) console.log(`  ${name}: ${how ? `${state} (${how})` : state}`)

if (skips.length > 0) console.log('Skipped:')
for (const { suite, reason, how, server, unexplained, tests } of skips) {
  const count = Math.max(tests, 1)
  const fails = unexplained || (server && serversRequired)
  if (fails) failed += count
  else skipped += count
  const why = unexplained ? 'skipped without a reason' : how ? `${reason} (${how})` : reason
  console.log(`  ${fails ? 'FAILED ' : ''}${suite}: ${tests > 1 ? `${tests} tests, ` : ''}${why}`)
}

// A run that vitest calls failed never ends in "0 failed", whatever was counted.
if (vitest.code !== 0 && failed === 0) failed = 1
console.log(`\n${summary.passed} passed, ${failed} failed, ${skipped} skipped`)
process.exitCode = failed > 0 ? vitest.code || 1 : 0
