import { StoreError } from '@kvdol/core'
import { corrupt, replaced, tooLarge } from '../format/failures.ts'
import type { Settings } from '../options.ts'
import { bytesPlace } from './bytes-place.ts'
import { type Answer, type Get, requests } from './http-requests.ts'
import { type Handle, type Known, type Place, TAIL } from './place.ts'

type Access = Pick<Settings, 'timeout' | 'download' | 'limits'>

/** An archive at a web address: parts are read by range requests. */
export function httpPlace(address: URL, access: Access): Place {
  const get = requests(address, access.timeout)
  let whole: Place | undefined
  return {
    async open(known) {
      if (whole !== undefined) return await whole.open(known)
      if (known?.version !== undefined) return handleOf(get, known)
      const answer = await get(`bytes=-${TAIL}`)
      if (answer.status === 206) return await opened(get, answer)
      whole = bytesPlace(await download(answer, access))
      return await whole.open(undefined)
    },
  }
}

/** The handle of an archive whose last bytes a server has sent. */
async function opened(get: Get, answer: Answer): Promise<Handle> {
  const [, start, size] = /^bytes (\d+)-\d+\/(\d+)$/.exec(answer.headers.get('content-range') ?? '') ?? []
  if (start === undefined || size === undefined) {
    await answer.cancel()
    throw corrupt('the server does not tell which bytes it sends')
  }
  const tail = { start: Number(start), bytes: await collected(answer, TAIL) }
  if (tail.start + tail.bytes.length !== Number(size))
    throw new StoreError('Unavailable', 'the server sent fewer bytes than it said')
  return handleOf(get, { version: versionOf(answer, size), size: Number(size) }, tail)
}

function handleOf(get: Get, { version, size }: Known, tail?: { start: number; bytes: Buffer }): Handle {
  let current = true
  const part = async (start: number, end: number, signal?: AbortSignal) => {
    const answer = await get(`bytes=${start}-${end - 1}`, signal)
    const range = answer.headers.get('content-range') ?? ''
    const same = answer.status === 206 && versionOf(answer, range.slice(range.indexOf('/') + 1)) === version
    if (same && range.startsWith(`bytes ${start}-`)) return answer
    await answer.cancel()
    current = same
    throw same ? corrupt('the server sends other bytes than it was asked for') : replaced()
  }
  return {
    version,
    size,
    async read(start, end, signal) {
      if (start === end) return Buffer.alloc(0)
      if (tail !== undefined && start >= tail.start)
        return tail.bytes.subarray(start - tail.start, end - tail.start)
      const bytes = await collected(await part(start, end, signal), end - start)
      if (bytes.length === end - start) return bytes
      throw new StoreError('Unavailable', 'the server sent fewer bytes than it said')
    },
    async *stream(start, end, signal) {
      if (start !== end) yield* (await part(start, end, signal)).chunks()
    },
    isCurrent: () => current,
    close() {},
  }
}

/** Tells one content from another, as far as the server does. */
function versionOf({ headers }: Answer, size: string): string {
  return `${headers.get('etag') ?? ''}-${headers.get('last-modified') ?? ''}-${size}`
}

/** All chunks of an answer, of which there are at most so many bytes. */
async function collected(answer: Answer, most: number): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const chunk of answer.chunks()) {
    length += chunk.byteLength
    if (length > most) throw tooLarge(`the server sends over ${most} bytes`, 'entryBytes')
    parts.push(chunk)
  }
  return Buffer.concat(parts)
}

/** The whole archive, from a server that does not answer ranges. */
async function download(answer: Answer, { download: allowed, limits }: Access): Promise<Uint8Array> {
  if (allowed) return await collected(answer, limits.entryBytes)
  await answer.cancel()
  throw new StoreError(
    'Unsupported',
    'the server does not answer ranges; give download: true to read the whole archive at once',
  )
}
