import { StoreError } from '@kvdol/core/adapter'
import type { Dropbox, DropboxAuth } from 'dropbox'

/** What is used of the SDK. */
export interface Sdk {
  readonly Dropbox: typeof Dropbox
  readonly DropboxAuth: typeof DropboxAuth
}

/** Calls about files that are asked by the SDK. */
export type Route =
  | 'filesGetMetadata'
  | 'filesListFolder'
  | 'filesListFolderContinue'
  | 'filesListFolderGetLatestCursor'
  | 'filesListFolderLongpoll'
  | 'filesDeleteV2'
  | 'filesGetTemporaryLink'
  | 'sharingGetSharedLinkMetadata'

export type ArgumentsOf<R extends Route> = Parameters<Dropbox[R]>[0]
export type ResultOf<R extends Route> = Awaited<ReturnType<Dropbox[R]>>['result']

/** Loads the SDK. Throws `Unsupported` where it is not installed. */
export async function loadSdk(): Promise<Sdk> {
  try {
    const loaded = await import('dropbox')
    // Of a CommonJS module not every runtime finds the names.
    return 'Dropbox' in loaded ? loaded : (loaded as { default: Sdk }).default
  } catch (cause) {
    throw new StoreError('Unsupported', 'the package dropbox cannot be loaded; npm install dropbox', {
      cause,
    })
  }
}
