// Packs each publishable package as it would be published and checks the tarball with publint and attw.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { node, pnpm, tool, workspace } from './lib.mjs'

const scratch = mkdtempSync(join(tmpdir(), 'kvdol-pack-'))
let failed = false

async function check(label, running) {
  const { code, output } = await running
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${label}`)
  if (code !== 0) console.log(output.trim())
  failed ||= code !== 0
  return code === 0
}

for (const { path, manifest } of workspace('packages').filter(({ manifest }) => !manifest.private)) {
  const { name } = manifest
  const tarball = join(scratch, `${path.split('/').pop()}.tgz`)
  const packed = pnpm(['--dir', path, 'pack', '--out', tarball], { capture: true })
  if (!(await check(`pack ${name}`, packed))) continue
  await check(`publint ${name}`, node(tool('publint'), ['run', tarball, '--strict'], { capture: true }))
  const attw = [tarball, '--profile', 'esm-only', '--no-definitely-typed', '--format', 'ascii']
  await check(`attw ${name}`, node(tool('@arethetypeswrong/cli', 'attw'), attw, { capture: true }))
}
rmSync(scratch, { recursive: true })
process.exitCode = failed ? 1 : 0
