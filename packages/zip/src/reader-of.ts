import type { Reader } from '@kvdol/core'
import type { ZipReadOptions } from './options.ts'
import type { ZipSource } from './places/source.ts'
import { zip } from './zip.ts'

/** The archive of a source, or the store itself where one is given. */
export function readerOf(
  source: ZipSource | Reader<string, Uint8Array>,
  options: ZipReadOptions = {},
): Reader<string, Uint8Array> {
  if (typeof (source as Partial<Reader<string, Uint8Array>>).get === 'function')
    return source as Reader<string, Uint8Array>
  return zip(source as Uint8Array, options)
}
