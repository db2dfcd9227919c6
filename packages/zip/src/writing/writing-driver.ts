import type { Driver, DriverWriteOptions } from '@kvdol/core'
import { mapBounded } from '@kvdol/core/adapter'
import { inTurns } from '../format/in-turns.ts'
import type { Settings } from '../options.ts'
import { checkName } from './check-name.ts'
import type { Commit } from './committer.ts'
import { AHEAD, type Fresh, freshEntry, freshFromStream, packingSteps } from './fresh.ts'

export type Writing = Required<Pick<Driver, 'set' | 'delete' | 'setMany' | 'deleteMany' | 'writeStream'>>

/** The writing methods of an archive's driver. Values are compressed before they wait for their turn. */
export function writingDriver(commit: Commit, settings: Settings): Writing {
  return {
    async set(key, value, options) {
      checkName(key, settings)
      await put(await freshEntry(key, value, settings), options)
    },
    async writeStream(key, chunks, options) {
      checkName(key, settings)
      const { size: _, ...conditions } = options
      await put(await freshFromStream(key, chunks, settings), conditions)
    },
    async delete(key, options) {
      await commit({ changes: new Map([[key, undefined]]), ...options })
    },
    async setMany(entries, options) {
      for (const [key] of entries) checkName(key, settings)
      const changes = new Map<string, Fresh>()
      const pause = inTurns()
      const pack = async ([key, value]: (typeof entries)[number]) => {
        await pause(packingSteps(value))
        return await freshEntry(key, value, settings)
      }
      for await (const fresh of mapBounded(entries, AHEAD, pack)) changes.set(fresh.key, fresh)
      await commit({ changes, ...options })
    },
    async deleteMany(keys, options) {
      await commit({ changes: new Map(keys.map(key => [key, undefined])), ...options })
    },
  }

  async function put(fresh: Fresh, options: DriverWriteOptions): Promise<void> {
    await commit({ changes: new Map([[fresh.key, fresh]]), ...options })
  }
}
