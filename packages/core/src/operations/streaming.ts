import type { StreamCodec } from '../codec.ts'
import type { AnyView } from '../view/any-view.ts'

/** Byte values longer than this go by stream where both ends can. */
export const STREAM_FROM: number = 1024 * 1024

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
