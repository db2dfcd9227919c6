// npm start: installs and builds what the tour needs, then runs it with the given arguments.
import { install } from './install.mjs'
import { node, requireNode } from './lib.mjs'

requireNode()
await install()

const build = await node('.ci/build.mjs', ['apps/tour', '--no-types'])
if (build.code !== 0) process.exit(build.code)

const tour = await node('apps/tour/dist/main.js', process.argv.slice(2))
process.exitCode = tour.code
