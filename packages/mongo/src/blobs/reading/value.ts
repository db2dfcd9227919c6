import type { Found, Range, Stat } from '@kvdol/core'
import { isStoreError, resolveRange, retry } from '@kvdol/core/adapter'
import { type BlobDocument, checkDocument, damaged, inlineBytes, isDocument, isLarge } from '../format.ts'
import type { Context } from '../opening/context.ts'
import { download } from './download.ts'

/** The value of a key. A large one that is replaced while it is read is read again. */
export async function readValue(context: Context, key: string): Promise<Uint8Array | undefined> {
  const document = await findDocument(context, key)
  if (document === undefined || !isLarge(document)) return document && inlineBytes(document)
  return (await readLarge(context, key, document, context.options.readValue))?.value
}

/** The value of a key with what is known of it, from the same document. */
export async function readWithStat(context: Context, key: string): Promise<Found<Uint8Array> | undefined> {
  const { readWhole } = context.options
  const document = await findDocument(context, key, readWhole)
  if (document === undefined) return undefined
  if (isLarge(document)) return await readLarge(context, key, document, readWhole)
  return { value: inlineBytes(document), stat: statOf(document) }
}

/** How often a value is begun anew that others replace while it is read, at most. */
const ATTEMPTS = 20

/** A value of GridFS. */
async function readLarge(
  context: Context,
  key: string,
  document: BlobDocument,
  how: object,
): Promise<Found<Uint8Array> | undefined> {
  const read = async (attempt: number) => {
    const current = attempt === 1 ? document : await findDocument(context, key, how)
    return current && { value: await bytesOf(context, current), stat: statOf(current) }
  }
  return await retry(read, { attempts: ATTEMPTS, when: error => isStoreError(error, 'Unavailable') })
}

function statOf({ size, modified, version, expires }: BlobDocument): Stat {
  const stat = { size, modified, etag: version }
  return expires === undefined ? stat : { ...stat, expiresAt: expires.getTime() }
}

/** The values of keys, in their order, by one query; large ones come after it. */
export async function readMany(
  context: Context,
  keys: readonly string[],
): Promise<(Uint8Array | undefined)[]> {
  const found = await context.values
    .find({ _id: { $in: keys }, ...context.live() }, context.options.readValue)
    .all()
  const documents = new Map(found.map(document => [document._id as string, checkDocument(document)]))
  const values: (Uint8Array | undefined)[] = []
  for (const key of keys) {
    const document = documents.get(key)
    if (document === undefined) values.push(undefined)
    else values.push(isLarge(document) ? await readValue(context, key) : inlineBytes(document))
  }
  return values
}

/** The bytes of a value, or of a range of it, a few chunks at a time. */
export async function readChunks(
  context: Context,
  key: string,
  range: Range | undefined,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  const document = await findDocument(context, key)
  if (document === undefined) return undefined
  const part = resolveRange(range, document.size)
  if (isLarge(document)) return download(context, document, part)
  const bytes = inlineBytes(document)
  return single(range === undefined ? bytes : bytes.slice(part.start, part.end))
}

/** What is known of a value without its bytes. */
export async function readStat({ values, options, live }: Context, key: string): Promise<Stat | undefined> {
  const document = await values.findOne({ _id: { $eq: key }, ...live() }, options.readStat)
  if (document === null) return undefined
  if (!isDocument(document)) throw damaged()
  return statOf(document as BlobDocument)
}

/** Whether a key has a value. */
export async function hasValue({ values, options, live }: Context, key: string): Promise<boolean> {
  return (await values.findOne({ _id: { $eq: key }, ...live() }, options.readId)) !== null
}

/** The bytes of a document that has been read. */
async function bytesOf(context: Context, document: BlobDocument): Promise<Uint8Array> {
  if (!isLarge(document)) return inlineBytes(document)
  const whole = new Uint8Array(document.size)
  let offset = 0
  for await (const chunk of download(context, document, { start: 0, end: document.size })) {
    whole.set(chunk, offset)
    offset += chunk.byteLength
  }
  return whole
}

async function findDocument(
  { values, options, live }: Context,
  key: string,
  how: object = options.readValue,
): Promise<BlobDocument | undefined> {
  const document = await values.findOne({ _id: { $eq: key }, ...live() }, how)
  return document === null ? undefined : checkDocument(document)
}

async function* single(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  if (bytes.byteLength > 0) yield bytes
}
