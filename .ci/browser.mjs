// Typechecks the packages that promise to run in browsers with the DOM's types only, without Node's.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { node, root, tool, workspace } from './lib.mjs'

for (const { path } of workspace('packages')) {
  const project = `${path}/tsconfig.browser.json`
  if (!existsSync(join(root, project))) continue
  const { code } = await node(tool('typescript', 'tsc'), ['--project', project])
  if (code !== 0) process.exitCode = code
}
