import type { Reader, ValueCodec } from '@kvdol/core'
import { checkBytes, collectBytes } from '@kvdol/core/adapter'
import { type ArchivedOptions, archivedSettings } from './options.ts'
import { zip } from './zip.ts'
import { zipOf } from './zip-of.ts'

/**
 * Stores of bytes, stored as zip archives: reading gives the archive as a store, writing packs whatever store it is
 * given. The archive is read into memory; for long ones use `zip({ store, key })`.
 *
 * @example
 * ```ts
 * const data = pipe(files('data'), mapValues(byExtension({ '.txt': text(), '.zip': archived() })))
 * ```
 */
export function archived(options?: ArchivedOptions): ValueCodec<Reader<string, Uint8Array>, Uint8Array> {
  const { level, ...reading } = archivedSettings(options)
  return {
    name: 'archived()',
    async decode(stored) {
      const archive = zip(checkBytes(stored), reading)
      // What is no archive is refused now, not when somebody reads from it.
      await archive.size()
      return archive
    },
    async encode(store) {
      const chunks = zipOf(store, { level, deterministic: true })
      return await collectBytes(chunks as unknown as AsyncIterable<Uint8Array>)
    },
  }
}
