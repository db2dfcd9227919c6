import { type Bytes, createStore, type Reader } from '@kvdol/core'
import { internetDriver } from './internet-driver.ts'
import { type InternetOptions, internetSettings } from './options.ts'

/**
 * The web as a reader: a key is a URL, its value what a GET brings. Nothing is kept; {@link graze} keeps.
 *
 * `stat` asks by HEAD, ranges and streams read no more than they need, and `keys` rejects `Unsupported`. What is not
 * there (404, 410) is `undefined`; every other refusal of the server rejects with the code that fits. Throws `TypeError`
 * for bad options; connects at the first call.
 *
 * @example
 * ```ts no-run="reads from the internet"
 * const web = internet({ timeout: 5_000 })
 * const page = await web.get('https://example.org/')
 * const head = await readRange(web, 'https://example.org/film.mp4', { end: 1024 })
 * ```
 */
export function internet(options?: InternetOptions): Reader<string, Bytes> {
  return createStore(internetDriver(internetSettings(options)))
}
