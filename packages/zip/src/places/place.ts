import type { MaybePromise } from '@kvdol/core'
import { bufferOf } from '../format/numbers.ts'

/** An archive as it is at one moment. */
export interface Handle {
  /** Tells this content from every other that the place has had; `undefined` where it cannot change. */
  readonly version: string | undefined
  readonly size: number
  /** Exactly these bytes. Rejects `Corrupt` when there are fewer, `Conflict` when they are of another content. */
  read(start: number, end: number, signal?: AbortSignal): Promise<Buffer>
  /**
   * The same bytes at once, also after `close`, as long as the place holds this content. `undefined` where it does not,
   * where that may take long, and where anything fails: opening it again tells. They are good until the next call.
   */
  readNow?(start: number, end: number): Buffer | undefined
  /** The same in chunks, where that is one request. */
  stream?(start: number, end: number, signal?: AbortSignal): AsyncIterable<Uint8Array>
  /** Whether the place still holds this content, so that what was read is of it. */
  isCurrent(): MaybePromise<boolean>
  close(): void
}

/** What is known of an archive that has been looked at before. */
export type Known = Pick<Handle, 'version' | 'size'>

/** Makes the new content of a place out of its present one; `undefined` leaves it as it is. */
type Remake = (current: Handle | undefined) => Promise<AsyncIterable<Uint8Array> | undefined>

/** Where an archive is. */
export interface Place {
  /** The archive as it is now, or `undefined` when there is none. */
  open(known: Known | undefined): MaybePromise<Handle | undefined>
  /**
   * Replaces the archive in one step by what `remake` makes of it; nobody replaces it in between. May call `remake`
   * again when somebody does all the same. Rejects `Conflict` in the end.
   */
  replace?(remake: Remake): Promise<void>
}

/** A place that can be written. */
export type ReplaceablePlace = Place & Required<Pick<Place, 'replace'>>

/** Bytes read first, from the end: the directory of a small archive is among them. */
export const TAIL = 32 * 1024

/** Bytes read at a time where somebody else decides how many are needed. */
export const CHUNK = 256 * 1024

/** A part of an archive in chunks. */
export async function* chunksOf(
  handle: Handle,
  start: number,
  end: number,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (handle.stream !== undefined) return yield* handle.stream(start, end, signal)
  for (let at = start; at < end; at += CHUNK) yield await handle.read(at, Math.min(at + CHUNK, end), signal)
}

/** An archive in memory. It is not copied; whoever gives it away does not change it any more. */
export function bytesPlace(bytes: Uint8Array): Place {
  const handle = handleOf(bytes, undefined)
  return { open: () => handle }
}

/** The content of a place that is in memory. */
export function handleOf(bytes: Uint8Array, version: string | undefined): Handle {
  const whole = bufferOf(bytes)
  return {
    version,
    size: whole.length,
    read: async (start, end) => whole.subarray(start, end),
    // Only what cannot change is known to be there still.
    ...(version === undefined && { readNow: (start, end) => whole.subarray(start, end) }),
    isCurrent: () => true,
    close() {},
  }
}
