import type { ListingDriver, WritableDriver } from '@kvdol/core'
import { fileErrorOf } from '@kvdol/fs/file'
import { discardOf, flushOf } from './flush.ts'
import { guaranteesOf } from './guarantees.ts'
import type { Settings } from './options.ts'
import type { Place, ReplaceablePlace } from './places/place.ts'
import { placeOf } from './places/source.ts'
import { archive } from './reading/archive.ts'
import { readingDriver } from './reading/reading-driver.ts'
import { type Commit, committer } from './writing/committer.ts'
import { stagedDriver } from './writing/staged.ts'
import { staging } from './writing/staging.ts'
import { writingDriver } from './writing/writing-driver.ts'

/** The driver of an archive: one that can be written where its place can be replaced. Throws `TypeError` for no source. */
export function driverOf(source: unknown, settings: Settings): ListingDriver | WritableDriver {
  const place = placeOf(source, settings)
  const opened = archive(place, settings)
  const facts = {
    name: 'zip',
    errorOf: fileErrorOf,
    listsOnce: true,
    guarantees: guaranteesOf(source, place, settings),
  }
  const reading = readingDriver(opened, settings)
  if (!isReplaceable(place)) return { ...facts, ...reading }
  const direct = committer(place, opened, settings)
  if (settings.autoFlush) return { ...facts, ...reading, ...writingDriver(releasing(direct), settings) }
  // Writes wait in memory until they are flushed, and the store sees them.
  const { changes, commit, flush, discard } = staging(direct, opened, settings.overwrite)
  const methods = { ...stagedDriver(opened, reading, changes), ...writingDriver(commit, settings) }
  return { ...facts, ...methods, ...{ [flushOf]: flush, [discardOf]: discard, close: flush } }
}

function isReplaceable(place: Place): place is ReplaceablePlace {
  return place.replace !== undefined
}

/** Frees what the new entries take when they are written, or are not going to be. */
function releasing(commit: Commit): Commit {
  return async request => {
    try {
      await commit(request)
    } finally {
      for (const fresh of request.changes.values()) fresh?.body.release()
    }
  }
}
