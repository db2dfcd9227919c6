import { fileURLToPath } from 'node:url'
import type { Reader } from '@kvdol/core'
import { assertNoTilde, printValue } from '@kvdol/core/adapter'
import type { Settings } from '../options.ts'
import { accessPlace, type RandomAccess } from './access-place.ts'
import { filePlace } from './file-place.ts'
import type { Place } from './place.ts'
import { bytesPlace } from './place.ts'
import { type StoredArchive, storePlace } from './store-place.ts'

/**
 * What an archive is read from: its bytes, the path of a file or its `file:` address, a value of a store, or anything
 * that can be read from any position.
 */
export type ZipSource = Uint8Array | string | URL | StoredArchive<Reader<string, Uint8Array>> | RandomAccess

/** The place that a source names. Throws `TypeError` for what is none. */
export function placeOf(source: unknown, settings: Settings): Place {
  if (source instanceof Uint8Array) return bytesPlace(source)
  if (source instanceof URL) return addressPlace(source, settings)
  if (typeof source === 'string') return pathPlace(source, settings)
  const { store, key, size, read } = Object(source) as Partial<
    StoredArchive<Reader<never, Uint8Array>> & RandomAccess
  >
  if (typeof store?.get === 'function' && key !== undefined)
    return storePlace(store as Reader<unknown, Uint8Array>, key)
  if (typeof size === 'function' && typeof read === 'function') return accessPlace(source as RandomAccess)
  throw new TypeError(
    `zip: the source is bytes, a path, a file: URL, { store, key }, or { size(), read(start, end) }, not ${printValue(source)}`,
  )
}

const ON_THE_WEB =
  'zip: an archive on the web is a value of the store internet() of @kvdol/graze: zip({ store: internet(), key: address })'

function pathPlace(path: string, settings: Settings): Place {
  if (path === '' || path.includes('\0'))
    throw new TypeError('zip: the path of the archive is empty, or holds a NUL')
  if (/^https?:\/\//i.test(path)) throw new TypeError(ON_THE_WEB)
  assertNoTilde('zip', path)
  return filePlace(path, settings)
}

function addressPlace(url: URL, settings: Settings): Place {
  if (url.protocol === 'file:') return filePlace(fileURLToPath(url), settings)
  if (url.protocol === 'http:' || url.protocol === 'https:') throw new TypeError(ON_THE_WEB)
  throw new TypeError(`zip: the address of a file begins with file:, not ${url.protocol}`)
}
