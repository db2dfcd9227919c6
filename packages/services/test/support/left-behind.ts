import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openLedger } from '../../src/run/ledger.ts'
import { freePort, listens, stageOf } from '../../src/run/stage.ts'

/** A program that starts a server, makes a folder, tells of both, and waits to be killed. */
const stage = stageOf(await openLedger())
const folder = stage.folder('left-behind')
writeFileSync(join(folder, 'file'), 'data')
const port = await freePort()
await stage.start({
  command: process.execPath,
  args: ['-e', `require('node:net').createServer().listen(${port}, '127.0.0.1')`],
  folder,
  ready: () => listens(port),
})
process.stdout.write(`${JSON.stringify({ folder, port })}\n`)
setInterval(() => {}, 1000)
