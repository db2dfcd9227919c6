// npm run release [-- --dry-run]: builds, checks and publishes every package whose version the registry does not have yet,
// and tags it. Versions come from `npm run pnpm -- changeset version`, which is committed before.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import getReleasePlan from '@changesets/get-release-plan'
import { install } from './install.mjs'
import { node, npm, requireNode, root, run, tool } from './lib.mjs'
import { faults, published, repository } from './published.mjs'

const dry = process.argv.includes('--dry-run')
requireNode()
const web = repository()
const refusal = await refused()
if (refusal !== undefined) {
  console.error(refusal)
  process.exit(1)
}
await install()
const built = await node('.ci/build.mjs', [])
if (built.code !== 0) process.exit(built.code)

const scratch = mkdtempSync(join(tmpdir(), 'kvdol-release-'))
try {
  const packages = await published(scratch, web)
  for (const each of packages) {
    const found = await faults(each)
    if (found.length > 0)
      throw new Error(`${each.manifest.name} is not fit to be published:\n${found.join('\n')}`)
  }
  for (const each of packages) await publish(each)
  if (!dry) await succeed('changeset tag', node(tool('@changesets/cli', 'changeset'), ['tag']))
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
} finally {
  rmSync(scratch, { recursive: true })
}

/** Why nothing can be released now. */
async function refused() {
  if (!/^https:\/\/\S+$/.test(web ?? ''))
    return 'Set "repository" in package.json to the address of the repository on the web, such as "https://github.com/owner/kvdol". The homepage, the page for bugs and the links of every package come from it.'
  const { changesets } = await (getReleasePlan.default ?? getReleasePlan)(root)
  if (changesets.length > 0)
    return `${changesets.length} changesets are not in a version yet. Run "npm run pnpm -- changeset version" and commit what it changes.`
  const { code, output } = await run('git', ['status', '--porcelain'], { capture: true })
  if (code !== 0 || output !== '')
    return `A release is made of what is committed; git status says:\n${output.trim()}`
}

async function publish({ folder, manifest: { name, version } }) {
  if (await isThere(name, version)) return console.log(`there     ${name} ${version}`)
  const options = ['--access', 'public', '--ignore-scripts', ...(dry ? ['--dry-run'] : [])]
  await succeed(`npm publish ${name}`, npm(['publish', folder, ...options]))
  console.log(`published ${name} ${version}${dry ? ' (not really)' : ''}`)
}

/** Whether the registry has this version. A registry that does not answer is no registry without it. */
async function isThere(name, version) {
  const { code, output } = await npm(['view', `${name}@${version}`, 'version', '--json'], { capture: true })
  if (code === 0) return output.includes(version)
  if (/\bE404\b/.test(output)) return false
  throw new Error(`npm view ${name} failed:\n${output.trim()}`)
}

async function succeed(name, running) {
  const { code } = await running
  if (code !== 0) throw new Error(`${name} failed`)
}
