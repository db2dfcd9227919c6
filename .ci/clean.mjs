// Removes everything that a build writes.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { root, workspace } from './lib.mjs'

const built = [...workspace('packages'), ...workspace('apps')].flatMap(({ path }) => [
  `${path}/dist`,
  `${path}/.turbo`,
])
for (const path of [...built, '.turbo', 'node_modules/.cache'])
  rmSync(join(root, path), { recursive: true, force: true })
