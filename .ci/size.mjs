// Checks the size-limit budgets that packages declare in their package.json.
import { node, tool, workspace } from './lib.mjs'

for (const { path } of workspace('packages').filter(({ manifest }) => manifest['size-limit'])) {
  const { code } = await node(tool('size-limit'), [], { cwd: path })
  if (code !== 0) process.exitCode = code
}
