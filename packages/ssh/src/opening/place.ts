import { claimPlace, ENCODED, lookAtMarker, PLAIN, type Place } from '@kvdol/core/adapter'
import type { Context } from '../context.ts'
import { noRoot } from '../errors.ts'
import { makeRoot } from './make-folders.ts'
import { markerPort } from './marker-port.ts'
import { assertDistinctNames } from './medium.ts'

/** The root folder, as it is looked for before the first read and made before the first write. */
export function placeOf(context: Context): Place {
  const { pool, root, settings } = context
  const format = settings.keys === 'encoded' ? ENCODED : PLAIN
  const port = markerPort(context)
  return {
    async look() {
      if (!(await pool.reading({}, remote => root.find(remote)))) {
        if (settings.mustExist) throw noRoot('the root folder does not exist (mustExist)')
        return false
      }
      await lookAtMarker(port, format)
      return true
    },
    async make() {
      await pool.writing({}, async remote => {
        if (await root.find(remote)) return
        if (settings.mustExist) throw noRoot('the root folder does not exist (mustExist)')
        await makeRoot(context, remote)
        if (!(await root.find(remote))) throw noRoot('the root folder was removed as soon as it was made')
      })
      const claim = await claimPlace(port, format)
      try {
        if (settings.keys === 'plain') await pool.writing({}, remote => assertDistinctNames(context, remote))
      } catch (error) {
        await claim.settled()
        throw error
      }
      return claim.settled
    },
  }
}
