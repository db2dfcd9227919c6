import { StoreError } from '@kvdol/core/adapter'
import type { Settings } from '../options.ts'
import type { ReplaceablePlace } from '../places/place.ts'
import type { Archive } from '../reading/archive.ts'
import { draftOf, type Request } from './draft.ts'
import { rewrite } from './rewrite.ts'

interface Waiting {
  readonly request: Request
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** Brings a request into the archive; resolves when it is there. */
export type Commit = (request: Request) => Promise<void>

/**
 * Commits requests in groups: whatever has come while one rewrite was under way goes into the next one together. Each
 * request is all or nothing, and one that fails does not keep the others back.
 */
export function committer(place: ReplaceablePlace, archive: Archive, settings: Settings): Commit {
  let waiting: Waiting[] = []
  let running = false

  return request =>
    new Promise((resolve, reject) => {
      waiting.push({ request, resolve, reject })
      if (!running) void run()
    })

  async function run(): Promise<void> {
    running = true
    while (waiting.length > 0) {
      // All that is set in one turn of the event loop goes together.
      await new Promise(setImmediate)
      const group = waiting
      waiting = []
      await commit(group.filter(isWanted))
    }
    running = false
  }

  async function commit(group: readonly Waiting[]): Promise<void> {
    let refused = new Map<Waiting, unknown>()
    try {
      await place.replace(async handle => {
        const directory = await archive.directoryOf(handle)
        const draft = draftOf(directory, settings)
        refused = new Map()
        for (const each of group)
          try {
            draft.apply(each.request)
          } catch (error) {
            refused.set(each, error)
          }
        return draft.isChanged() ? rewrite(handle, directory, await draft.items()) : undefined
      })
      for (const each of group) refused.has(each) ? each.reject(refused.get(each)) : each.resolve()
    } catch (error) {
      for (const each of group) each.reject(refused.get(each) ?? error)
    }
  }
}

function isWanted({ request: { signal }, reject }: Waiting): boolean {
  if (signal?.aborted) reject(new StoreError('Aborted', 'the call was aborted', { cause: signal.reason }))
  return !signal?.aborted
}
