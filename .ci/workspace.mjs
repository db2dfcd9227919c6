// Checks what joins the workspace together and no other tool sees.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { root, workspace } from './lib.mjs'

const problems = []
const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
const references = config.references.map(({ path }) => path)

for (const { path, manifest } of [...workspace('packages'), ...workspace('apps')]) {
  if (!references.includes(path))
    problems.push(`tsconfig.json does not reference ${path}, so nothing builds it.`)
  if (!existsSync(join(root, path, 'README.md'))) problems.push(`${path} has no README.md.`)
  if (path.startsWith('packages/') && !existsSync(join(root, path, 'test/exports.test.ts'))) {
    problems.push(`${manifest.name} has no test/exports.test.ts, the snapshot of its export names.`)
  }
}
if (/\btarball:/.test(readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8'))) {
  problems.push('pnpm-lock.yaml has tarball addresses; it must install from any registry.')
}

for (const problem of problems) console.error(problem)
process.exitCode = problems.length > 0 ? 1 : 0
