import type { MaybePromise } from '../../driver.ts'
import { isPromise, whenReady } from '../../when-ready.ts'

/** Where values lie, which has to be looked at before the first read, and may have to be made for the first write. */
export interface Place {
  /** Looks before the first read; gives false when there is no such place yet, and so nothing to read. */
  look(): MaybePromise<boolean>
  /**
   * Makes the place before the first write; it looks itself, as nothing may have been read before. What it gives is
   * called once, when the first value is there or no write has succeeded; see `claimPlace`.
   */
  make?(): MaybePromise<Finish | void>
}

export type Finish = () => MaybePromise<void>

/** What has been found out about a place. Everything is done once, and again by the next call when it failed. */
export interface Preparation {
  /** Whether there is something to read: at once when it is known. */
  reading(): MaybePromise<boolean>
  /** Ready for writing: nothing to wait for once it is. */
  writing(): MaybePromise<void>
  /** Notes a write that has begun; what it gives is told how it ended. `undefined` when nobody waits for the first. */
  begin(): ((succeeded: boolean) => MaybePromise<void>) | undefined
  /** Counts how often the place was made. */
  readonly generation: number
  /** The place of this generation is gone. Told by several calls, it is forgotten once. */
  forget(generation: number): void
}

/** Keeps what is known about a place. */
export function preparation({ look, make }: Place): Preparation {
  let state: 'unknown' | 'readable' | 'writable' = 'unknown'
  let generation = 0
  // Callers that wait for the same step share it, and its failure; a later call begins anew.
  let looking: Promise<boolean> | undefined
  let making: Promise<void> | undefined
  let finish: Finish | undefined
  let writes = 0

  return {
    get generation() {
      return generation
    },
    reading: () => (state === 'unknown' ? read() : true),
    writing: () => (state === 'writable' ? undefined : write()),
    forget(gone) {
      if (gone === generation) reset()
    },
    begin() {
      if (finish === undefined) return undefined
      const begun = generation
      writes++
      return succeeded => end(begun, succeeded)
    },
  }

  function read(): MaybePromise<boolean> {
    if (looking !== undefined) return looking
    // That a place cannot be made says nothing about reading.
    if (making !== undefined)
      return making.then(
        () => true,
        () => (state === 'unknown' ? read() : true),
      )
    const found = whenReady(look(), is => {
      if (is) state = 'readable'
      return is
    })
    if (!isPromise(found)) return found
    looking = found
    forgetWhenOver(found, () => {
      looking = undefined
    })
    return found
  }

  function write(): MaybePromise<void> {
    if (making !== undefined) return making
    const made = looking === undefined ? makeNow() : looking.then(makeNow, makeNow)
    if (!isPromise(made)) return made
    making = made
    forgetWhenOver(made, () => {
      making = undefined
    })
    return made
  }

  function makeNow(): MaybePromise<void> {
    return whenReady(make?.(), made => {
      finish = made ?? undefined
      state = 'writable'
    })
  }

  /** The first value is there, or no write under way has succeeded: then the next one begins anew. */
  function end(begun: number, succeeded: boolean): MaybePromise<void> {
    if (begun !== generation) return
    writes--
    if (finish === undefined || (!succeeded && writes > 0)) return
    const work = finish
    finish = undefined
    if (!succeeded) reset()
    return work()
  }

  function reset(): void {
    state = 'unknown'
    finish = undefined
    writes = 0
    generation++
  }
}

/** Handled here as well: a caller may only want to know whether there is something to wait for. */
function forgetWhenOver(step: Promise<unknown>, forget: () => void): void {
  step.then(forget, forget)
}
