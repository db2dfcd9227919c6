import type { AnyReader, Reader, Stat, Store } from '@kvdol/core'
import {
  assertWritable,
  guarantees,
  isStoreError,
  readRange,
  readStream,
  retry,
  StoreError,
  writeStream,
} from '@kvdol/core/adapter'
import { corrupt, replaced } from '../format/failures.ts'
import { bufferOf } from '../format/numbers.ts'
import type { Handle, Known, Place } from './place.ts'
import { handleOf } from './place.ts'

/** A value of a store of bytes that is an archive. */
export interface StoredArchive<S> {
  readonly store: S
  readonly key: S extends Reader<infer K, Uint8Array> ? K : never
}

/** How often a write starts again because somebody else has replaced the archive. */
const ATTEMPTS = 100

type Bytes = Reader<unknown, Uint8Array>

/** Whether writes to a value of this store can be kept from replacing somebody else's. */
export function isGuarded(store: AnyReader): boolean {
  const { conditions } = guarantees(store)
  return conditions.includes('ifAbsent') && conditions.includes('ifMatch')
}

/** An archive in a store: parts are read by range, and writes replace the value that they were made of, or reject. */
export function storePlace(store: Bytes, key: unknown): Place {
  const guarded = isGuarded(store)
  return {
    open: known => openValue(store, key, known),
    ...(isWritable(store) && {
      replace: async remake => {
        const attempt = async () => {
          const handle = await openValue(store, key, undefined)
          try {
            const chunks = await remake(handle)
            if (chunks !== undefined)
              await writeStream(store, key, chunks, guarded ? conditionOf(handle) : {})
          } catch (error) {
            const cause = causeOf(error)
            // Parts of two archives together are damaged without either being so.
            throw isStoreError(cause, 'Corrupt') && !(await handle?.isCurrent()) ? replaced() : cause
          }
        }
        await retry(attempt, { attempts: ATTEMPTS, pause: 2, longest: 50, when: isOvertaken })
      },
    }),
  }
}

/** Somebody else has replaced the archive, and what was to be written is not there. */
function isOvertaken(error: unknown): boolean {
  return isStoreError(error, 'Conflict') && error.outcome === 'not-applied'
}

function isWritable(store: Bytes): store is Store<unknown, Uint8Array> {
  try {
    assertWritable(store)
    return true
  } catch {
    return false
  }
}

/** What went wrong with the present archive while the new one was made of it. */
function causeOf(error: unknown): unknown {
  return isStoreError(error, 'Aborted') && error.cause instanceof StoreError ? error.cause : error
}

function conditionOf(handle: StoredHandle | undefined): { ifAbsent: true } | { ifMatch: string } {
  if (handle === undefined) return { ifAbsent: true }
  if (handle.etag !== undefined) return { ifMatch: handle.etag }
  throw new StoreError('Unsupported', 'the store of the archive tells no etag to write by')
}

type StoredHandle = Handle & { readonly etag: string | undefined }

async function openValue(
  store: Bytes,
  key: unknown,
  known: Known | undefined,
): Promise<StoredHandle | undefined> {
  if (known?.version !== undefined && !known.version.startsWith(WHOLE)) return rangesOf(store, key, known)
  const stat = await store.stat(key)
  if (stat === undefined) return undefined
  const version = versionOf(stat)
  if (version === undefined || stat.size === undefined) return await wholeOf(store, key)
  return { ...rangesOf(store, key, { version, size: stat.size }), etag: stat.etag }
}

/** Parts of the value, as long as it is the one that is known. */
function rangesOf(store: Bytes, key: unknown, { version, size }: Known): StoredHandle {
  return {
    version,
    size,
    etag: undefined,
    async read(start, end, signal) {
      const bytes = await readRange(store, key, { start, end, signal }).catch(error => {
        throw isStoreError(error, 'RangeNotSatisfiable') ? tooShort() : error
      })
      if (bytes === undefined) throw replaced()
      if (bytes.byteLength !== end - start) throw tooShort()
      return bufferOf(bytes)
    },
    async *stream(start, end, signal) {
      const chunks = await readStream(store, key, { start, end, signal })
      if (chunks === undefined) throw replaced()
      yield* chunks as unknown as AsyncIterable<Uint8Array>
    },
    isCurrent: async () => versionOf(await store.stat(key)) === version,
    close() {},
  }
}

/** Versions of values that are read at once; each is seen once. */
const WHOLE = 'whole '
let wholes = 0

/** The value read at once, from a store that cannot tell it from the next one. */
async function wholeOf(store: Bytes, key: unknown): Promise<StoredHandle | undefined> {
  const value = await store.get(key)
  return value && { ...handleOf(value, `${WHOLE}${++wholes}`), etag: undefined }
}

function tooShort(): StoreError {
  return corrupt('the archive is shorter than it was')
}

/** Tells one content from another, where the store can. */
function versionOf({ etag, size, modified }: Stat = {}): string | undefined {
  return etag === undefined && modified === undefined
    ? undefined
    : `${etag ?? ''}-${size}-${modified?.getTime() ?? ''}`
}
