import { writeStream } from '@kvdol/core'
import { dropbox } from '@kvdol/dropbox'
import { count, film } from './film.ts'

/** How much is uploaded. */
export const UPLOAD = 200 * 1024 ** 2
const BLOCK = 4 * 1024 ** 2

/** Work on a server with the interface of Dropbox, whose address ends in `#` and a token. */
export const dropboxWorks = {
  'raw-list-dropbox': async (address: string) => {
    let found = 0
    let page = await ask(address, 'files/list_folder', { path: '/listed', recursive: true, limit: 2000 })
    for (;;) {
      found += page.entries.length
      if (!page.has_more) return found
      page = await ask(address, 'files/list_folder/continue', { cursor: page.cursor })
    }
  },
  'our-list-dropbox': async (address: string) => {
    await using store = storeAt(address, 'listed')
    return await count(store.keys())
  },
  'raw-upload-dropbox': async (address: string) => {
    let session_id: string | undefined
    let offset = 0
    for (const body of blocks()) {
      const cursor = { session_id, offset }
      if (session_id === undefined) session_id = (await send(address, 'start', {}, body)).session_id
      else await send(address, 'append_v2', { cursor }, body)
      offset += body.length
    }
    const commit = { path: '/raw/film', mode: 'overwrite' }
    await send(address, 'finish', { cursor: { session_id, offset }, commit }, Buffer.alloc(0))
    return offset
  },
  'our-upload-dropbox': async (address: string) => {
    await using store = storeAt(address, 'ours')
    await writeStream(store, 'film', film(UPLOAD))
    return UPLOAD
  },
}

function storeAt(address: string, root: string) {
  const { origin, hash } = new URL(address)
  return dropbox({ token: hash.slice(1), root, apiUrl: origin, contentUrl: origin, keys: 'plain' })
}

function* blocks(): Generator<Buffer> {
  let block: Uint8Array[] = []
  let length = 0
  for (const chunk of film(UPLOAD)) {
    block.push(chunk)
    length += chunk.length
    if (length < BLOCK) continue
    yield Buffer.concat(block)
    block = []
    length = 0
  }
}

interface Answer {
  readonly entries: readonly unknown[]
  readonly has_more: boolean
  readonly cursor: string
  readonly session_id: string
}

function ask(address: string, route: string, args: object): Promise<Answer> {
  return post(address, route, { 'content-type': 'application/json' }, JSON.stringify(args))
}

function send(address: string, route: string, args: object, body: Buffer): Promise<Answer> {
  const headers = { 'dropbox-api-arg': JSON.stringify(args), 'content-type': 'application/octet-stream' }
  return post(address, `files/upload_session/${route}`, headers, body)
}

async function post(
  address: string,
  route: string,
  headers: Record<string, string>,
  body: string | Buffer,
): Promise<Answer> {
  const { origin, hash } = new URL(address)
  const response = await fetch(`${origin}/2/${route}`, {
    method: 'POST',
    headers: { ...headers, authorization: `Bearer ${hash.slice(1)}` },
    body: body as string,
  })
  if (!response.ok) throw new Error(`${route}: ${await response.text()}`)
  return (await response.json()) as Answer
}
