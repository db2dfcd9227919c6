import type { MaybePromise } from '../../driver.ts'
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
