import { printValue } from '../print-key.ts'
import type { AnyReader } from '../store.ts'
import { viewBehind } from '../view/over.ts'

/** Each of your names, with the method of the store that it stands for, or a function that makes the method. */
export interface Names<S> {
  readonly [name: string]: keyof S | ((store: S) => unknown)
  readonly [symbol: symbol]: never
}

/** An object that speaks your dialect. */
export type Dialect<S, N extends Names<S>> = {
  readonly [Name in keyof N]: N[Name] extends keyof S
    ? S[N[Name]]
    : N[Name] extends (store: S) => infer Method
      ? Method
      : never
}

/**
 * The same store under method names of your own.
 *
 * @example
 * ```ts
 * const shelf = dialect(store, {
 *   load: 'get',
 *   dump: store => (value: Uint8Array, key: string) => store.set(key, value),
 * })
 * await shelf.dump(bytes, 'a')
 * ```
 */
export function dialect<S extends AnyReader, const N extends Names<S>>(store: S, names: N): Dialect<S, N> {
  viewBehind(store)
  if (typeof names !== 'object' || names === null)
    throw new TypeError(`dialect takes your names, each with a method of the store, not ${printValue(names)}`)
  const methods = Object.entries(names).map(([name, means]) => {
    if (typeof means === 'function') return [name, means(store)]
    const method: unknown = store[means as keyof S]
    if (typeof method !== 'function')
      throw new TypeError(
        `dialect: ${JSON.stringify(name)} stands for ${printValue(means)}, which is no method of the store`,
      )
    return [name, method.bind(store)]
  })
  return Object.fromEntries(methods) as Dialect<S, N>
}
