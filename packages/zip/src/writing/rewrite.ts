import type { Directory } from '../format/directory.ts'
import { encodeCentral, encodeEnd, encodeLocal, encodeMoved } from '../format/encode.ts'
import type { Entry } from '../format/entry.ts'
import { inTurns } from '../format/in-turns.ts'
import { Records } from '../format/records.ts'
import { chunksOf, type Handle } from '../places/place.ts'
import { isFresh } from './draft.ts'
import type { Fresh } from './fresh.ts'

/**
 * The bytes of an archive with these entries. Those that stay are copied as they are, with their headers and without
 * unpacking them; what precedes the first entry (the program of a self-extracting archive) stays as well.
 */
export async function* rewrite(
  handle: Handle | undefined,
  directory: Directory,
  items: readonly (Entry | Fresh)[],
): AsyncGenerator<Uint8Array, void, undefined> {
  const records = new Records()
  const pause = inTurns()
  let run = { start: 0, end: directory.start }
  let at = run.end
  for (const item of items) {
    const turn = pause()
    if (turn !== undefined) await turn
    if (isFresh(item)) {
      yield* copy(handle, run)
      run = { start: 0, end: 0 }
      const header = encodeLocal(item.record)
      yield header
      yield* item.body.chunks()
      records.push(encodeCentral(item.record, at))
      at += header.length + item.record.compressed
    } else {
      if (item.offset !== run.end) {
        yield* copy(handle, run)
        run = { start: item.offset, end: item.offset }
      }
      run.end = item.end
      records.push(encodeMoved(item, at))
      at += item.end - item.offset
    }
  }
  yield* copy(handle, run)
  yield* records.blocks()
  yield encodeEnd(records.count, at, records.length, directory.comment)
}

async function* copy(
  handle: Handle | undefined,
  { start, end }: { readonly start: number; readonly end: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  if (handle !== undefined && end > start) yield* chunksOf(handle, start, end)
}
