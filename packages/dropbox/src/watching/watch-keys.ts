import { setTimeout as sleep } from 'node:timers/promises'
import type { DriverWatchOptions, ReadOptions } from '@kvdol/core'
import type { Context } from '../context.ts'
import { type Entry, entriesSince } from '../listing/list-pages.ts'
import { isInternal, nameOf } from '../listing/name-of.ts'
import { tagOf } from '../service/refused-answer.ts'

/** How long Dropbox waits for a change, in seconds, and what it adds so that not all programs come at once. */
const WAIT = 90
const JITTER = 90

/** The keys that change, as Dropbox tells them, page by page; see `watch` of drivers. */
export async function* watchKeys(
  context: Context,
  { signal }: DriverWatchOptions<string>,
): AsyncGenerator<(string | undefined)[], void, undefined> {
  const how = signal ? { signal } : {}
  try {
    let place = await begin(context, how)
    yield []
    for (;;) {
      if (!(await hasChanged(context, place.cursor, how))) continue
      const pages = place.isRoot ? entriesSince(context.link, place.cursor, how) : undefined
      let cursor: string | undefined
      for await (const page of pages ?? []) {
        cursor = page.cursor
        yield page.entries.flatMap(entry => toldBy(context, entry))
      }
      if (cursor !== undefined) {
        place = { ...place, cursor }
        continue
      }
      // The root was made or removed, or Dropbox has forgotten the cursor.
      place = await begin(context, how)
      yield [undefined]
    }
  } catch (error) {
    if (!signal?.aborted) throw error
  }
}

interface Place {
  readonly cursor: string
  /** It is about everything below the root; else about a folder above it in which the root, or the way to it, may appear. */
  readonly isRoot: boolean
}

/** From where changes are told. */
async function begin(context: Context, how: ReadOptions): Promise<Place> {
  const { root } = context.settings
  let above: string | undefined
  for (let path = root; ; path = path.slice(0, path.lastIndexOf('/'))) {
    const own = await latest(context, root, true, how)
    if (own !== undefined) return { cursor: own, isRoot: true }
    // Looked for again once a folder above is watched, as the root may have been made in between.
    if (above !== undefined) return { cursor: above, isRoot: false }
    above = await latest(context, path, false, how)
  }
}

/** The state of a folder now; `undefined` when it is not there. */
async function latest(
  { link }: Context,
  path: string,
  recursive: boolean,
  how: ReadOptions,
): Promise<string | undefined> {
  try {
    return (await link.ask('filesListFolderGetLatestCursor', { path, recursive }, how)).cursor
  } catch (error) {
    if (['path/not_found', 'path/not_folder'].includes(tagOf(error) ?? '')) return undefined
    throw error
  }
}

/** Waits for a change; gives false when there was none for a while. A cursor that is of no use any more has changed. */
async function hasChanged({ link }: Context, cursor: string, how: ReadOptions): Promise<boolean> {
  try {
    const waits = (WAIT + JITTER) * 1000
    const { changes, backoff } = await link.ask(
      'filesListFolderLongpoll',
      { cursor, timeout: WAIT },
      { ...how, waits },
    )
    if (backoff !== undefined) await sleep(backoff * 1000, undefined, how)
    return changes
  } catch (error) {
    if (tagOf(error) === 'reset') return true
    throw error
  }
}

/** The keys of an entry; `undefined` stands for those of a folder that was removed as a whole. */
function toldBy({ naming, settings }: Context, entry: Entry): (string | undefined)[] {
  if (entry['.tag'] === 'folder') return []
  const name = nameOf(settings.root, entry)
  if (isInternal(name)) return []
  const key = naming.keyOf(name)
  if (entry['.tag'] === 'file') return key === undefined ? [] : [key]
  // What is gone may have been a file or a folder; encoded names tell which.
  return settings.keys === 'encoded' && key !== undefined ? [key] : [key, undefined]
}
