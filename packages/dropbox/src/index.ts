export { dropbox } from './dropbox.ts'
export type { DropboxOptions, ForeignFile, SharedLinkOptions } from './options.ts'
export { sharedLink } from './shared-link.ts'
export { temporaryLink } from './temporary-link.ts'
