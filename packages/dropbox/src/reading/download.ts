import type { Range, ReadOptions } from '@kvdol/core'
import { callEach, resolveRange, StoreError } from '@kvdol/core/adapter'
import { errorOf } from '../errors.ts'
import type { Link } from '../service/link.ts'
import { refusalIn } from '../service/refused-answer.ts'
import { ContentHash } from './content-hash.ts'
import type { FileFacts } from './file-facts.ts'

/** Where the content of a file is asked for, and how it is recognised. */
export interface Place {
  readonly route: string
  readonly arg: object
  /** Whether the file that came is the one that was meant. */
  isMeant(facts: FileFacts): boolean
  /** What is known of the file without its content; `undefined` when there is none. */
  find(): Promise<FileFacts | undefined>
}

/** A file that is being read. */
export interface Download {
  readonly facts: FileFacts
  readonly chunks: AsyncIterable<Uint8Array>
}

/**
 * Opens a file or a range of it; one request tells what it is and brings its bytes. The chunks add up to exactly that, and
 * of a whole file the content hash is checked; they end with `Corrupt` otherwise. Gives `undefined` when another file came
 * than was meant.
 */
export async function download(
  link: Link,
  place: Place,
  range: Range | undefined,
  options: ReadOptions,
): Promise<Download | undefined> {
  const header = range && headerOf(range)
  if (range !== undefined && header === undefined) return await downloadNothing(place, range)
  let response: Response
  try {
    response = await link.content({
      ...place,
      ...(header !== undefined && { range: header }),
      signal: options.signal,
    })
  } catch (error) {
    // There is no byte of the range: the value may be empty, or the range begin after its end.
    if (range !== undefined && refusalIn(error)?.status === 416) return await downloadNothing(place, range)
    throw error
  }
  const cancel = () => void response.body?.cancel().catch(() => {})
  try {
    const facts = factsIn(response)
    if (place.isMeant(facts)) return { facts, chunks: chunksOf(link, response, facts, range, options) }
    cancel()
    return undefined
  } catch (error) {
    cancel()
    throw error
  }
}

/** A range that holds no byte. Throws `RangeNotSatisfiable` for one that begins after the end. */
async function downloadNothing(place: Place, range: Range): Promise<Download | undefined> {
  const facts = await place.find()
  if (facts === undefined) return undefined
  const { start, end } = resolveRange(range, facts.size)
  if (start < end && headerOf(range) !== undefined)
    throw new StoreError('Unavailable', 'the value was replaced while it was read; read it again')
  return { facts, chunks: nothing() }
}

async function* nothing(): AsyncGenerator<Uint8Array, void, undefined> {}

/** The header for a range, `undefined` for one that is empty. */
function headerOf(range: Range): string | undefined {
  if ('suffix' in range && range.suffix !== undefined)
    return range.suffix === 0 ? undefined : `bytes=-${range.suffix}`
  const { start = 0, end } = range as { start?: number; end?: number }
  if (end === undefined) return `bytes=${start}-`
  return start === end ? undefined : `bytes=${start}-${end - 1}`
}

/** What Dropbox tells of the file that comes. Throws `Corrupt` where it does not. */
function factsIn(response: Response): FileFacts {
  try {
    const facts = JSON.parse(response.headers.get('dropbox-api-result') ?? '') as FileFacts
    if (typeof facts.name === 'string' && Number.isSafeInteger(facts.size)) return facts
  } catch {
    // Told below.
  }
  throw new StoreError('Corrupt', 'the answer does not tell what file it is; it may not be one of Dropbox')
}

function chunksOf(
  link: Link,
  response: Response,
  facts: FileFacts,
  range: Range | undefined,
  { signal }: ReadOptions,
): AsyncIterable<Uint8Array> {
  const { start, end } = resolveRange(range, facts.size)
  if (range !== undefined && response.status !== 206 && end - start < facts.size)
    throw new StoreError('Corrupt', 'Dropbox sent the whole value, and was asked for a part of it')
  const hash = range === undefined && facts.content_hash !== undefined ? new ContentHash() : undefined
  const body = response.body ?? nothing()
  const chunks = checked(callEach(body, { timeout: link.timeout, signal }), end - start, hash, facts)
  const iterator: AsyncIterator<Uint8Array, void, undefined> = {
    next: () => chunks.next(),
    // Ends the transfer also when it has not begun.
    return() {
      response.body?.cancel().catch(() => {})
      return chunks.return()
    },
  }
  return { [Symbol.asyncIterator]: () => iterator }
}

async function* checked(
  source: AsyncIterable<Uint8Array>,
  length: number,
  hash: ContentHash | undefined,
  facts: FileFacts,
): AsyncGenerator<Uint8Array, void, undefined> {
  let done = 0
  try {
    for await (const chunk of source) {
      done += chunk.byteLength
      if (done > length) throw new StoreError('Corrupt', 'Dropbox sent more bytes than it said')
      hash?.update(chunk)
      yield chunk
    }
  } catch (error) {
    throw errorOf(error, { op: 'get', writes: false })?.code === 'Unavailable'
      ? cut(done, length, error)
      : error
  }
  if (done < length) throw cut(done, length)
  if (hash !== undefined && hash.digest() !== facts.content_hash)
    throw new StoreError('Corrupt', 'the bytes that came do not have the content hash of the file')
}

function cut(done: number, length: number, cause?: unknown): StoreError {
  const detail = `the transfer ended after ${done} of ${length} bytes`
  return new StoreError('Corrupt', detail, { cause, reason: 'cut', retryable: true })
}
