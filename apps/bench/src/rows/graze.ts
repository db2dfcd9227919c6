import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { memory, type Store } from '@kvdol/core'
import { files } from '@kvdol/fs'
import { graze, internet } from '@kvdol/graze'
import { Agent, request } from 'undici'
import { FILM, film } from '../child/film.ts'
import { duel } from '../duel.ts'
import { type Entry, ours, raw } from '../entry.ts'
import { always, webServer } from '../peers/web-server.ts'
import type { Row } from '../row.ts'
import type { Scratch } from '../scratch.ts'
import { timedRow } from '../timed-row.ts'

const MEGABYTE = Buffer.alloc(1_000_000, 7)
const MANY = 10_000

/** Downloads from a server on this machine beside `undici` alone, and hits beside the store that keeps them. */
export const grazeRows: readonly Row[] = [
  timedRow('graze, a hit of 1 KB in memory', 1.2, scratch => hits(scratch, memory())),
  timedRow('graze, a hit of 1 KB in files', 1.2, scratch =>
    hits(scratch, files(scratch.folder('kept'), { keys: 'encoded' })),
  ),
  timedRow(`graze, ${MANY.toLocaleString('en')} gets of one URL at once`, undefined, together),
  timedRow('internet, download of 1 MB', 1.15, downloads),
  timedRow('graze, download of 1 MB into memory', 1.15, scratch => keptDownloads(scratch, memory)),
  timedRow('graze, download of 1 MB into files', 1.15, scratch =>
    keptDownloads(scratch, () => files(scratch.folder('kept'), { keys: 'encoded' })),
  ),
  {
    name: 'graze, download of 1 GiB by stream',
    large: true,
    measure: async (scratch, { rounds }) => {
      const url = await webServer(scratch, (_, response) => {
        response.writeHead(200, { 'content-length': FILM, etag: '"film"' })
        pipeline(Readable.from(film()), response).catch(() => {})
      })
      return await duel('graze, download of 1 GiB by stream', url, rounds, {
        raw: ['raw-download-film', 'undici to a file'],
        ours: ['our-download-film', 'graze to a file, and read from there'],
      })
    },
  },
]

async function hits(scratch: Scratch, cache: Store<string, Uint8Array>): Promise<Entry[]> {
  const url = await webServer(scratch, always(MEGABYTE.subarray(0, 1024)))
  return [
    raw('the cache’s own get', async () => {
      await cache.set(url, MEGABYTE.subarray(0, 1024))
      return () => cache.get(url)
    }),
    ours('graze', async () => {
      const web = graze({ cache })
      await web.get(url)
      return () => web.get(url)
    }),
  ]
}

/** Gets of something new, which are one request, beside as many gets of what the cache has. */
async function together(scratch: Scratch): Promise<Entry[]> {
  let asked = 0
  const answer = always(MEGABYTE.subarray(0, 1024))
  const url = await webServer(scratch, (request, response) => {
    asked++
    answer(request, response)
  })
  const all = (get: () => Promise<unknown>) => Promise.all(Array.from({ length: MANY }, get))
  return [
    raw('the cache’s own gets', async () => {
      const cache = memory()
      await cache.set(url, MEGABYTE.subarray(0, 1024))
      return () => all(() => cache.get(url))
    }),
    ours('graze, one request', () => {
      const web = graze({ cache: memory() })
      scratch.defer(() => web.close())
      return async () => {
        await web.delete(url)
        const before = asked
        await all(() => web.get(url))
        if (asked !== before + 1) throw new Error(`${MANY} gets of one URL made ${asked - before} requests`)
      }
    }),
  ]
}

/** A download that is kept with what is known of it, beside the same by hand. */
async function keptDownloads(scratch: Scratch, open: () => Store<string, Uint8Array>): Promise<Entry[]> {
  const url = await webServer(scratch, always(MEGABYTE))
  return [
    raw('undici, and set of content and headers', () => {
      const dispatcher = new Agent()
      scratch.defer(() => dispatcher.close())
      const store = open()
      return async () => {
        const { body, headers } = await request(url, { dispatcher })
        const bytes = await body.bytes()
        await store.set(url, bytes)
        await store.set(`about/${url}`, Buffer.from(JSON.stringify({ url, headers, time: Date.now() })))
        return bytes
      }
    }),
    ours('graze', () => {
      const web = graze({ cache: open(), refresh: true, revalidate: false })
      scratch.defer(() => web.close())
      return () => web.get(url)
    }),
  ]
}

async function downloads(scratch: Scratch): Promise<Entry[]> {
  const url = await webServer(scratch, always(MEGABYTE))
  return [
    raw('undici', () => {
      const dispatcher = new Agent()
      scratch.defer(() => dispatcher.close())
      return async () => {
        const { body } = await request(url, { dispatcher })
        return await body.bytes()
      }
    }),
    ours('internet', () => {
      const web = internet()
      scratch.defer(() => web.close())
      return () => web.get(url)
    }),
  ]
}
