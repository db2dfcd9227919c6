import { claimPlace, ENCODED, lookAtMarker, PLAIN, type Preparation, preparation } from '@kvdol/core/adapter'
import type { BucketContext } from '../context.ts'
import { markerPort } from './marker.ts'

/**
 * Looks whether the bucket is there and in which way its keys are written, as the option `onMissingBucket` says. One
 * request answers both.
 */
export function preparationOf(context: BucketContext): Preparation {
  const { keys, onMissingBucket } = context.settings
  if (onMissingBucket === 'assume' && keys === 'plain') return preparation({ look: () => true })
  const port = markerPort(context)
  const format = keys === 'encoded' ? ENCODED : PLAIN
  return preparation({
    async look() {
      await lookAtMarker(port, format)
      return true
    },
    async make() {
      return (await claimPlace(port, format)).settled
    },
  })
}
