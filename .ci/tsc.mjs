// Runs the workspace's main TypeScript in the current folder; `tsc` in node_modules/.bin may be any of
// the type matrix.
import { node, tool } from './lib.mjs'

const { code } = await node(tool('typescript', 'tsc'), process.argv.slice(2), { cwd: process.cwd() })
process.exitCode = code
