import { decodeValues, mapKeys, pipe, type Reader } from '@kvdol/core'
import { type GrazeOptions, graze } from '@kvdol/graze'
import { zip } from '@kvdol/zip'

export interface KaggleOptions extends Pick<GrazeOptions, 'cache' | 'onProgress'> {
  /** Who asks: the name of an account and a key of its own, from the page of its settings. */
  readonly username: string
  readonly key: string
  /** @default 'https://www.kaggle.com' */
  readonly origin?: string
}

/**
 * Kaggle's datasets by their names, such as `'zynicide/wine-reviews'`, each as a reader of its files. One that is read
 * is downloaded, with the account, and kept; listings and `has` speak of those that are kept.
 */
export function kaggleDatasets({
  username,
  key,
  origin = 'https://www.kaggle.com',
  ...options
}: KaggleOptions) {
  const authorization = `Basic ${Buffer.from(`${username}:${key}`).toString('base64')}`
  const base = `${origin}/api/v1/datasets/download/`
  return pipe(
    graze({ headers: { authorization }, kind: 'archive', ...options }),
    mapKeys({
      decode: url => (url.startsWith(base) ? url.slice(base.length) : undefined),
      encode: (name: string) => base + name,
      prefix: name => base + (name ?? ''),
    }),
    decodeValues((archive): Reader<string, Uint8Array> => zip(archive)),
  )
}
