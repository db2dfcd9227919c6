import { once } from 'node:events'
import type { Socket } from 'node:net'

// The network of Node is loaded by the call that needs it, as importing the package is to take no time for them.

/** The network addresses of the host of an address. */
export async function resolved(address: URL): Promise<string> {
  const { lookup } = await import('node:dns/promises')
  const all = await lookup(hostOf(address), { all: true })
  return all.map(each => each.address).join(', ')
}

/** The host of an address; that of IPv6 without its brackets. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '')
}

function portOf({ port, protocol }: URL): number {
  return Number(port) || (protocol === 'https:' ? 443 : 80)
}

/** Makes a connection and ends it. Gives the address that answered. */
export async function connected(address: URL, timeout: number): Promise<string> {
  const { connect } = await import('node:net')
  const socket = connect({ host: hostOf(address), port: portOf(address) })
  await opened(socket, 'connect', timeout)
  const { remoteAddress, remotePort } = socket
  socket.destroy()
  return `${remoteAddress} port ${remotePort}`
}

/** Makes a TLS connection and ends it. Gives its version, and whose certificate was shown. */
export async function secured(address: URL, timeout: number): Promise<string> {
  const host = hostOf(address)
  const [{ isIP }, { connect }] = await Promise.all([import('node:net'), import('node:tls')])
  const socket = connect({ host, port: portOf(address), servername: isIP(host) ? '' : host })
  await opened(socket, 'secureConnect', timeout)
  const { subject, valid_to } = socket.getPeerCertificate()
  const version = socket.getProtocol() ?? 'TLS'
  socket.destroy()
  return `${version}, certificate of ${subject?.CN ?? host} until ${valid_to}`
}

/** Waits for a connection; `ETIMEDOUT` when it takes too long. */
async function opened(socket: Socket, event: string, timeout: number): Promise<void> {
  try {
    await once(socket, event, { signal: AbortSignal.timeout(timeout) })
  } catch (error) {
    socket.destroy()
    if ((error as Error).name !== 'AbortError') throw error
    throw Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })
  }
  socket.on('error', () => {})
}
