import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { graze } from '@kvdol/graze'
import { sftp } from '@kvdol/ssh'
import { type Entry, ours, raw } from '../entry.ts'
import { openOriginal } from '../peers/original.ts'
import { newSftpPlace } from '../peers/sftp-place.ts'
import { separateWebServer } from '../peers/web-server.ts'
import type { Row } from '../row.ts'
import type { Scratch } from '../scratch.ts'
import { timedRow } from '../timed-row.ts'

const HITS = 1000
const DOWNLOADS = 50
const LISTED = 1000
const FILES = 50
const KILOBYTE = Buffer.alloc(1024, 7)
const MEGABYTES = Buffer.alloc(10_000_000, 7)

/** The libraries in Python that these adapters come from, on the same servers and in the same order of calls. */
export const originalRows: readonly Row[] = [
  timedRow(`graze in Python, ${HITS} hits of 1 KB in a folder`, 1, hits),
  timedRow(`graze in Python, ${DOWNLOADS} downloads of 1 KB into a folder`, 1, scratch =>
    downloads(scratch, KILOBYTE.length, DOWNLOADS),
  ),
  timedRow('graze in Python, a download of 10 MB into a folder', 1, scratch =>
    downloads(scratch, MEGABYTES.length, 1),
  ),
  timedRow(`graze in Python, list ${LISTED} kept URLs`, 1, keptUrls),
  timedRow(`sshdol, ${FILES} gets of 1 KB, one after the other`, 1, remoteGets),
  timedRow('sshdol, 10 MB up', 1, remoteUpload),
  timedRow('sshdol, 10 MB down', 1, remoteDownload),
  timedRow(`sshdol, list ${LISTED} files`, 1, remoteListing),
]

async function hits(scratch: Scratch): Promise<Entry[]> {
  const url = await separateWebServer(scratch, KILOBYTE.length)
  return [
    raw('graze, Python', async () => {
      const original = await openOriginal(scratch, 'graze', { folder: scratch.folder('original') })
      return () => original({ work: 'hits', times: HITS, url })
    }),
    ours('graze', () => {
      const web = grazeIn(scratch)
      return async () => {
        for (let turn = 0; turn < HITS; turn++) await web.get(url)
      }
    }),
  ]
}

/** Each run downloads what is new. */
async function downloads(scratch: Scratch, bytes: number, count: number): Promise<Entry[]> {
  const url = await separateWebServer(scratch, bytes)
  let runs = 0
  const next = () => {
    runs++
    return Array.from({ length: count }, (_, index) => `${url}-${runs}-${index}`)
  }
  return [
    raw('graze, Python', async () => {
      const original = await openOriginal(scratch, 'graze', { folder: scratch.folder('original') })
      return () => original({ work: 'downloads', urls: next() })
    }),
    ours('graze', () => {
      const web = grazeIn(scratch)
      return async () => {
        for (const each of next()) await web.get(each)
      }
    }),
  ]
}

async function keptUrls(scratch: Scratch): Promise<Entry[]> {
  const url = await separateWebServer(scratch, KILOBYTE.length)
  const urls = Array.from({ length: LISTED }, (_, index) => `${url}-${index}`)
  return [
    raw('graze, Python', async () => {
      const original = await openOriginal(scratch, 'graze', { folder: scratch.folder('original') })
      await original({ work: 'downloads', urls })
      return () => original({ work: 'listing' })
    }),
    ours('graze', async () => {
      const web = grazeIn(scratch)
      for (const each of urls) await web.get(each)
      return () => counted(web.keys())
    }),
  ]
}

async function remoteGets(scratch: Scratch): Promise<Entry[]> {
  const keys = Array.from({ length: FILES }, (_, index) => `report-${index}.bin`)
  return await remote(
    scratch,
    root => {
      for (const key of keys) writeFileSync(join(root, key), KILOBYTE)
    },
    { work: 'gets', keys },
    async store => {
      for (const key of keys) await store.get(key)
    },
  )
}

function remoteUpload(scratch: Scratch): Promise<Entry[]> {
  return remote(
    scratch,
    () => {},
    { work: 'sets', key: 'theirs', size: MEGABYTES.length },
    store => store.set('ours', MEGABYTES, { transfer: true }),
  )
}

function remoteDownload(scratch: Scratch): Promise<Entry[]> {
  return remote(
    scratch,
    root => writeFileSync(join(root, 'film'), MEGABYTES),
    { work: 'gets', keys: ['film'] },
    store => store.get('film'),
  )
}

function remoteListing(scratch: Scratch): Promise<Entry[]> {
  return remote(
    scratch,
    root => {
      for (let index = 0; index < LISTED; index++) writeFileSync(join(root, `file-${index}`), '')
    },
    { work: 'listing' },
    store => counted(store.keys()),
  )
}

/** One folder of a server, where both do the same. */
async function remote(
  scratch: Scratch,
  plant: (root: string) => void,
  order: { readonly work: string } & Record<string, unknown>,
  work: (store: ReturnType<typeof sftp>) => unknown,
): Promise<Entry[]> {
  const { place, address } = await newSftpPlace(scratch)
  plant(place.root)
  return [
    raw('sshdol, Python', async () => {
      const identity = new URL(address).searchParams.get('identity')
      const { host, port, username, root } = place
      const original = await openOriginal(scratch, 'sshdol', { host, port, username, root, identity })
      return () => original(order)
    }),
    ours('sftp', () => {
      const store = sftp(place)
      scratch.defer(() => store.close())
      return () => work(store)
    }),
  ]
}

function grazeIn(scratch: Scratch) {
  const web = graze({ cache: scratch.folder('kept') })
  scratch.defer(() => web.close())
  return web
}

async function counted(keys: AsyncIterable<string>): Promise<number> {
  let found = 0
  for await (const _ of keys) found++
  return found
}
