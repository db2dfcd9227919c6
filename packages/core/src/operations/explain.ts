import type { AnyReader, KeyOf, ReadOptions } from '../store.ts'
import type { AnyView } from '../view/any-view.ts'
import { decodeValue } from '../view/fold.ts'
import { viewBehind } from '../view/over.ts'
import type { Step } from '../view/step.ts'

/** What one layer makes of the key on the way in, or of the value on the way out. */
export type Explanation =
  | { readonly layer: string; readonly key: unknown }
  | { readonly layer: string; readonly value: unknown }

/**
 * What a `get` does, step by step: the key after each key transform, inward, then the stored value and what each value
 * transform makes of it, outward. The steps of a store under a layer are in between. Ends early where a filter hides the key (`key: undefined`) or there is no value.
 *
 * @example
 * ```ts
 * console.table(await explain(users, ['ann', 2026]))
 * ```
 */
export async function explain<S extends AnyReader>(
  store: S,
  key: KeyOf<S>,
  options?: ReadOptions,
): Promise<Explanation[]> {
  return await viewBehind(store).run('explain', key, undefined, options, trace)
}

async function trace(
  view: AnyView,
  outer: unknown,
  _: unknown,
  options: ReadOptions,
): Promise<Explanation[]> {
  const { source, steps } = view
  const told: Explanation[] = []
  const decoders: { layer: string; step: Step & { kind: 'mapValues' }; key: unknown }[] = []
  // For its checks, so that an illegal key is refused as by `get`.
  view.mapping.encode(outer)
  let key = outer
  for (const step of steps.toReversed()) {
    if (step.kind === 'mapKeys') {
      key = step.codec.encode(key)
      told.push({ layer: named('mapKeys', step.codec.name), key })
    } else if (step.kind === 'filterKeys' && !step.keep(key)) {
      return [...told, { layer: 'filterKeys', key: undefined }]
    } else if (step.kind === 'mapValues') {
      decoders.unshift({ layer: named('mapValues', step.codec.name), step, key })
    }
  }
  const { over } = source.driver
  if (over !== undefined) told.push(...(await explain(over, key, options)))
  let value = await source.fetch(key, options)
  told.push({ layer: source.driver.name, value })
  for (const { layer, step, key } of decoders) {
    if (value === undefined) break
    value = await decodeValue(step.codec, value, key)
    told.push({ layer, value })
  }
  return told
}

function named(kind: string, name: string | undefined): string {
  return name === undefined ? kind : `${kind}(${name})`
}
