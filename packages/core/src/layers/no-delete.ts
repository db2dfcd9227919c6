import type { DriverDeleteOptions, DriverWriteOptions, Failures, MaybePromise } from '../driver.ts'
import { StoreError } from '../error.ts'
import { maker } from '../makers.ts'
import { printValue } from '../print-key.ts'
import type { AnyReader, AnyStore, KeyOf, Like, ReadOptions } from '../store.ts'
import { whenReady } from '../when-ready.ts'
import { belowMethods } from './below.ts'
import { askedAtOnce } from './guarding/asked.ts'
import { layer } from './layer.ts'

/**
 * Refuses to delete with `ReadOnly`: all keys, or those that `protects` accepts. `deleteMany`, `clear` and `take` are
 * refused too, and `rename` away from such a key; writing and replacing go on.
 *
 * @example
 * ```ts
 * const archive = pipe(files('archive'), noDelete())
 * const mixed = pipe(files('.'), noDelete(startsWith('archive/')))
 * ```
 */
export function noDelete<S extends AnyReader>(
  protects: (key: KeyOf<S>) => boolean = () => true,
): (store: S) => Like<S> {
  if (typeof protects !== 'function')
    throw new TypeError(`noDelete takes a function from key to boolean, not ${printValue(protects)}`)
  return store => {
    const below = belowMethods(store as unknown as AnyStore)
    return layer<S>(store, 'noDelete', {
      delete(key, options: DriverDeleteOptions) {
        assertDeletable(protects, key)
        return below.delete(key, options)
      },
      deleteMany: (keys, options) => deleteOthers(keys, options),
      rename(from, to, options: DriverWriteOptions) {
        assertDeletable(protects, from)
        return below.rename(from, to, options)
      },
      watch: 'below',
    })

    function deleteOthers(
      keys: readonly KeyOf<S>[],
      options: ReadOptions,
    ): MaybePromise<Failures<KeyOf<S>> | void> {
      const failures = new Map<KeyOf<S>, unknown>()
      const others = keys.filter(key => {
        try {
          assertDeletable(protects, key)
          return true
        } catch (error) {
          failures.set(key, error)
          return false
        }
      })
      if (others.length === 0) return failures
      return whenReady(below.deleteMany(others, options), failed => {
        for (const [key, error] of failed ?? []) failures.set(key as KeyOf<S>, error)
        return failures
      })
    }
  }
}

maker(noDelete)

function assertDeletable<K>(protects: (key: K) => boolean, key: K): void {
  if (askedAtOnce('the predicate of noDelete', () => protects(key)))
    throw new StoreError('ReadOnly', 'keys are not deleted here (noDelete); use the store under it')
}
