import type { DriverWriteOptions } from '@kvdol/core'
import { mediaType, writeSettingsOf } from '@kvdol/core/adapter'

/** What a write takes besides its conditions. */
export const WRITE_OPTIONS = {
  /** Media type of the value, told by `stat` and given to whoever reads the value at an address. */
  contentType: mediaType,
}

/** The media type that the options ask for, as the requests of S3 have it. */
export function mediaTypeOf(options: DriverWriteOptions): { readonly ContentType?: string } {
  if (options.contentType === undefined) return {}
  const { contentType } = writeSettingsOf(WRITE_OPTIONS, options)
  return contentType === undefined ? {} : { ContentType: contentType }
}
