import type { Entry, Handle, Remote } from '../connection/remote.ts'
import { isMissing } from '../errors.ts'

/** How many requests for entries are under way at once: the server answers them in order. */
const AHEAD = 2

/** The entries of a folder, as many at a time as the server gives, without `.` and `..`; none of one that is not there. */
export async function* entriesIn(remote: Remote, path: string): AsyncGenerator<Entry[], void, undefined> {
  const handle = await remote.opendir(path).catch(error => {
    if (!isMissing(error)) throw error
  })
  if (handle === undefined) return
  const ahead: Promise<Entry[] | undefined>[] = []
  try {
    for (;;) {
      while (ahead.length < AHEAD) ahead.push(next(remote, handle))
      const page = await ahead.shift()
      if (page === undefined) return
      yield page
    }
  } finally {
    // The server answers what is under way before it closes.
    await remote.close(handle).catch(() => {})
  }
}

function next(remote: Remote, handle: Handle): Promise<Entry[] | undefined> {
  const page = remote.readdir(handle)
  // Its failure is thrown when its turn comes, which may be never.
  page.catch(() => {})
  return page
}
