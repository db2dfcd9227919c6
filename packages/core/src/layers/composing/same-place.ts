import type { KeyCodec } from '../../codec.ts'
import type { MaybePromise } from '../../driver.ts'
import type { AnyReader } from '../../store.ts'
import type { AnyView } from '../../view/any-view.ts'
import { hidden } from '../../view/mapping.ts'
import { viewBehind } from '../../view/over.ts'

/** Where a driver over several stores finds a key. */
interface Route {
  find(key: unknown): MaybePromise<{ readonly view: AnyView; inner(key: unknown): unknown } | undefined>
}

/** By the `get` of the driver, which copies of a driver keep. */
const routes = new WeakMap<object, Route>()

/** Notes how the driver with this `get` finds keys, so that {@link isSamePlace} sees through it. */
export function noteRoute(get: object, route: Route): void {
  routes.set(get, route)
}

/** Whether two keys of two stores are one value of one driver. */
export async function isSamePlace(a: AnyView, keyA: unknown, b: AnyView, keyB: unknown): Promise<boolean> {
  const [one, other] = [await bottomOf(a, keyA), await bottomOf(b, keyB)]
  return (
    one !== undefined &&
    one.view.source === other?.view.source &&
    one.view.source.identity(one.key) === one.view.source.identity(other.key)
  )
}

/**
 * Whether two stores hold the same values under the same keys, as far as their transforms tell: one driver under the same
 * key codecs. What one of them drops is gone from the other.
 */
export function isSameStore(a: AnyReader, b: AnyReader): boolean {
  if (a === b) return true
  const [one, other] = [depthsOf(viewBehind(a)), depthsOf(viewBehind(b))]
  return (
    one.source === other.source &&
    one.codecs.length === other.codecs.length &&
    one.codecs.every((codec, index) => isSameCodec(codec, other.codecs[index] as AnyKeyCodec))
  )
}

/** Refuses with `TypeError` a store that is given twice, where one would undo what is done in the other. */
export function assertApart(message: string, stores: readonly AnyReader[]): void {
  if (stores.some((store, index) => stores.slice(0, index).some(other => isSameStore(store, other))))
    throw new TypeError(message)
}

type AnyKeyCodec = KeyCodec<unknown, unknown>

/** The driver at the bottom of all layers, and the key codecs on the way there. */
function depthsOf({ source, steps }: AnyView): { source: object; codecs: readonly AnyKeyCodec[] } {
  const codecs = steps.flatMap(step => (step.kind === 'mapKeys' ? [step.codec] : []))
  const { over } = source.driver
  if (over === undefined) return { source, codecs }
  const below = depthsOf(viewBehind(over))
  return { source: below.source, codecs: [...below.codecs, ...codecs] }
}

function isSameCodec(a: AnyKeyCodec, b: AnyKeyCodec): boolean {
  if (a === b) return true
  if (a.affix === undefined || b.affix === undefined) return false
  return a.affix.before === b.affix.before && a.affix.after === b.affix.after
}

interface Bottom {
  readonly view: AnyView
  /** The key of the driver. */
  readonly key: unknown
}

async function bottomOf(view: AnyView, key: unknown): Promise<Bottom | undefined> {
  const inner = view.mapping.encode(key)
  if (inner === hidden) return undefined
  const { driver } = view.source
  if (driver.over !== undefined) return await bottomOf(viewBehind(driver.over), inner)
  const at = await routes.get(driver.get)?.find(inner)
  return at === undefined ? { view, key: inner } : await bottomOf(at.view, at.inner(inner))
}
