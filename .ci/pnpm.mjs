// Runs the pinned pnpm, so that a machine with only Node and npm can use every script.
import { pnpm, requireNode } from './lib.mjs'

requireNode()
process.exitCode = (await pnpm(process.argv.slice(2))).code
