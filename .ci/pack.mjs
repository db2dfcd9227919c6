// Makes each publishable package as it would be published, and checks it with publint, attw and rules of our own.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { faults, NOWHERE, published, repository } from './published.mjs'

const scratch = mkdtempSync(join(tmpdir(), 'kvdol-pack-'))
try {
  for (const each of await published(scratch, repository() ?? NOWHERE)) {
    const found = await faults(each)
    console.log(`${found.length === 0 ? 'ok    ' : 'FAILED'} ${each.manifest.name}`)
    for (const text of found) console.log(text)
    if (found.length > 0) process.exitCode = 1
  }
} finally {
  rmSync(scratch, { recursive: true })
}
