import { readdir, readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { StoreError } from '@kvdol/core/adapter'
import { glob, LineType, parse, SSHConfig } from 'ssh-config'
import { absent } from './host-key.ts'

/** What the user's configuration says about one host, first come first served (ssh_config(5)); names in lower case. */
export type HostConfig = Readonly<Record<string, string | readonly string[]>>

/** Options that name a command to run. Nothing is ever run. */
const COMMANDS = ['proxycommand', 'knownhostscommand']
/** Names are not looked up to find other names: that would run a program. */
const CANONICAL = /^canonical/i
const DEEPEST_INCLUDE = 16

/** The user's configuration, from `~/.ssh/config` unless another path is given. Absent is empty. */
export async function readUserConfig(path = join(homedir(), '.ssh', 'config')): Promise<SSHConfig> {
  return SSHConfig.from((await included(path, 0)).filter(line => !isCanonical(line))) as SSHConfig
}

/** What it says about a host. Throws `InvalidArgument` where it would need a command to be run. */
export function hostConfig(config: SSHConfig, host: string): HostConfig {
  // `Match exec` would run a shell.
  const found = config.compute(host, { ignoreCase: true, matchExec: false }) as HostConfig
  for (const name of COMMANDS)
    if (found[name] !== undefined && found[name] !== 'none')
      throw invalid(`${name} of ${JSON.stringify(host)} would run a command, which this package never does`)
  return found
}

/** The first value of an option. */
export function oneOf(config: HostConfig, name: string): string | undefined {
  return manyOf(config, name)[0]
}

/** All values of an option. */
export function manyOf(config: HostConfig, name: string): readonly string[] {
  const value = config[name] ?? []
  return typeof value === 'string' ? [value] : value
}

/** A path with `~`, `%`-tokens and `${NAME}` of the environment replaced (ssh_config(5), TOKENS). */
export function expandPath(path: string, tokens: Readonly<Record<string, string>>): string {
  const expanded = path
    .replace(/%(.)/g, (found, letter: string) => (letter === '%' ? '%' : (tokens[letter] ?? found)))
    .replace(/\$\{(\w+)\}/g, (found, name: string) => process.env[name] ?? found)
  return expanded === '~' || expanded.startsWith('~/') ? join(homedir(), expanded.slice(1)) : expanded
}

type Line = SSHConfig[number]

async function included(path: string, depth: number): Promise<Line[]> {
  if (depth > DEEPEST_INCLUDE) throw invalid('files of the SSH configuration include each other')
  const text = await readFile(path, 'utf8').catch(absent)
  const lines: Line[] = []
  for (const line of parsed(text, path)) {
    if (isInclude(line))
      for (const file of await filesOf(line)) lines.push(...(await included(file, depth + 1)))
    else lines.push(line)
    if ('config' in line && line.config.some(isInclude))
      throw invalid('Include below Host or Match is not supported; put it before them')
  }
  return lines
}

function parsed(text: string, path: string): SSHConfig {
  try {
    return parse(text)
  } catch {
    throw invalid(`${JSON.stringify(basename(path))} is no SSH configuration`)
  }
}

function isInclude(line: Line): boolean {
  return line.type === LineType.DIRECTIVE && /^include$/i.test(line.param)
}

function isCanonical(line: Line): boolean {
  if (line.type !== LineType.DIRECTIVE) return false
  if ('config' in line)
    line.config = SSHConfig.from(line.config.filter(each => !isCanonical(each))) as SSHConfig
  return CANONICAL.test(line.param)
}

/** The files that an `Include` names; the last part of a path may be a pattern. */
async function filesOf(line: Line): Promise<string[]> {
  const { value } = line as { value: string | { val: string }[] }
  const patterns = typeof value === 'string' ? [value] : value.map(({ val }) => val)
  const files: string[] = []
  for (const pattern of patterns) {
    const path = resolve(join(homedir(), '.ssh'), expandPath(pattern, {}))
    const names = await readdir(dirname(path)).catch(() => [])
    files.push(
      ...names
        .filter(name => glob([basename(path)], name))
        .sort()
        .map(name => join(dirname(path), name)),
    )
  }
  return files
}

export function invalid(detail: string): StoreError {
  return new StoreError('InvalidArgument', detail)
}
