import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach } from 'vitest'

/** The real server: how to connect to it, and where its data lie. */
export interface OpenSsh {
  readonly connection: {
    readonly host: string
    readonly port: number
    readonly username: string
    readonly privateKey: Uint8Array
    readonly knownHosts: string
  }
  /** The file of the private key. */
  readonly identity: string
  /** A folder that belongs to the user of the server. */
  readonly data: string
}

/** What the address of the service `openssh` tells. */
export function openSshAt(url: string): OpenSsh {
  const { hostname, port, username, pathname, searchParams } = new URL(url)
  const identity = searchParams.get('identity') as string
  return {
    connection: {
      host: hostname,
      port: Number(port),
      username,
      privateKey: readFileSync(identity),
      knownHosts: searchParams.get('knownHosts') as string,
    },
    identity,
    data: decodeURIComponent(pathname),
  }
}

/** A new folder among the data in which everybody may write; whoever asks for it removes it. */
export function newPlace({ data }: OpenSsh): string {
  const folder = mkdtempSync(join(data, 'place-'))
  // The server is not the user that runs the tests.
  chmodSync(folder, 0o777)
  return folder
}

const made: string[] = []

/** The same, removed after the test. */
export function dataFolder(server: OpenSsh): string {
  const folder = newPlace(server)
  made.push(folder)
  return folder
}

afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true })
})
