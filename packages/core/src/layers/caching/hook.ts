import { isStoreError, StoreError } from '../../error.ts'
import type { AnyReader, ReadOptions } from '../../store.ts'
import type { AnyView } from '../../view/any-view.ts'
import { combined } from '../../view/batch.ts'
import { assertWritable } from '../../view/calls.ts'
import { viewBehind } from '../../view/over.ts'
import { asTold } from '../../view/source.ts'

/** What a layer can be asked to do from above, through whatever stands on it. */
export interface Hook<Work> {
  /** Notes what the layer does. */
  put(layer: AnyReader, work: Work): void
  /**
   * Lets the nearest such layer of a store work, as a call of the store: its errors name the keys of the store. Rejects
   * `Unsupported` where there is none, and `ReadOnly`.
   */
  call<T>(store: AnyReader, options: ReadOptions, use: (work: Work) => Promise<T>): Promise<T>
}

/** Lets a function over stores (`flush`, `sweep`) find the layer that it is about. */
export function hook<Work extends object>(op: string, layer: string): Hook<Work> {
  const works = new WeakMap<object, Work>()
  return {
    put: (made, work) => void works.set(viewBehind(made).source.driver, work),
    call: (store, { signal }, use) =>
      viewBehind(store).run(op, undefined, undefined, signal && { signal }, async view => {
        const { work, outward } = nearest(view)
        try {
          return await use(work)
        } catch (error) {
          throw isStoreError(error) ? asTold(named(error, outward), view) : error
        }
      }),
  }

  /** The layer's work, and what the store calls the layer's keys. */
  function nearest(view: AnyView): { work: Work; outward(key: unknown): unknown } {
    assertWritable(view)
    const { driver } = view.source
    const decode = (key: unknown) => view.mapping.decode(key) ?? key
    const work = works.get(driver)
    if (work !== undefined) return { work, outward: decode }
    if (driver.over === undefined)
      throw new StoreError('Unsupported', `${op} needs a store that ${layer} has made, or one on top of it`)
    const found = nearest(viewBehind(driver.over))
    return { work: found.work, outward: key => decode(found.outward(key)) }
  }
}

/** The same error, by the keys that `outward` gives for those that it names. */
export function named(error: StoreError, outward: (key: unknown) => unknown): StoreError {
  const { key, failures } = error
  if (failures !== undefined)
    return combined(
      new Map([...failures].map(([each, failure]) => [outward(each), named(failure, outward)] as const)),
    )
  return key === undefined ? error : error.with({ key: outward(key) })
}
