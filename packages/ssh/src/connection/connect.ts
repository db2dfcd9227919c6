import { connect as connectSocket, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { call, isStoreError } from '@kvdol/core/adapter'
import ssh2, { type ConnectConfig } from 'ssh2'
import SftpClient from 'ssh2-sftp-client'
import type { Settings } from '../options.ts'
import { offered } from './algorithms.ts'
import { authentication } from './credentials.ts'
import { type HostVerifier, hostVerifier } from './host-key.ts'
import { connectionLost } from './protocol.ts'
import { type Session, sessionOf } from './session.ts'
import { type Target, targetOf } from './target.ts'

/** How long the other side may take to say goodbye, in milliseconds. */
const GOODBYE = 1000
const KEEPALIVES = 3

/** What has been opened on the way, to be released in reverse. */
interface Opened {
  /** Notes something to release; at once where all of it is of no use any more. */
  add(release: () => Promise<void>): void
  readonly end: () => Promise<void>
}

function opened(): Opened {
  const releases: (() => Promise<void>)[] = []
  let over = false
  return {
    add: release => void (over ? release() : releases.push(release)),
    async end() {
      over = true
      for (const release of releases.splice(0).reverse()) await release()
    },
  }
}

/**
 * Opens a connection, over the hosts on the way if there are any. Nothing secret is sent to a host before its key has
 * been found to be the right one. Rejects with the errors of `ssh2`, and `Timeout` when it takes too long.
 */
export async function connect(settings: Settings): Promise<Session> {
  const way = opened()
  try {
    return await call(() => open(settings, way), { timeout: settings.timeout })
  } catch (error) {
    void way.end()
    // Nothing of the call has been sent yet.
    throw isStoreError(error) ? error.with({ outcome: 'not-applied' }) : error
  }
}

async function open(settings: Settings, opened: Opened): Promise<Session> {
  const target = await targetOf(settings)
  let way: Duplex | undefined
  for (const [index, jump] of target.jumps.entries()) {
    const client = await openJump(jump, settings, opened, way)
    const next = target.jumps[index + 1] ?? target
    way = await forward(client, next)
  }
  return await openSftp(target, settings, opened, way)
}

async function openSftp(
  target: Target,
  settings: Settings,
  opened: Opened,
  way: Duplex | undefined,
): Promise<Session> {
  let first: unknown
  const note = (error: unknown) => {
    first ??= error
  }
  const client = new SftpClient('kvdol', { error: note, end() {}, close() {} })
  const { config, verifier, socket } = await prepare(target, settings, way)
  opened.add(() => goodbye(socket, () => client.end()))
  client.on('error', note)
  try {
    return sessionOf(await client.connect(config), settings.timeout, { socket, end: opened.end })
  } catch (error) {
    throw verifier.refusal ?? first ?? error
  }
}

/** A connection to a host on the way, over which others are reached. */
async function openJump(
  target: Target,
  settings: Settings,
  opened: Opened,
  way: Duplex | undefined,
): Promise<ssh2.Client> {
  const client = new ssh2.Client()
  const { config, verifier, socket } = await prepare(target, settings, way)
  opened.add(() => goodbye(socket, async () => client.end()))
  await new Promise<void>((resolve, reject) => {
    client.on('ready', resolve)
    // Later ones have nobody to tell; the end of the connection is noticed by what goes over it.
    client.on('error', error => reject(verifier.refusal ?? error))
    client.on('close', () => reject(connectionLost(false)))
    client.connect(config)
  })
  return client
}

async function forward(client: ssh2.Client, { host, port }: Target): Promise<Duplex> {
  return await new Promise((resolve, reject) => {
    client.forwardOut('127.0.0.1', 0, host, port, (error, channel) => {
      if (error) reject(Object.assign(new Error('forwarding was refused'), { level: 'forwarding' }))
      else resolve(channel)
    })
  })
}

interface Prepared {
  readonly config: ConnectConfig
  readonly verifier: HostVerifier
  readonly socket: Duplex
}

async function prepare(target: Target, settings: Settings, way: Duplex | undefined): Promise<Prepared> {
  const { host, port, username, credentials } = target
  const verifier = await hostVerifier(host, port, target.trust)
  const socket = way ?? connectSocket({ host, port, noDelay: true })
  const config: ConnectConfig = {
    sock: socket as Socket,
    username,
    authHandler: authentication(username, credentials),
    hostVerifier: (key: Buffer, verify: (right: boolean) => void) => void verifier.verify(key).then(verify),
    algorithms: offered(settings.algorithms, verifier.types),
    readyTimeout: settings.timeout,
    keepaliveInterval: settings.keepalive,
    keepaliveCountMax: KEEPALIVES,
  }
  return { config, verifier, socket }
}

/** Ends a connection, also one whose other side is silent. */
async function goodbye(socket: Duplex, say: () => Promise<unknown>): Promise<void> {
  if (socket.destroyed) return
  const closed = new Promise(resolve => socket.once('close', resolve))
  const timer = setTimeout(() => socket.destroy(), GOODBYE)
  void say().catch(() => socket.destroy())
  await closed
  clearTimeout(timer)
}
