import path from 'node:path'
import { guarantees, type KeyCodec, mapKeys, pipe, type Store } from '@kvdol/core'
import { encodedKeys } from '@kvdol/core/adapter'
import { files, quickStore } from '@kvdol/fs'
import type { GrazeSettings } from '../options.ts'

export interface OpenCache {
  readonly store: Store<string, Uint8Array>
  /** Closes what was opened here. */
  close(): Promise<void>
}

/** Reasons for which a store refuses none of the names that are made here. */
const NO_HINDRANCE = ['foreign', 'symlink', 'too-long', 'no-folder', 'new-folders']

/** Any key as one that every store takes. */
const portable: KeyCodec<string, string> = {
  encode: key => encodedKeys.encode(key),
  decode: name => encodedKeys.decode(name),
  prefix: prefix => encodedKeys.head(prefix ?? ''),
}

/** The cache that the settings name: the caller's store, or a folder. */
export function openCache({ cache, application }: GrazeSettings): OpenCache {
  if (typeof cache === 'object') {
    const strict = guarantees(cache).rejects.some(reason => !NO_HINDRANCE.includes(reason))
    const store = strict ? pipe(cache, mapKeys(portable)) : cache
    return { store, close: async () => {} }
  }
  const folder = path.resolve(cache ?? defaultFolder(application))
  const store = files(folder, { keys: 'encoded', allowClear: true })
  return { store, close: () => store.close() }
}

/** Beside the folders of quick stores of the same application. */
function defaultFolder(application: string | undefined): string {
  return path.join(path.dirname(quickStore(application, { values: 'bytes' }).root), 'kvdol-graze')
}
