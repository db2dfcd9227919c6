import { chmodSync, mkdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { SFTPWrapper } from 'ssh2'
import SftpClient from 'ssh2-sftp-client'
import type { Scratch } from '../scratch.ts'

/** A folder on an OpenSSH server of this machine, and how to get there. */
export interface SftpPlace {
  readonly host: string
  readonly port: number
  readonly username: string
  readonly privateKey: Buffer
  readonly knownHosts: string
  /** A folder among the data of the server, where everybody may write. */
  readonly root: string
}

let places = 0

/** A new, empty place, and its address for other processes. */
export async function newSftpPlace(
  scratch: Scratch,
): Promise<{ readonly place: SftpPlace; readonly address: string }> {
  const address = new URL(await scratch.server('openssh'))
  address.pathname = join(address.pathname, `bench-${process.pid}-${places++}`)
  const place = sftpPlaceAt(address.href)
  mkdirSync(place.root)
  // The server may be another user.
  chmodSync(place.root, 0o777)
  return { place, address: address.href }
}

/** The place at an address. */
export function sftpPlaceAt(address: string): SftpPlace {
  const { hostname, port, username, pathname, searchParams } = new URL(address)
  return {
    host: hostname,
    port: Number(port),
    username,
    privateKey: readFileSync(searchParams.get('identity') ?? ''),
    knownHosts: searchParams.get('knownHosts') ?? '',
    root: decodeURIComponent(pathname),
  }
}

/** A client of `ssh2` over a socket that sends at once, as ours does; without that it waits 40 ms for each answer. */
export async function sftpWire(
  { host, port, username, privateKey }: SftpPlace,
  defer: (close: () => unknown) => void,
): Promise<SFTPWrapper> {
  const client = new SftpClient()
  defer(() => client.end())
  return await client.connect({ username, privateKey, sock: connect({ host, port, noDelay: true }) })
}

/** The answer to a request of `ssh2`. */
export function settled(
  start: (done: (error: Error | undefined, value: unknown) => void) => void,
): Promise<unknown> {
  return new Promise((resolve, reject) => start((error, value) => (error ? reject(error) : resolve(value))))
}
