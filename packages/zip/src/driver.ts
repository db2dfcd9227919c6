import type { ListingDriver, WritableDriver } from '@kvdol/core'
import { fileErrorOf } from '@kvdol/fs/file'
import { flushOf } from './flush.ts'
import { guaranteesOf } from './guarantees.ts'
import type { Settings } from './options.ts'
import type { Place, ReplaceablePlace } from './places/place.ts'
import { placeOf } from './places/source.ts'
import { type Archive, archive } from './reading/archive.ts'
import { NOTHING_STAGED } from './reading/overlay.ts'
import { readingDriver } from './reading/reading-driver.ts'
import { type Commit, committer } from './writing/committer.ts'
import { stagedOverlay } from './writing/staged.ts'
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
  if (!isReplaceable(place)) return { ...facts, ...readingDriver(opened, settings, NOTHING_STAGED) }
  const direct = committer(place, opened, settings)
  const methods = settings.autoFlush ? written(direct, opened, settings) : staged(direct, opened, settings)
  return { ...facts, ...methods }
}

function isReplaceable(place: Place): place is ReplaceablePlace {
  return place.replace !== undefined
}

/** Each write is in the archive when it resolves. */
function written(commit: Commit, opened: Archive, settings: Settings) {
  return {
    ...readingDriver(opened, settings, NOTHING_STAGED),
    ...writingDriver(releasing(commit), settings),
  }
}

/** Writes wait in memory until they are flushed, and the store sees them. */
function staged(direct: Commit, opened: Archive, settings: Settings) {
  const { changes, commit, flush } = staging(direct, opened, settings.overwrite)
  return {
    ...readingDriver(opened, settings, stagedOverlay(changes)),
    ...writingDriver(commit, settings),
    [flushOf]: flush,
    close: flush,
  }
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
