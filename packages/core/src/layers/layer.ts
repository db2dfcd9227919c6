import { createStore } from '../create-store.ts'
import type { Driver, Guarantees } from '../driver.ts'
import type { AnyReader, AnyStore, KeyOf, Like, ValueOf } from '../store.ts'
import { viewBehind } from '../view/over.ts'
import { belowMethods } from './below.ts'

/** The methods of a driver that a layer decides about; not `close`, as a layer does not own the store under it. */
export type LayerMethod = Exclude<MethodOf<Driver>, 'close'>

type MethodOf<D> = {
  [M in keyof D]-?: NonNullable<D[M]> extends (...args: never) => unknown ? M : never
}[keyof D]

/**
 * What a layer does with every method: a way of its own, `'below'` for the store's, or `'derived'` for the one that
 * follows from the other methods. Each has to be stated, so that no fast path leaks past what the layer replaces.
 */
export type LayerMethods<K, V> = {
  readonly [M in LayerMethod]:
    | NonNullable<Driver<K, V>[M]>
    | 'below'
    | (M extends 'get' | 'keys' ? never : 'derived')
}

/**
 * A store that changes how another one behaves: a driver over a store. Writing stays possible where the store below can
 * be written; `guarantees` says what the layer lowers.
 *
 * @example
 * ```ts
 * const counted = (store: Store<string, Uint8Array>) =>
 *   layer(store, 'counted', { ...everythingBelow, getMany: 'derived', get: count(store) })
 * ```
 */
export function layer<S extends AnyReader>(
  store: S,
  name: string,
  methods: LayerMethods<KeyOf<S>, ValueOf<S>>,
  guarantees: Partial<Guarantees> = {},
): Like<S> {
  const { mapping, source, guarantees: below } = viewBehind(store)
  const shared = source.driver.sharedRoot === true && !mapping.prefix()
  const driver: Record<string, unknown> = {
    name: `${name} over ${source.driver.name}`,
    keyType: mapping.stringKeys ? 'string' : 'any',
    valueType: mapping.plain ? (source.driver.valueType ?? 'bytes') : 'any',
    sharedRoot: shared,
    guarantees: { ...below, ...guarantees },
    over: store,
  }
  const own = belowMethods(store as unknown as AnyStore)
  for (const [method, how] of Object.entries(methods)) {
    if (how !== 'derived') driver[method] = how === 'below' ? own[method as LayerMethod] : how
  }
  if (!mapping.writable) for (const method of WRITING) delete driver[method]
  // Whoever opened the store below has agreed to torn reads, if it has them.
  return createStore(driver as unknown as Driver, { allowTornReads: true }) as unknown as Like<S>
}

/** A table to start from: every method is the store's. */
export const everythingBelow: { readonly [M in LayerMethod]: 'below' } = {
  get: 'below',
  keys: 'below',
  keyPages: 'below',
  entryPages: 'below',
  has: 'below',
  stat: 'below',
  size: 'below',
  getMany: 'below',
  set: 'below',
  delete: 'below',
  setMany: 'below',
  deleteMany: 'below',
  readStream: 'below',
  writeStream: 'below',
  rename: 'below',
}

const WRITING: readonly LayerMethod[] = ['set', 'delete', 'setMany', 'deleteMany', 'writeStream', 'rename']
