import type { CopyOptions, CopyResult, Reader, Store } from '@kvdol/core'
import { copy, filterKeys, oneOf, option, printKey, StoreError, settingsOf } from '@kvdol/core/adapter'
import { isUnsafeName } from './format/names.ts'
import type { ZipSource } from './places/source.ts'
import { readerOf } from './zip.ts'

export interface UnzipOptions extends CopyOptions<string> {
  /**
   * What becomes of names that are more than relative paths: `../x`, `/x`, `C:x`, `a\b`, `a//b`, control characters.
   * `'refuse'`: nothing is copied, and it rejects `InvalidKey`. `'skip'`: they are left out. `'keep'`: they are keys of
   * the destination, as they are; for stores that hold any key.
   * @default 'refuse'
   */
  unsafe?: 'refuse' | 'skip' | 'keep' | undefined
}

/** {@link copy} looks at its own options. */
const ofCopy = option<never>('an option of copy', () => true)
const OPTIONS = {
  unsafe: oneOf('refuse', 'skip', 'keep').or('refuse'),
  prefix: ofCopy,
  signal: ofCopy,
  concurrency: ofCopy,
  overwrite: ofCopy,
  onProgress: ofCopy,
} satisfies Record<keyof UnzipOptions, unknown>

/**
 * Copies the entries of an archive into a store. Each value is stored whole or not at all, and what else is in the store
 * stays. An archive that was opened for this is closed again.
 *
 * Rejects `InvalidKey` for unsafe names, and as `copy`: at the end, with `failures` by key.
 *
 * @example
 * ```ts
 * await unzipTo('photos.zip', files('photos'))
 * ```
 */
export async function unzipTo(
  archive: ZipSource | Reader<string, Uint8Array>,
  store: Store<string, Uint8Array>,
  given: UnzipOptions = {},
): Promise<CopyResult> {
  const { unsafe } = settingsOf('unzipTo', OPTIONS, given as object)
  const { unsafe: _, ...options } = given
  const reader = readerOf(archive)
  try {
    if (unsafe === 'refuse') await assertSafe(reader, options)
    const from = unsafe === 'keep' ? reader : filterKeys<typeof reader>(key => !isUnsafeName(key))(reader)
    return await copy(from, store, options)
  } finally {
    if (reader !== archive) await reader.close()
  }
}

async function assertSafe(
  reader: Reader<string, Uint8Array>,
  { prefix, signal }: UnzipOptions,
): Promise<void> {
  for await (const key of reader.keys({ ...(prefix === undefined ? {} : { prefix }), signal })) {
    if (!isUnsafeName(key)) continue
    throw new StoreError(
      'InvalidKey',
      `the archive has an entry that could end up elsewhere: ${printKey(key)} (option unsafe)`,
      {
        reason: 'unsafe-name',
        key,
        op: 'unzipTo',
      },
    )
  }
}
