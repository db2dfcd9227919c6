import { type Store, StoreError, writeStream } from '@kvdol/core'
import { collectBytes, type Flight } from '@kvdol/core/adapter'
import type { About } from './cache/about.ts'
import type { Kept, OnFault } from './cache/kept.ts'
import type { Entry } from './cache/naming.ts'
import type { Coming, Origin } from './origin.ts'

/** What a fetch brought: the value, that it is in the cache, nothing, or what could not be kept and has gone by. */
export type Fetched =
  | { readonly is: 'value'; readonly value: Uint8Array }
  | { readonly is: 'kept' | 'absent' | 'gone' }

export interface Fetching {
  readonly cache: Store<string, Uint8Array>
  readonly kept: Kept
  /** What is known about a content may be written down after it was given. */
  readonly later: boolean
  readonly origin: Origin
  /** Does work again while it fails in a passing way. */
  persist<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>
  readonly onFault: OnFault
}

interface Arriving extends Fetching {
  readonly entry: Entry
  readonly flight: Flight
  readonly coming: Coming
}

/**
 * Brings a content to memory and into the cache, or by stream into the cache alone. What is known about a content that
 * is kept already makes it a question whether there is something newer.
 */
export async function fetchEntry(
  fetching: Fetching,
  entry: Entry,
  flight: Flight,
  mode: 'value' | 'stream',
  known: About | undefined,
): Promise<Fetched> {
  const { kept, origin, onFault } = fetching
  // A stream that nobody may keep any more has no reader.
  const signal = mode === 'value' ? flight.signal : AbortSignal.any([flight.signal, flight.dropped])
  let asked = known
  return await fetching.persist(async () => {
    const offer = await origin(entry.url, asked, signal)
    if (offer.is === 'absent') return { is: 'absent' }
    const arrive = mode === 'value' ? take : carry
    if (offer.is === 'coming') return await arrive({ ...fetching, entry, flight, coming: offer })
    asked = undefined
    if ((await kept.find(entry, {})) === undefined)
      throw new StoreError('Unavailable', 'what is kept has gone while the server was asked about it')
    await flight.keep(() => kept.confirm(entry, offer.about)).catch(error => onFault(error, entry.url))
    return { is: 'kept' }
  }, signal)
}

async function take({ cache, kept, later, onFault, entry, flight, coming }: Arriving): Promise<Fetched> {
  const value = await (coming.whole?.() ?? collectBytes(coming.chunks))
  const store = () => kept.put(entry, coming.about, () => cache.set(entry.content, value), later)
  if (coming.keeps) await flight.keep(store).catch(error => onFault(error, entry.url))
  return { is: 'value', value }
}

async function carry({ cache, kept, onFault, entry, flight, coming }: Arriving): Promise<Fetched> {
  const broken: unknown[] = []
  const store = () => writeStream(cache, entry.content, watched(coming.chunks, flight, broken))
  try {
    if (coming.keeps && (await flight.keep(() => kept.put(entry, coming.about, store)))) return { is: 'kept' }
  } catch (error) {
    if (broken.length > 0 && !flight.dropped.aborted) throw broken[0]
    if (!flight.dropped.aborted) onFault(error, entry.url)
  }
  await coming.cancel()
  return { is: 'gone' }
}

/** The chunks, until the entry is written by somebody else; `broken` gets what goes wrong with them. */
async function* watched(
  chunks: AsyncIterable<Uint8Array>,
  { dropped }: Flight,
  broken: unknown[],
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* chunks
    dropped.throwIfAborted()
  } catch (error) {
    broken.push(error)
    throw error
  }
}
