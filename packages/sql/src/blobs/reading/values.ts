import type { MaybePromise, Range, ReadOptions } from '@kvdol/core'
import { resolveRange, StoreError, whenReady } from '@kvdol/core/adapter'
import { eachInTurn } from '../../sessions/failure.ts'
import type { Plan } from '../plan.ts'

/** The bytes of a value from the database. */
export function bytesOf(native: unknown): Uint8Array {
  if (native instanceof Uint8Array) return native
  throw new StoreError('Corrupt', 'the value in the table is not bytes')
}

type Values = (Uint8Array | undefined)[]

/** The values of many keys, in their order. */
export function getMany(plan: Plan, keys: readonly string[], { signal }: ReadOptions): MaybePromise<Values> {
  const { db, dialect, statements } = plan
  if (statements.many === undefined) return getInTurn(plan, keys, signal)
  const { text, params } = statements.many.get(keys)
  return whenReady(db.query(text, params, { signal }), ({ rows }) => {
    const found = new Map(rows.map(([key, value]) => [dialect.blobs.key.read(key), value]))
    return keys.map(key => (found.has(key) ? bytesOf(found.get(key)) : undefined))
  })
}

function getInTurn(
  { db, dialect, statements }: Plan,
  keys: readonly string[],
  signal: AbortSignal | undefined,
): MaybePromise<Values> {
  const values: Values = []
  const each = (key: string) =>
    whenReady(db.query(statements.get, [dialect.blobs.key.bind(key)], { signal }), ({ rows: [row] }) => {
      values.push(row && bytesOf(row[0]))
    })
  return whenReady(eachInTurn(keys, each), () => values)
}

/** The most bytes of a value that one statement asks for. */
const CHUNK = 4 * 1024 * 1024

/** Longer than any value; PostgreSQL counts in 32 bits. */
const BEYOND = 2_000_000_000

/**
 * The bytes of a range in chunks. All chunks are of one write: the stream rejects when the value is replaced before its
 * end.
 */
export async function readChunks(
  { db, dialect, statements }: Plan,
  key: string,
  range: Range | undefined,
  { signal }: ReadOptions,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  const bound = dialect.blobs.key.bind(key)
  const suffix = range !== undefined && 'suffix' in range ? Math.min(range.suffix, BEYOND) : undefined
  const asked = range as { start?: number; end?: number } | undefined
  const from = Math.min(asked?.start ?? 0, BEYOND)
  const length = Math.min(CHUNK, Math.max(0, (asked?.end ?? Number.POSITIVE_INFINITY) - from))
  const params =
    suffix === undefined ? [from + 1, length, bound] : [suffix, suffix, Math.min(CHUNK, suffix), bound]
  const { rows } = await db.query(suffix === undefined ? statements.part : statements.lastPart, params, {
    signal,
  })
  const [row] = rows
  if (row === undefined) return undefined
  const [etag, size, part] = row as [string, number, unknown]
  const { start, end } = resolveRange(range, Number(size))
  return chunks()

  async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    let chunk = start === end ? new Uint8Array() : bytesOf(part).subarray(0, end - start)
    let at = start
    for (;;) {
      if (chunk.byteLength > 0) yield chunk
      at += chunk.byteLength
      if (at >= end) return
      const next = await db.query(statements.nextPart, [at + 1, Math.min(CHUNK, end - at), bound, etag], {
        signal,
      })
      const [piece] = next.rows
      if (piece === undefined)
        throw new StoreError('Unavailable', 'the value was replaced while it was read; read it again')
      chunk = bytesOf(piece[0])
      if (chunk.byteLength === 0)
        throw new StoreError('Corrupt', 'the value is shorter than its recorded length')
    }
  }
}
