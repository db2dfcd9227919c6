import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { readStream, writeStream } from '@kvdol/core'
import { sftp } from '@kvdol/ssh'
import type { SFTPWrapper } from 'ssh2'
import SftpClient from 'ssh2-sftp-client'
import { duel } from '../duel.ts'
import { type Entry, ours, raw } from '../entry.ts'
import { newSftpPlace, type SftpPlace, settled, sftpWire } from '../peers/sftp-place.ts'
import type { Row } from '../row.ts'
import type { Scratch } from '../scratch.ts'
import { timedRow } from '../timed-row.ts'

const LANES = 32
const KEYS = Array.from({ length: 1000 }, (_, index) => `report-${index}.bin`)
/** The plain client takes 40 ms and more for each request, so fewer are enough. */
const FEW = 20
const FILES = 10_000
const PART = Buffer.alloc(1_000_000, 7)
const PARTS = 100

/** Files of an OpenSSH server, beside `ssh2` over a socket that sends at once, as ours does. */
export const sshRows: readonly Row[] = [
  timedRow(`SFTP, 1,000 gets of 1 KB, ${LANES} in flight`, 1.3, reading),
  timedRow(`SFTP, ${FEW} gets of 1 KB at once, beside one after the other`, 0.1, beside),
  timedRow('SFTP, 100 MB up', 1.2, uploading),
  timedRow('SFTP, 100 MB down', 1.2, downloading),
  timedRow(`SFTP, list ${FILES.toLocaleString('en')} files`, undefined, listing),
  {
    name: `SFTP, list ${FILES.toLocaleString('en')} files in a process of its own`,
    large: true,
    measure: async (scratch, { rounds }) => {
      const { place, address } = await newSftpPlace(scratch)
      plant(place.root)
      return await duel(`SFTP, list ${FILES.toLocaleString('en')} files`, address, rounds, {
        raw: ['raw-list-sftp', 'ssh2, readdir, all at once'],
        ours: ['our-list-sftp', 'keys'],
      })
    },
  },
]

async function reading(scratch: Scratch): Promise<Entry[]> {
  const { place } = await newSftpPlace(scratch)
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

/** What 1,000 gets at 32 in flight are, for fewer of them, beside the plain client as it comes. */
async function beside(scratch: Scratch): Promise<Entry[]> {
  const { place } = await newSftpPlace(scratch)
  const few = KEYS.slice(0, FEW)
  for (const key of few) writeFileSync(join(place.root, key), PART.subarray(0, 1024))
  return [
    raw('ssh2-sftp-client, one after the other', async () => {
      const { host, port, username, privateKey } = place
      const client = new SftpClient()
      scratch.defer(() => client.end())
      await client.connect({ host, port, username, privateKey })
      return async () => {
        for (const key of few) await client.get(join(place.root, key))
      }
    }),
    ours('sftp', () => {
      const store = storeOf(scratch, place)
      return () => Promise.all(few.map(key => store.get(key)))
    }),
  ]
}

async function uploading(scratch: Scratch): Promise<Entry[]> {
  const { place } = await newSftpPlace(scratch)
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
  const { place } = await newSftpPlace(scratch)
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
  const { place } = await newSftpPlace(scratch)
  plant(place.root)
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

function storeOf(scratch: Scratch, place: SftpPlace) {
  const store = sftp(place)
  scratch.defer(() => store.close())
  return store
}

function clientOf(scratch: Scratch, place: SftpPlace): Promise<SFTPWrapper> {
  return sftpWire(place, close => scratch.defer(close))
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

function plant(root: string): void {
  for (let index = 0; index < FILES; index++) writeFileSync(join(root, `file-${index}`), '')
}
