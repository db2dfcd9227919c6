import { claimPlace, ENCODED, lookAtMarker, PLAIN, type Place } from '@kvdol/core/adapter'
import type { Context } from '../place/context.ts'
import { whenFree } from '../place/gate.ts'
import { makeRoot } from '../place/make-folders.ts'
import { noRoot } from '../place/root.ts'
import { markerPort } from './marker-port.ts'
import { lookAtMedium, tryMedium } from './medium.ts'

/** The root of a store, with the mark that tells how its keys are written. */
export function placeOf(context: Context): Place {
  const { root, settings } = context
  const plain = settings.keys === 'plain'
  const format = plain ? PLAIN : ENCODED
  const marker = markerPort(context, () => root.real)
  const mark = async (folder: string) =>
    void (await claimPlace(
      markerPort(context, () => folder),
      format,
    ))

  return {
    look: () =>
      whenFree(async () => {
        if (!(await root.find(settings))) return false
        await lookAtMarker(marker, format)
        if (plain) root.medium = await lookAtMedium(context)
        return true
      }),
    make: () =>
      whenFree(async () => {
        if (!(await root.find(settings))) {
          await makeRoot(context, plain ? undefined : mark)
          // A link that leads nowhere.
          if (!(await root.find(settings))) throw noRoot()
        }
        const claim = await claimPlace(marker, format)
        try {
          if (plain) root.medium = await tryMedium(context)
        } catch (error) {
          await claim.settled()
          throw error
        }
        return claim.settled
      }),
  }
}
