import type { AnyReader, KeyOf, MaybePromise } from '@kvdol/core'
import { runOn, StoreError } from '@kvdol/core/adapter'
import { METHOD } from './format/constants.ts'
import { commentText, type Entry, modifiedOf } from './format/entry.ts'

/** What an archive tells of a value. */
export interface EntryInfo {
  /** Length of the value in bytes. */
  readonly size: number
  /** Bytes that it takes in the archive. */
  readonly compressed: number
  /** `'stored'`, `'deflated'`, or the number of a method that cannot be read here. */
  readonly method: 'stored' | 'deflated' | number
  /** CRC-32 of the value. */
  readonly crc: number
  readonly modified: Date
  /** Most archives have none. */
  readonly comment: string
  readonly encrypted: boolean
}

/** Where {@link entryInfo} finds the function of an archive's driver. */
export const infoOf: unique symbol = Symbol.for('@kvdol/zip/info')

/** A driver that tells of entries. */
export interface InfoDriver {
  [infoOf](key: string): MaybePromise<EntryInfo | undefined>
}

/**
 * What an archive tells of the value at `key`: sizes, method, checksum, date; `undefined` when there is none. Works
 * through key transforms, and reads the directory only.
 *
 * Rejects `Unsupported` for a store that is no archive.
 *
 * @example
 * ```ts
 * const { size, compressed } = (await entryInfo(archive, 'notes.txt')) ?? {}
 * ```
 */
export async function entryInfo<S extends AnyReader>(
  store: S,
  key: KeyOf<S>,
): Promise<EntryInfo | undefined> {
  return await runOn(store, { op: 'entryInfo', writes: false, key }, (driver, name) => {
    const { [infoOf]: tell } = driver as Partial<InfoDriver>
    if (tell === undefined)
      throw new StoreError('Unsupported', 'this store is no archive of @kvdol/zip, so it knows no entries')
    return tell(name as string)
  })
}

/** What the directory tells of an entry. */
export function infoFrom(entry: Entry): EntryInfo {
  const { size, compressed, crc } = entry
  return {
    size,
    compressed,
    crc,
    method: methodName(entry.method),
    modified: modifiedOf(entry),
    comment: commentText(entry),
    encrypted: (entry.flags & 1) !== 0,
  }
}

export function methodName(method: number): EntryInfo['method'] {
  if (method === METHOD.stored) return 'stored'
  return method === METHOD.deflated ? 'deflated' : method
}
