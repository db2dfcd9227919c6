import { setTimeout as wait } from 'node:timers/promises'
import { aptInstall } from '../install/apt.ts'
import { findProgram, runCommand, succeeds } from '../run/command.ts'
import { freePort, type Stage } from '../run/stage.ts'
import { serverUser } from '../run/user.ts'
import type { Running } from '../service.ts'

const server = () => findProgram('redis-server') ?? findProgram('valkey-server')

export async function installRedis(): Promise<void> {
  if (server() === undefined) await aptInstall(['redis-server'])
}

/** A Redis server of its own, which keeps nothing on disk: `redis://127.0.0.1:PORT`. */
export async function startRedis(stage: Stage): Promise<Running> {
  await installRedis()
  const port = await startNode(stage)
  return { url: `redis://127.0.0.1:${port}`, state: `started ${nameOfServer()}` }
}

/** A cluster of three nodes, each with a third of the slots: the address of the first. */
export async function startRedisCluster(stage: Stage): Promise<Running> {
  await installRedis()
  const nodes = await Promise.all(NODES.map(() => startClusterNode(stage)))
  const [first] = nodes as [ClusterNode, ...ClusterNode[]]
  for (const [index, { port, bus }] of nodes.entries()) {
    await ask(port, 'CLUSTER', 'ADDSLOTSRANGE', ...(NODES[index] as readonly string[]))
    await ask(port, 'CLUSTER', 'SET-CONFIG-EPOCH', `${index + 1}`)
    await ask(first.port, 'CLUSTER', 'MEET', '127.0.0.1', `${port}`, `${bus}`)
  }
  for (const { port } of nodes) await isJoined(port)
  return { url: `redis://127.0.0.1:${first.port}`, state: `started 3 nodes of ${nameOfServer()}` }
}

interface ClusterNode {
  readonly port: number
  /** Where the nodes talk to each other. */
  readonly bus: number
}

/** The first and the last slot of each node. */
const NODES = [
  ['0', '5460'],
  ['5461', '10922'],
  ['10923', '16383'],
] as const

async function startClusterNode(stage: Stage): Promise<ClusterNode> {
  const bus = await freePort()
  const cluster = ['--cluster-enabled', 'yes', '--cluster-port', `${bus}`, '--cluster-node-timeout', '5000']
  return { port: await startNode(stage, cluster), bus }
}

async function startNode(stage: Stage, settings: readonly string[] = []): Promise<number> {
  const user = serverUser('nobody')
  const folder = stage.folder('redis', user)
  const port = await freePort()
  await stage.start({
    command: server() ?? 'redis-server',
    args: ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, ...SETTINGS, ...settings],
    folder,
    user,
    signal: 'SIGKILL',
    ready: () => succeeds(ask(port, 'PING')),
  })
  return port
}

const SETTINGS = [
  '--save',
  '',
  '--appendonly',
  'no',
  '--enable-debug-command',
  'local',
  '--maxclients',
  '1000',
]

/** Rejects where nothing answers. */
async function ask(port: number, ...command: readonly string[]): Promise<string> {
  const client = findProgram('redis-cli') ?? findProgram('valkey-cli') ?? 'redis-cli'
  return await runCommand(client, ['-h', '127.0.0.1', '-p', `${port}`, '-e', ...command])
}

async function isJoined(port: number): Promise<void> {
  const told = async () => await ask(port, 'CLUSTER', 'INFO')
  while (!/cluster_state:ok.*cluster_known_nodes:3/s.test(await told())) await wait(50)
}

const nameOfServer = () => (server()?.includes('valkey') ? 'valkey-server' : 'redis-server')
