import type { ValueCodec } from '@kvdol/core'
import { checkBytes, collectBytes, type OptionsOf, option, settingsOf } from '@kvdol/core/adapter'
import { corrupt } from './format/failures.ts'
import { limits, PACKING_OPTIONS, type PackingOptions, zipSettings } from './options.ts'
import { bytesPlace } from './places/place.ts'
import { archive, NOTHING } from './reading/archive.ts'
import { readEntry } from './reading/read-entry.ts'
import { checkName } from './writing/check-name.ts'
import { freshEntry } from './writing/fresh.ts'
import { rewrite } from './writing/rewrite.ts'

const OPTIONS = {
  /**
   * Name of the entry.
   * @default the key without folders and extension: `one` for `'a/one.zip'`
   */
  name: option<string | ((key: unknown) => string)>(
    'a string that is not empty, or a function from key to name',
    value => typeof value === 'function' || (typeof value === 'string' && value !== ''),
  ),
  /** Guards against archives that unpack to far more than they are, as of `zip`. */
  limits,
}
export type ZippedOptions = PackingOptions & OptionsOf<typeof OPTIONS>

/**
 * Bytes, stored as a zip archive with one entry. An archive with none or several is `Corrupt`; read those with `zip`.
 * The same bytes always make the same archive.
 *
 * @example
 * ```ts
 * const tables = pipe(files('tables'), mapKeys(suffix('.zip')), mapValues(compose(text(), zipped())))
 * ```
 */
export function zipped(options?: ZippedOptions): ValueCodec<Uint8Array, Uint8Array> {
  const { name = stemOf, ...given } = settingsOf('zipped', { ...PACKING_OPTIONS, ...OPTIONS }, options)
  const settings = zipSettings({ ...given, deterministic: true }, 'zipped')
  return {
    name: 'zipped()',
    async encode(value, key) {
      const entry = typeof name === 'function' ? name(key) : name
      checkName(entry, settings)
      const fresh = await freshEntry(entry, checkBytes(value), settings)
      return await collectBytes(rewrite(undefined, NOTHING, [fresh]))
    },
    decode: stored =>
      archive(bytesPlace(checkBytes(stored)), settings).reading(async ({ keys }, handle) => {
        const entry = keys.get(keys.keys()[0] ?? '')
        if (entry === undefined || handle === undefined || keys.size !== 1)
          throw corrupt(`the archive has ${keys.size} entries instead of one; read it with zip()`)
        return await readEntry(handle, entry, settings.limits)
      }),
  }
}

/** `one` for `'a/one.zip'`; `value` for keys that are no strings. */
function stemOf(key: unknown): string {
  if (typeof key !== 'string') return 'value'
  const name = key.slice(key.lastIndexOf('/') + 1)
  const dot = name.lastIndexOf('.')
  return (dot > 0 ? name.slice(0, dot) : name) || 'value'
}
