import { isStoreError, StoreError } from '../error.ts'
import { callback, wholeNumber } from '../options/kinds.ts'
import { option } from '../options/option.ts'
import { settingsOf } from '../options/settings-of.ts'
import { printValue } from '../print-key.ts'
import type { Store } from '../store.ts'
import { userFailure } from '../view/user-failure.ts'
import { argumentKey } from './caching/argument-key.ts'
import { recentValues } from './caching/recent-values.ts'
import { writableStore } from './caching/writable-store.ts'
import { flights } from './flights.ts'

export interface MemoizeOptions<A extends readonly unknown[], V> {
  /**
   * Where results are kept.
   * @default the 1,000 results used last, in memory, not copied
   */
  cache?: Store<string, V> | undefined
  /**
   * Names the function in the cache, for one that outlives the process or is used by several.
   * @default a name that no other function and no other process has
   */
  name?: string | undefined
  /**
   * What makes two calls the same, of the arguments.
   * @default all of the arguments, by their content
   */
  key?: ((...args: A) => unknown) | undefined
  /** Told when the cache could not read or keep a result; the function then runs. */
  onCacheError?: ((error: StoreError, args: A) => void) | undefined
  /**
   * Most results in memory, where `cache` is not given.
   * @default 1000
   */
  max?: number | undefined
}

/** The arguments of the function alone: those that `key` takes may be fewer. */
type ArgumentsOf<A extends unknown[]> = A extends [...infer All] ? All : never

const OPTIONS = {
  cache: writableStore,
  name: option<string>(
    'a well-formed string of 1 to 200 characters',
    value => typeof value === 'string' && /^.{1,200}$/su.test(value) && value.isWellFormed(),
  ),
  key: callback(),
  onCacheError: callback(),
  max: wholeNumber(1),
}

/**
 * The same function, run once for each arguments: the result is kept, and whoever calls while it runs waits for it. What
 * fails is not kept, and neither is `undefined`. Calls give promises, also of a function that answers at once.
 *
 * Arguments are told apart by content and type: `1` and `'1'`, `0` and `-0`, no argument and `undefined` differ. Rejects
 * `InvalidArgument` for arguments that have no content to compare, such as functions, unless `key` makes something of
 * them; what the function throws comes as it is.
 *
 * @example
 * ```ts
 * const weather = memoize(fetchWeather, { cache: pipe(memory(), expiring({ ttl: 60_000 }), jsonValues<Weather>()) })
 * await weather('Bergen', { days: 3 })
 * ```
 */
export function memoize<A extends unknown[], R>(
  run: (...args: A) => R,
  options?: MemoizeOptions<ArgumentsOf<A>, Awaited<R>>,
): (...args: A) => Promise<Awaited<R>> {
  if (typeof run !== 'function') throw new TypeError(`memoize takes a function, not ${printValue(run)}`)
  const { cache: given, max, ...settings } = settingsOf('memoize', OPTIONS, options as object)
  if (given !== undefined && max !== undefined)
    throw new TypeError('memoize: max is for the memory that is used without cache; bound the cache itself')
  const cache = (given ?? recentValues(max ?? 1000)) as Store<string, Awaited<R>>
  const name = settings.name ?? (given === undefined ? '' : randomName())
  const longest = longestAfter(name)
  const under = flights<Awaited<R>>()

  return async (...args): Promise<Awaited<R>> => {
    const text = argumentKey(settings.key === undefined ? args : [keyOf(args)])
    const key = text.length <= longest ? `${name}(${text})` : `${name}#${await hashOf(text)}`
    const { ended } = under
    const known = await look(key, args)
    if (known !== undefined) return known
    const { value } = await under.join(key, async (): Promise<Awaited<R>> => {
      // Another run may have ended while the cache was looked at.
      const again = under.ended === ended ? undefined : await look(key, args)
      if (again !== undefined) return again
      const result: Awaited<R> = await run(...args)
      if (result !== undefined) await cache.set(key, result).catch(error => report(error, args))
      return result
    })
    return value
  }

  function keyOf(args: A): unknown {
    try {
      return settings.key?.(...args)
    } catch (error) {
      throw userFailure('InvalidArgument', 'the key function of memoize failed', error)
    }
  }

  function look(key: string, args: A): Promise<Awaited<R> | undefined> {
    return cache.get(key).catch(error => report(error, args))
  }

  function report(error: unknown, args: A): undefined {
    if (!isStoreError(error)) throw error
    options?.onCacheError?.(error, args as never)
  }
}

/** What stays of a long text, so that every store can hold it. */
async function hashOf(text: string): Promise<string> {
  const { subtle } = globalThis.crypto
  if (subtle === undefined)
    throw new StoreError(
      'Unsupported',
      'the arguments are long, and no hash can be made of them here; give key',
    )
  const hash = new Uint8Array(await subtle.digest('SHA-256', new TextEncoder().encode(text)))
  return Array.from(hash, byte => byte.toString(16).padStart(2, '0')).join('')
}

/** Arguments that are longer are hashed. */
const LONGEST = 140

/** How long arguments may be after a name: a character takes up to three bytes, and keys have at most 1,024. */
function longestAfter(name: string): number {
  return Math.min(LONGEST, Math.floor((1024 - new TextEncoder().encode(`${name}()`).length) / 3))
}

function randomName(): string {
  const random = globalThis.crypto.getRandomValues(new Uint32Array(4))
  return Array.from(random, part => part.toString(36)).join('')
}
