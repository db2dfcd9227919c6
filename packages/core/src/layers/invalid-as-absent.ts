import type { MaybePromise } from '../driver.ts'
import { isStoreError } from '../error.ts'
import { maker } from '../makers.ts'
import { option } from '../options/option.ts'
import { settingsOf } from '../options/settings-of.ts'
import type { AnyReader, AnyStore, KeyOf, Like } from '../store.ts'
import { viewBehind } from '../view/over.ts'
import { isPromise } from '../when-ready.ts'
import { belowMethods } from './below.ts'
import { type LayerMethods, layer } from './layer.ts'

export interface InvalidAsAbsentOptions {
  /**
   * The reasons for which a key is absent; any other still rejects.
   * @default the store's declared `rejects`, and `'empty'`, `'ill-formed'` and `'too-long'`
   */
  reasons?: readonly string[] | undefined
}

const OPTIONS = {
  reasons: option<readonly string[]>(
    'a list of reasons',
    value => Array.isArray(value) && value.every(reason => typeof reason === 'string'),
  ),
}

/** For which reasons no store at all holds a key. */
const NOWHERE = ['empty', 'ill-formed', 'too-long']

/**
 * Reads of a key that the store cannot hold find nothing, instead of rejecting `InvalidKey`: for protocols that ask for
 * whatever they are asked for. Writes of such a key still reject. Put it last in the `pipe`.
 *
 * @example
 * ```ts
 * const pages = pipe(files('site'), invalidAsAbsent())
 * await pages.get('../secret') // undefined
 * ```
 */
export function invalidAsAbsent<S extends AnyReader>(
  options?: InvalidAsAbsentOptions,
): (store: S) => Like<S> {
  const { reasons } = settingsOf('invalidAsAbsent', OPTIONS, options as object)
  return store => {
    const view = viewBehind(store)
    const below = belowMethods(store as unknown as AnyStore)
    const absent = reasons ?? [...NOWHERE, ...view.guarantees.rejects]
    const asked = <T>(read: () => MaybePromise<T>, instead: T): MaybePromise<T> => {
      const found = (error: unknown) => {
        if (isStoreError(error, 'InvalidKey') && absent.includes(error.reason as string)) return instead
        throw error
      }
      try {
        const answer = read()
        return isPromise(answer) ? answer.catch(found) : answer
      } catch (error) {
        return found(error)
      }
    }
    const methods = {
      keyType: 'any',
      get: (key, how) => asked(() => below.get(key, how), undefined),
      has: (key, how) => asked(() => below.has(key, how), false),
      stat: (key, how) => asked(() => below.stat(key, how), undefined),
      getWithStat: (key, how) => asked(() => below.getWithStat(key, how), undefined),
      readStream: (key, range, how) => asked(() => below.readStream(key, range, how), undefined),
      entryPages: 'below',
      rename: 'below',
      remove: 'below',
      pathOf: 'below',
      urlOf: 'below',
    } satisfies LayerMethods<unknown, unknown>
    return layer(store, 'invalidAsAbsent', methods as LayerMethods<KeyOf<S>, never>)
  }
}

maker(invalidAsAbsent)
