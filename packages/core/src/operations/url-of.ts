import { wholeNumber } from '../options/kinds.ts'
import type { AnyReader, KeyOf } from '../store.ts'
import { callSettings } from './call-options.ts'
import { LOCATE, type LocateOptions, located } from './located.ts'

export interface UrlOptions extends LocateOptions {
  /**
   * How long the address can be used, in seconds.
   * @default as the adapter says
   */
  expiresIn?: number | undefined
}

const OPTIONS = { ...LOCATE, expiresIn: wholeNumber(1, Number.MAX_SAFE_INTEGER) }

/**
 * An address at which others can read the value of `key` without credentials of their own, for as long as `expiresIn`
 * says. Whoever has the address can read the value. It is not looked whether there is one.
 *
 * Rejects `Unsupported` for a store that has no addresses, and for one that decodes its values unless `raw`.
 *
 * @example
 * ```ts
 * response.redirect(await urlOf(films, 'intro.mp4', { expiresIn: 300 }))
 * ```
 */
export async function urlOf<S extends AnyReader>(
  store: S,
  key: KeyOf<S>,
  options?: UrlOptions,
): Promise<string> {
  const settings = callSettings(store, 'urlOf', OPTIONS, options)
  return await located(
    store,
    'urlOf',
    key,
    settings,
    'the values of this store have no addresses; serve them yourself, or keep them where they have: bucket() of @kvdol/s3',
  )
}
