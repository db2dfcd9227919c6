import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

export const readJson = path => JSON.parse(readFileSync(join(root, path), 'utf8'))

process.env.TURBO_TELEMETRY_DISABLED = '1'
process.env.TURBO_NO_UPDATE_NOTIFIER = '1'

export function requireNode() {
  const wanted = readJson('package.json').engines.node.replace('>=', '')
  const [major, minor] = wanted.split('.').map(Number)
  const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number)
  if (ownMajor > major || (ownMajor === major && ownMinor >= minor)) return
  console.error(`kvdol needs Node ${wanted} or newer; this is Node ${process.versions.node}.`)
  process.exit(1)
}

/** Runs a command in the repository. With `capture`, output is collected instead of shown. */
export function run(command, args, { capture = false, cwd = root, onOutput, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const stdio = capture || onOutput ? ['ignore', 'pipe', 'pipe'] : 'inherit'
    const child = spawn(command, args, { cwd, stdio, ...options })
    let output = ''
    const collect = chunk => {
      output += chunk
      if (onOutput) onOutput(chunk)
    }
    if (child.stdout) child.stdout.setEncoding('utf8').on('data', collect)
    if (child.stderr) child.stderr.setEncoding('utf8').on('data', collect)
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code: code === null ? 1 : code, signal, output }))
  })
}

/** Runs a Node script: a path, or the command of an installed package. */
export const node = (script, args, options) => run(process.execPath, [script, ...args], options)

/** The script behind a command of an installed package, so that no shell or .cmd file is involved. */
export function tool(name, command = name) {
  const folder = `node_modules/${name}`
  const { bin } = readJson(`${folder}/package.json`)
  return join(root, folder, typeof bin === 'string' ? bin : bin[command])
}

export function pnpm(args, options = {}) {
  const pinned = readJson('package.json').packageManager
  return run('npx', ['--yes', pinned, ...args], { shell: process.platform === 'win32', ...options })
}

/** Runs npm, whose command is a script with another ending on Windows. */
export const npm = (args, options = {}) =>
  run('npm', args, { shell: process.platform === 'win32', ...options })

/** The workspace packages below a folder (`packages`, `apps`): path and manifest of each. */
export const workspace = folder =>
  readdirSync(join(root, folder))
    .map(name => `${folder}/${name}`)
    .filter(path => existsSync(join(root, path, 'package.json')))
    .map(path => ({ path, manifest: readJson(`${path}/package.json`) }))
