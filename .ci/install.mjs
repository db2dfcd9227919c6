import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pnpm, root } from './lib.mjs'

const stamp = join(root, 'node_modules/.kvdol-install')

/** What an install depends on: the lockfile, and the Node ABI and platform that native packages are for. */
const fingerprint = () =>
  createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .update([process.versions.modules, process.platform, process.arch].join())
    .digest('hex')

/** Native modules that have no prebuilt binary compile against the headers beside this Node, if they are there. */
function headers() {
  const prefix = dirname(dirname(process.execPath))
  return existsSync(join(prefix, 'include/node/node_version.h')) ? { npm_config_nodedir: prefix } : {}
}

function installed() {
  try {
    return readFileSync(stamp, 'utf8') === fingerprint()
  } catch {
    return false
  }
}

/** Installs the dependencies exactly as locked, unless that is already done. */
export async function install() {
  if (installed()) return
  const started = Date.now()
  const progress = () => {
    const seconds = Math.round((Date.now() - started) / 1000)
    process.stderr.write(`\rInstalling dependencies ... ${seconds} s`)
  }
  const timer = process.stderr.isTTY ? setInterval(progress, 1000) : undefined
  process.stderr.write('Installing dependencies ...')
  const { code, output } = await pnpm(['install', '--frozen-lockfile'], {
    capture: true,
    env: { ...process.env, ...headers() },
  })
  clearInterval(timer)
  process.stderr.write('\n')
  if (code !== 0) {
    console.error(`${output.trim()}\n\nInstalling the dependencies failed.`)
    process.exit(code)
  }
  mkdirSync(join(root, 'node_modules'), { recursive: true })
  writeFileSync(stamp, fingerprint())
}
