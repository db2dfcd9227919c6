import type { StreamCodec } from '../codec.ts'
import { joinBytes } from '../join-bytes.ts'
import type { AnyView } from '../view/view.ts'

/** The value codecs of a view by stream, closest to the driver first; `undefined` when one of them cannot. */
export function streamCodecs(view: AnyView): StreamCodec[] | undefined {
  const codecs: StreamCodec[] = []
  for (const step of view.steps) {
    if (step.kind !== 'mapValues') continue
    if (step.codec.stream === undefined) return undefined
    codecs.push(step.codec.stream)
  }
  return codecs
}

/** All chunks in one array of their own. */
export async function concat(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const chunk of chunks) {
    parts.push(chunk)
    length += chunk.byteLength
  }
  const [only] = parts
  if (only !== undefined && parts.length === 1 && only.byteLength === only.buffer.byteLength) return only
  return joinBytes(parts, length)
}
