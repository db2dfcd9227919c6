import { StoreError } from '@kvdol/core/adapter'
import type { ObjectId } from 'mongodb'
import { privateBytes } from '../../private-bytes.ts'
import { CHUNKS_OF_CALL, type LargeDocument } from '../format.ts'
import type { Context } from '../opening/context.ts'

/** The bytes of a large value from `start` to `end`, a few chunks at a time. */
export async function* download(
  context: Context,
  document: LargeDocument,
  { start, end }: { start: number; end: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  const { chunkSize, size } = document
  const behind = Math.ceil(end / chunkSize)
  for (let n = Math.floor(start / chunkSize); n < behind && start < end; n += CHUNKS_OF_CALL) {
    const group = await readGroup(context, document, n, Math.min(n + CHUNKS_OF_CALL, behind))
    for (const [index, chunk] of group.entries()) {
      const first = (n + index) * chunkSize
      if (chunk.byteLength !== Math.min(chunkSize, size - first)) throw await lost(context, document)
      yield privateBytes(chunk.subarray(Math.max(0, start - first), Math.min(chunkSize, end - first)))
    }
  }
}

/** The chunks from `first` to before `behind`, all of them. */
async function readGroup(
  context: Context,
  document: LargeDocument,
  first: number,
  behind: number,
): Promise<Uint8Array[]> {
  const { chunks, options } = context
  const filter = { files_id: { $eq: document.file }, n: { $gte: first, $lt: behind } }
  const query = { ...options.read, sort: { n: 1 }, projection: { _id: 0, n: 1, data: 1 } }
  const found = await chunks.find(filter, query).all()
  const whole = found.every(({ n, data }, index) => n === first + index && data instanceof Uint8Array)
  if (!whole || found.length !== behind - first) throw await lost(context, document)
  return found.map(({ data }) => data as Uint8Array)
}

/** Why bytes are not there: the value has been replaced or deleted since, or it is damaged. */
async function lost({ values, options }: Context, { _id, file }: LargeDocument): Promise<StoreError> {
  const now = await values.findOne({ _id: { $eq: _id } }, options.readFile)
  const pointer = (now as { file?: ObjectId } | null)?.file
  return pointer?.equals(file)
    ? new StoreError('Corrupt', 'parts of the value are missing or damaged')
    : new StoreError('Unavailable', 'the value was replaced while it was read; read it again')
}
