import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { ParsedKey } from 'ssh2'
import type { Settings } from '../options.ts'
import { Agent, type Credentials, identity, privateKey, publicKeys } from './credentials.ts'
import type { HostTrust } from './host-key.ts'
import {
  expandPath,
  type HostConfig,
  hostConfig,
  invalid,
  manyOf,
  oneOf,
  readUserConfig,
} from './user-config.ts'

/** Where to connect to, as whom, and by what the host is recognised. */
export interface Target {
  readonly host: string
  readonly port: number
  readonly username: string
  readonly credentials: Credentials
  readonly trust: HostTrust
  /** The hosts on the way, the first to connect to first. */
  readonly jumps: readonly Target[]
}

type UserConfig = Awaited<ReturnType<typeof readUserConfig>>

const DEEPEST_JUMP = 8
const IDENTITIES = ['id_ed25519', 'id_ecdsa', 'id_rsa']
const KNOWN_HOSTS = ['known_hosts', 'known_hosts2']
const GLOBAL_KNOWN_HOSTS = ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']

/** The target of these settings; what they leave open is read from the user's configuration if they say so. */
export async function targetOf(settings: Settings): Promise<Target> {
  const { sshConfig } = settings
  const config =
    sshConfig === false ? undefined : await readUserConfig(sshConfig === true ? undefined : sshConfig)
  return await resolve(settings, config, 0)
}

/** What is said of one host, by the caller or in a list of hosts to jump over. */
type Wanted = Pick<
  Settings,
  | 'host'
  | 'port'
  | 'username'
  | 'password'
  | 'privateKey'
  | 'passphrase'
  | 'agent'
  | 'hostKey'
  | 'knownHosts'
  | 'insecureAcceptAnyHostKey'
>

async function resolve(wanted: Wanted, config: UserConfig | undefined, depth: number): Promise<Target> {
  if (depth > DEEPEST_JUMP) throw invalid('ProxyJump leads over too many hosts, or in a circle')
  const name = wanted.host as string
  const found: HostConfig = config === undefined ? {} : hostConfig(config, name)
  const host = expandPath(oneOf(found, 'hostname') ?? name, { h: name })
  const port = wanted.port ?? portOf(oneOf(found, 'port') ?? '22')
  const username = wanted.username ?? oneOf(found, 'user') ?? userInfo().username
  const tokens = { h: host, n: name, p: String(port), r: username, u: userInfo().username, d: homedir() }
  const expand = (path: string) => expandPath(path, tokens)
  const read = config !== undefined
  return {
    host,
    port,
    username,
    credentials: await credentialsOf(wanted, found, expand, read),
    trust: trustOf(wanted, found, expand, read),
    jumps: await jumpsOf(oneOf(found, 'proxyjump'), wanted, config, depth),
  }
}

async function credentialsOf(
  wanted: Wanted,
  found: HostConfig,
  expand: (path: string) => string,
  read: boolean,
): Promise<Credentials> {
  const { password, passphrase } = wanted
  const given = wanted.privateKey === undefined ? [] : [privateKey(wanted.privateKey, passphrase)]
  const named = manyOf(found, 'identityfile').filter(path => path !== 'none')
  const files = named.length > 0 ? named : IDENTITIES.map(name => join(homedir(), '.ssh', name))
  const paths = read ? files.map(expand) : []
  const own = (await Promise.all(paths.map(path => identity(path, passphrase)))).filter(isKey)
  const socket = socketOf(wanted.agent, found, expand, read)
  const only = oneOf(found, 'identitiesonly') === 'yes'
  const listed = only ? [...(await publicKeys(paths)), ...own.map(key => key.getPublicSSH())] : undefined
  return {
    keys: [...given, ...own],
    agent: socket === undefined ? undefined : new Agent(socket, listed),
    password,
  }
}

function isKey(key: ParsedKey | undefined): key is ParsedKey {
  return key !== undefined
}

function socketOf(
  agent: Wanted['agent'],
  found: HostConfig,
  expand: (path: string) => string,
  read: boolean,
): string | undefined {
  const environment = process.env.SSH_AUTH_SOCK || undefined
  if (typeof agent === 'string') return agent
  if (agent === true && environment === undefined)
    throw invalid('agent: there is no SSH_AUTH_SOCK in the environment')
  if (agent === true) return environment
  const named = oneOf(found, 'identityagent')
  if (named === 'none' || !read) return undefined
  if (named === undefined || named === 'SSH_AUTH_SOCK') return environment
  return named.startsWith('$') ? process.env[named.slice(1)] : expand(named)
}

function trustOf(
  { hostKey = [], knownHosts, insecureAcceptAnyHostKey }: Wanted,
  found: HostConfig,
  expand: (path: string) => string,
  read: boolean,
): HostTrust {
  const named = manyOf(found, 'userknownhostsfile')
  const users = named.length > 0 ? named : KNOWN_HOSTS.map(name => join(homedir(), '.ssh', name))
  const files = read ? [...users.filter(path => path !== 'none').map(expand), ...GLOBAL_KNOWN_HOSTS] : []
  return {
    keys: typeof hostKey === 'string' ? [hostKey] : hostKey,
    knownHosts: knownHosts === undefined ? files : [knownHosts].flat(),
    alias: oneOf(found, 'hostkeyalias'),
    acceptNew: oneOf(found, 'stricthostkeychecking') === 'accept-new',
    any: insecureAcceptAnyHostKey,
  }
}

/** The hosts of `ProxyJump`: `[user@]host[:port]` or `ssh://…`, several separated by commas. */
async function jumpsOf(
  list: string | undefined,
  { passphrase, agent, insecureAcceptAnyHostKey, knownHosts }: Wanted,
  config: UserConfig | undefined,
  depth: number,
): Promise<Target[]> {
  if (list === undefined || list === 'none') return []
  const jumps: Target[] = []
  for (const jump of list.split(',')) {
    const { username, host, port } = jumpOf(jump.trim())
    // The password and the key of the target are not for the hosts on the way.
    const wanted = { passphrase, agent, insecureAcceptAnyHostKey, knownHosts, username, host, port }
    const target = await resolve(
      { ...wanted, password: undefined, privateKey: undefined, hostKey: undefined },
      config,
      depth + 1,
    )
    // Only the first is reached from here; the others are reached over the one before.
    jumps.push(...(jumps.length === 0 ? target.jumps : []), { ...target, jumps: [] })
  }
  return jumps
}

function jumpOf(text: string): Pick<Wanted, 'username' | 'port' | 'host'> {
  const [, username, ipv6, name, port] =
    /^(?:ssh:\/\/)?(?:([^@/]+)@)?(?:\[([^\]]+)\]|([^:/\s]+))(?::(\d+))?\/?$/.exec(text) ?? []
  const host = ipv6 ?? name
  if (host === undefined) throw invalid(`ProxyJump ${JSON.stringify(text)} is no [user@]host[:port]`)
  return { username, host, port: port === undefined ? undefined : portOf(port) }
}

function portOf(text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  throw invalid(`Port ${JSON.stringify(text)} of the SSH configuration is no port`)
}
