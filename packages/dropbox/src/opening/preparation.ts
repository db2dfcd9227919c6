import { claimPlace, ENCODED, lookAtMarker, PLAIN, type Preparation, preparation } from '@kvdol/core/adapter'
import type { Context } from '../context.ts'
import { markerPort } from './marker-port.ts'

/** Finds out before the first read, and before the first write, in which way the keys of the folder are written. */
export function preparationOf(context: Context): Preparation {
  const port = markerPort(context)
  const format = context.settings.keys === 'encoded' ? ENCODED : PLAIN
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
