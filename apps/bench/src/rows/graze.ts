import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { memory, type Store } from '@kvdol/core'
import { files } from '@kvdol/fs'
import { graze, internet } from '@kvdol/graze'
import { Agent, request } from 'undici'
import { type Entry, ours, raw } from '../entry.ts'
import type { Row } from '../row.ts'
import type { Scratch } from '../scratch.ts'
import { timedRow } from '../timed-row.ts'

const MEGABYTE = Buffer.alloc(1_000_000, 7)

/** Downloads from a server on this machine beside `undici` alone, and hits beside the store that keeps them. */
export const grazeRows: readonly Row[] = [
  timedRow('graze, a hit of 1 KB in memory', 1.2, scratch => hits(scratch, memory())),
  timedRow('graze, a hit of 1 KB in files', 1.2, scratch =>
    hits(scratch, files(scratch.folder('kept'), { keys: 'encoded' })),
  ),
  timedRow('internet, download of 1 MB', 1.15, downloads),
]

async function hits(scratch: Scratch, cache: Store<string, Uint8Array>): Promise<Entry[]> {
  const url = await serve(scratch, MEGABYTE.subarray(0, 1024))
  return [
    raw('the cache’s own get', async () => {
      await cache.set('own', MEGABYTE.subarray(0, 1024))
      return () => cache.get('own')
    }),
    ours('graze', async () => {
      const web = graze({ cache })
      await web.get(url)
      return () => web.get(url)
    }),
  ]
}

async function downloads(scratch: Scratch): Promise<Entry[]> {
  const url = await serve(scratch, MEGABYTE)
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

/** The address of a server that answers everything with these bytes. */
async function serve(scratch: Scratch, body: Uint8Array): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-length': body.byteLength, etag: '"one"' }).end(body)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  scratch.defer(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`
}
