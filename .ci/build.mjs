// npm run build [-- folder…] [-- --no-types]: builds these packages and apps, or everything.
//
// tsc checks and writes declarations; a package's JavaScript and its declarations are then bundled into the few files
// that are published. --no-types leaves the bundled declarations out, which programs of this repository do not need.
import { resolve } from 'node:path'
import { bundle } from './bundle.mjs'
import { node, root, tool, workspace } from './lib.mjs'

const args = process.argv.slice(2)
const types = !args.includes('--no-types')
const folders = args.filter(arg => !arg.startsWith('--')).map(folder => resolve(folder))

const { code } = await node(tool('typescript', 'tsc'), ['--build', ...folders])
if (code === 0) {
  const all = workspace('packages')
  const named = all.filter(({ path }) => folders.includes(resolve(root, path)))
  // An app runs on packages, which may be any.
  await Promise.all((named.length === 0 ? all : named).map(each => bundle(each, { types })))
}
process.exitCode = code
