import { joinBytes } from '@kvdol/core/adapter'
import { assertKind, SNIFFED } from '../content/kinds.ts'
import { userFailureOf } from '../errors.ts'
import { type Chunks, tooLarge } from '../http/body.ts'
import type { GrazeSettings } from '../options.ts'

/**
 * The same chunks, none of which is given before the content is known to be of the wanted kind, counted against the
 * limit, and told to `onProgress`.
 */
export async function* guarded(
  chunks: AsyncIterable<Uint8Array>,
  { kind, limit, onProgress }: GrazeSettings,
  url: string,
  total: number | undefined,
): Chunks {
  let head: Uint8Array[] | undefined = kind === undefined ? undefined : []
  let received = 0
  for await (const chunk of chunks) {
    received += chunk.byteLength
    if (received > limit) throw tooLarge(limit)
    try {
      onProgress?.({ url, received, total })
    } catch (error) {
      throw userFailureOf('Aborted', 'onProgress ended the download', error)
    }
    head?.push(chunk)
    if (head === undefined) yield chunk
    else if (received >= SNIFFED) {
      yield* known(head)
      head = undefined
    }
  }
  if (head !== undefined) yield* known(head)

  async function* known(start: Uint8Array[]): Chunks {
    if (kind !== undefined) await assertKind(joinBytes(start), kind)
    yield* start
  }
}
