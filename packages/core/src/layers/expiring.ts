import type { DriverWriteOptions } from '../driver.ts'
import { maker } from '../makers.ts'
import { callback, oneOf } from '../options/kinds.ts'
import { settingsOf, writeSettingsOf } from '../options/settings-of.ts'
import type { AnyReader, AnyStore, KeyOf, Like, Store, WritesWith, WrittenOf } from '../store.ts'
import { viewBehind } from '../view/over.ts'
import { belowMethods } from './below.ts'
import { aged } from './caching/aged.ts'
import { beneath } from './caching/beneath.ts'
import { duration } from './caching/duration.ts'
import { headed } from './caching/headed.ts'
import { steadyClock } from './caching/steady-clock.ts'
import { layer } from './layer.ts'
import { sweeps } from './sweep.ts'

export interface ExpiringOptions {
  /**
   * How long a value lasts, in milliseconds from when it is written.
   * @default Infinity
   */
  ttl?: number | undefined
  /**
   * What tells when a value ends: a header of eight bytes before it, or the time at which the store says that it was
   * written, which leaves values as they are and knows one `ttl` for all.
   * @default the backend's own expiry where it has one, else 'header'
   */
  by?: 'header' | 'modified' | undefined
  /**
   * Milliseconds since 1970.
   * @default the system's clock, read once and counted on from there
   */
  now?: (() => number) | undefined
}

/** What `set` takes besides where values end. */
export interface ExpiringWriteOptions {
  /** How long this value lasts, in milliseconds. @default the ttl of the layer */
  ttl?: number | undefined
}

/** A store of values that end, with a time to live for each write, which its views take too. */
export type Expiring<S extends AnyReader> = Like<S> &
  (S extends AnyStore ? WritesWith<KeyOf<S>, WrittenOf<S>, ExpiringWriteOptions> : unknown)

const OPTIONS = {
  ttl: duration.or(Number.POSITIVE_INFINITY),
  by: oneOf('header', 'modified'),
  now: callback<() => number>(),
}

/**
 * Lets values end: from its time on, a value is absent on every path, for conditional writes too. It is there still until
 * somebody writes to its key, or {@link sweep} removes it.
 *
 * A backend that ends values itself is told when. Elsewhere eight bytes stand before each value, under all codecs: 0xE1,
 * then the end in milliseconds since 1970 as 7 bytes, most significant first, all ones for no end. Then a listing reads
 * the header of each value, and a value that was stored without this layer rejects `Incompatible`.
 *
 * Ends are times of day, so that several processes agree on them as far as their clocks do. Within one process time never
 * runs backwards, and by default setting the clock changes nothing: what has ended stays so, and nothing ends early.
 *
 * @example
 * ```ts
 * const sessions = pipe(memory(), jsonValues<Session>(), expiring({ ttl: 3_600_000 }))
 * await sessions.set('ann', session, { ttl: 60_000 })
 * ```
 */
export function expiring(options?: ExpiringOptions): <S extends AnyReader>(store: S) => Expiring<S> {
  const { ttl, by, now } = settingsOf('expiring', OPTIONS, options)
  if (by === 'modified' && ttl === Number.POSITIVE_INFINITY)
    throw new TypeError("expiring: by: 'modified' needs a ttl, as no value has one of its own")
  const clock = steadyClock(now)
  return <S extends AnyReader>(store: S): Expiring<S> => {
    const { driver } = viewBehind(store).source
    const native = driver.writeOptions?.includes('expiresAt') === true
    if (by === undefined && !native && driver.valueType === 'any')
      throw new TypeError(
        `expiring: the values of ${driver.name} are no bytes, so that no end can stand before them; use by: 'modified' where the store keeps times`,
      )
    const made = beneath(store, stored => {
      if (by === undefined && native) return ending(stored, ttl, clock)
      const { store: layered, lifetimes } = (by === 'modified' ? aged : headed)(stored, ttl, clock)
      sweeps.put(layered, lifetimes)
      return layered
    })
    return made as unknown as Expiring<S>
  }
}

maker(expiring)

/** A store whose backend ends the values. */
function ending(store: AnyStore, ttl: number, now: () => number): AnyStore {
  const below = belowMethods(store)
  const made = layer<Store<unknown, unknown>>(store, 'expiring', {
    set: (key, value, options) => below.set(key, value, ended(options)),
    writeStream: (key, chunks, options) => below.writeStream(key, chunks, ended(options)),
    rename: 'below',
    writeOptions: ['ttl', ...(viewBehind(store).source.driver.writeOptions ?? [])],
  })
  // Nothing is left of what is over.
  sweeps.put(made, { sweep: async () => 0 })
  return made

  function ended<O extends DriverWriteOptions>(options: O): O {
    const { ttl: own = ttl } = writeSettingsOf({ ttl: duration }, options)
    const { ttl: _, ...how } = options as O & { ttl?: unknown }
    const end = own === Number.POSITIVE_INFINITY ? {} : { expiresAt: Math.round(now() + own) }
    return { ...end, ...how } as unknown as O
  }
}
