import { createStore } from '../create-store.ts'
import type { DriverMethods, Guarantees, ListingDriver, MaybePromise } from '../driver.ts'
import { type DriverMethod, METHOD_NAMES, METHODS } from '../methods.ts'
import { printValue } from '../print-key.ts'
import type { AnyReader, AnyStore, KeyOf, Like, ValueOf } from '../store.ts'
import { viewBehind } from '../view/over.ts'
import { belowMethods, layerDriver } from './below.ts'

/**
 * The methods that a layer changes: a way of its own, `'below'` for a method that agrees with what changed nevertheless,
 * or `'derived'` for one that follows from the others. What is not named is the store's, unless it has to agree with a
 * method that changed: then it is derived, so that no fast path leaks past what the layer replaces.
 */
export type LayerMethods<K, V> = {
  readonly [M in DriverMethod]?:
    | DriverMethods<K, V>[M]
    | 'below'
    | (M extends 'get' | 'keys' ? never : 'derived')
} & LayerFacts

/** What a layer adds beside its methods. */
export interface LayerFacts {
  /**
   * Names of further options that its `set` and `writeStream` take.
   * @default those of the store below where its `set` stays, else none
   */
  readonly writeOptions?: readonly string[]
  /**
   * Takes also what is no legal key string; the store below refuses it.
   * @default as the store below
   */
  readonly keyType?: 'any'
  /** Releases what the layer holds. Called once, before the store below is closed. */
  close?(): MaybePromise<void>
}

/**
 * A store that changes how another one behaves: a driver over a store. Writing stays possible where the store below can
 * be written; `guarantees` says what the layer lowers, and a batch that is derived is never atomic. Closing it closes
 * the store below.
 *
 * @example
 * ```ts
 * const counted = (store: Store<string, Uint8Array>) => layer(store, 'counted', { get: count(store) })
 * ```
 */
export function layer<S extends AnyReader>(
  store: S,
  name: string,
  { close, writeOptions, keyType, ...methods }: LayerMethods<KeyOf<S>, ValueOf<S>>,
  guarantees: Partial<Guarantees> = {},
): Like<S> {
  const view = viewBehind(store)
  const unknown = Object.keys(methods).find(method => !Object.hasOwn(METHODS, method))
  if (unknown !== undefined)
    throw new TypeError(
      `layer: drivers have no method ${printValue(unknown)}; there are ${METHOD_NAMES.join(', ')}`,
    )
  const { mapping, source, guarantees: below } = view
  const how = decided(methods as { readonly [M in DriverMethod]?: Way })
  const driver: Record<string, unknown> = {
    name: `${name} over ${source.driver.name}`,
    keyType: keyType ?? (mapping.stringKeys ? 'string' : 'any'),
    valueType: mapping.plain ? (source.driver.valueType ?? 'bytes') : 'any',
    sharedRoot: source.driver.sharedRoot === true && !mapping.prefix(),
    guarantees: {
      ...below,
      ...(how.setMany === 'derived' ? { batchAtomic: false } : {}),
      // A listing of the layer's own heeds what the store below heeds only if it says so.
      ...(LISTINGS.every(method => !isOwn(how[method])) ? {} : { reverse: false }),
      ...guarantees,
    },
    identityOf: (key: unknown) => view.identity(key),
    listsOnce: how.keys === 'below',
    writeOptions:
      writeOptions ??
      (how.set === 'below' && !isOwn(how.writeStream) ? source.driver.writeOptions : undefined),
    over: store,
    close,
  }
  const own = belowMethods(store as unknown as AnyStore)
  for (const method of METHOD_NAMES) {
    const way = how[method]
    if (way === 'derived' || (METHODS[method].writes && !mapping.writable)) continue
    driver[method] = way === 'below' ? own[method] : way
  }
  // Whoever opened the store below has agreed to torn reads, if it has them.
  return createStore(layerDriver(driver) as unknown as ListingDriver, {
    allowTornReads: true,
  }) as unknown as Like<S>
}

const LISTINGS = ['keys', 'keyPages', 'entryPages'] as const

function isOwn(way: Way): boolean {
  return typeof way === 'function'
}

type Way = 'below' | 'derived' | ((...args: never[]) => unknown)

/** What becomes of every method, those that the layer does not name included. */
function decided(methods: { readonly [M in DriverMethod]?: Way }): Record<DriverMethod, Way> {
  const how: Partial<Record<DriverMethod, Way>> = {}
  const decide = (method: DriverMethod): Way => {
    const named = methods[method]
    // Pages alone are enough to list keys.
    const paged = method === 'keys' && typeof methods.keyPages === 'function'
    how[method] ??= named ?? (paged || METHODS[method].from.some(changed) ? 'derived' : 'below')
    return how[method]
  }
  const changed = (method: DriverMethod): boolean =>
    decide(method) !== 'below' || (method === 'keys' && typeof methods.keyPages === 'function')
  for (const method of METHOD_NAMES) decide(method)
  return how as Record<DriverMethod, Way>
}
