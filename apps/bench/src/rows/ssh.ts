import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { readStream, writeStream } from '@kvdol/core'
import { sftp } from '@kvdol/ssh'
import type { SFTPWrapper } from 'ssh2'
import SftpClient from 'ssh2-sftp-client'
import { type Entry, ours, raw } from '../entry.ts'
import type { Row } from '../row.ts'
import type { Scratch } from '../scratch.ts'
import { timedRow } from '../timed-row.ts'

const LANES = 32
const KEYS = Array.from({ length: 1000 }, (_, index) => `report-${index}.bin`)
const FILES = 10_000
const PART = Buffer.alloc(1_000_000, 7)
const PARTS = 100

/** Files of an OpenSSH server, beside `ssh2` over a socket that sends at once, as ours does. */
export const sshRows: readonly Row[] = [
  timedRow(`SFTP, 1,000 gets of 1 KB, ${LANES} in flight`, 1.3, reading),
  timedRow('SFTP, 100 MB up', 1.2, uploading),
  timedRow('SFTP, 100 MB down', 1.2, downloading),
  timedRow(`SFTP, list ${FILES.toLocaleString('en')} files`, undefined, listing),
]

async function reading(scratch: Scratch): Promise<Entry[]> {
  const place = await placeOf(scratch)
  for (const key of KEYS) writeFileSync(join(place.root, key), PART.subarray(0, 1024))
  return [
    raw('ssh2, readFile', async () => {
      const wire = await clientOf(scratch, place)
      return () => lanes(key => settled(done => wire.readFile(join(place.root, key), done)))
    }),
    ours('sftp', () => {
      const store = storeOf(scratch, place)
      return () => lanes(key => store.get(key))
    }),
  ]
}

async function uploading(scratch: Scratch): Promise<Entry[]> {
  const place = await placeOf(scratch)
  return [
    raw('ssh2, createWriteStream', async () => {
      const wire = await clientOf(scratch, place)
      return () => pipeline(Readable.from(parts()), wire.createWriteStream(join(place.root, 'raw')))
    }),
    ours('writeStream', () => {
      const store = storeOf(scratch, place)
      return () => writeStream(store, 'ours', parts())
    }),
  ]
}

async function downloading(scratch: Scratch): Promise<Entry[]> {
  const place = await placeOf(scratch)
  writeFileSync(join(place.root, 'film'), Buffer.concat([...parts()]))
  return [
    raw('ssh2, createReadStream', async () => {
      const wire = await clientOf(scratch, place)
      return () => pipeline(wire.createReadStream(join(place.root, 'film')), nowhere())
    }),
    ours('readStream', () => {
      const store = storeOf(scratch, place)
      return async () => {
        for await (const _ of (await readStream(store, 'film')) ?? []);
      }
    }),
  ]
}

async function listing(scratch: Scratch): Promise<Entry[]> {
  const place = await placeOf(scratch)
  for (let index = 0; index < FILES; index++) writeFileSync(join(place.root, `file-${index}`), '')
  return [
    raw('ssh2, readdir, all at once', async () => {
      const wire = await clientOf(scratch, place)
      return () => settled(done => wire.readdir(place.root, done as never))
    }),
    ours('keys', () => {
      const store = storeOf(scratch, place)
      return async () => {
        let found = 0
        for await (const _ of store.keys()) found++
        return found
      }
    }),
  ]
}

interface Place {
  readonly host: string
  readonly port: number
  readonly username: string
  readonly privateKey: Buffer
  readonly knownHosts: string
  /** A folder among the data of the server, where everybody may write. */
  readonly root: string
}

let places = 0

async function placeOf(scratch: Scratch): Promise<Place> {
  const { hostname, port, username, pathname, searchParams } = new URL(await scratch.server('openssh'))
  const root = join(pathname, `bench-${process.pid}-${places++}`)
  mkdirSync(root)
  // The server may be another user.
  chmodSync(root, 0o777)
  return {
    host: hostname,
    port: Number(port),
    username,
    privateKey: readFileSync(searchParams.get('identity') ?? ''),
    knownHosts: searchParams.get('knownHosts') ?? '',
    root,
  }
}

function storeOf(scratch: Scratch, place: Place) {
  const store = sftp(place)
  scratch.defer(() => store.close())
  return store
}

async function clientOf(scratch: Scratch, { host, port, username, privateKey }: Place): Promise<SFTPWrapper> {
  const client = new SftpClient()
  scratch.defer(() => client.end())
  return await client.connect({ username, privateKey, sock: connect({ host, port, noDelay: true }) })
}

async function lanes(work: (key: string) => Promise<unknown>): Promise<void> {
  let next = 0
  const lane = async () => {
    while (next < KEYS.length) await work(KEYS[next++] as string)
  }
  await Promise.all(Array.from({ length: LANES }, lane))
}

function* parts(): Generator<Buffer> {
  for (let part = 0; part < PARTS; part++) yield PART
}

function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() })
}

function settled(
  start: (done: (error: Error | undefined, value: unknown) => void) => void,
): Promise<unknown> {
  return new Promise((resolve, reject) => start((error, value) => (error ? reject(error) : resolve(value))))
}
