import { StoreError } from '@kvdol/core'
import { isWeb } from '../canonical-url.ts'

/** A way from a link that people share to what it stands for. */
export interface Route {
  /** For messages. */
  readonly name: string
  /** Whether the link is one of these. */
  matches(url: URL): boolean
  /** Where the content is. Throws where it cannot be had. */
  target(url: URL): URL | string
}

/**
 * A route for the option `routes`. `to` gives the address of the content, or throws {@link noDownload} with the reason
 * why there is none.
 *
 * @example
 * ```ts
 * const gists = defineRoute({
 *   name: 'gist',
 *   matches: url => url.host === 'gist.github.com',
 *   target: url => `https://gist.githubusercontent.com${url.pathname}/raw`,
 * })
 * const store = graze({ cache: memory(), routes: [gists, ...shareLinks] })
 * ```
 */
export function defineRoute(route: Route): Route {
  if (
    typeof route?.name !== 'string' ||
    typeof route.matches !== 'function' ||
    typeof route.target !== 'function'
  )
    throw new TypeError('defineRoute takes { name, matches(url), target(url) }')
  return Object.freeze({ ...route })
}

/** The error for a link that leads to nothing that can be downloaded; `why` completes "…: ". */
export function noDownload(name: string, why: string): StoreError {
  return new StoreError('Unsupported', `${name}: ${why}`, { reason: 'route' })
}

/** The address that a URL leads to by the first route that matches, or itself. Refuses what is no web address. */
export function routed(url: string, routes: readonly Route[]): URL {
  const link = new URL(url)
  const route = routes.find(each => each.matches(link))
  if (route === undefined) return link
  const target = route.target(link)
  if (!(target instanceof URL) && !URL.canParse(target)) throw noDownload(route.name, 'the route gave no URL')
  const to = new URL(target)
  if (!isWeb(to)) throw noDownload(route.name, 'the route left the web')
  return to
}
