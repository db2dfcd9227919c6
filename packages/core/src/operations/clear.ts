import { StoreError } from '../error.ts'
import { option } from '../options/option.ts'
import type { BatchOptions, PrefixOf, Store } from '../store.ts'
import { deleteAll } from '../view/batch.ts'
import { assertWritable } from '../view/calls.ts'
import { invalid } from '../view/options.ts'
import { viewBehind } from '../view/over.ts'
import { BATCH, callSettings, PREFIX } from './call-options.ts'

export interface ClearOptions<K> extends BatchOptions {
  /** Says that emptying the whole store is meant. */
  confirm?: true | undefined
  /** Clears only the keys with this prefix, and needs no `confirm`. */
  prefix?: PrefixOf<K> | undefined
}

/**
 * Deletes the keys that the store lists, and nothing else: foreign files, other namespaces and the root stay.
 *
 * It has to be asked for twice: rejects `InvalidArgument` without `confirm: true` or a prefix, and `Unsupported` for a
 * whole folder, bucket or table that holds more than the store's own, unless that was opened with `allowClear: true`.
 * When some keys could not be deleted, it rejects with `failures` by key. Lists everything.
 *
 * @example
 * ```ts
 * await clear(store, { prefix: 'cache/' })
 * ```
 */
export async function clear<K, V>(store: Store<K, V>, options: ClearOptions<K>): Promise<void> {
  const { confirm, prefix, ...batch } = callSettings(store, 'clear', OPTIONS, options as ClearOptions<never>)
  const whole = isEmpty(prefix)
  await viewBehind(store).run('clear', undefined, undefined, batch, (view, _, __, how) => {
    if (whole && confirm !== true)
      throw invalid('clear empties the whole store: give { confirm: true }, or a prefix to clear')
    assertWritable(view)
    const inner = view.mapping.prefix(whole ? undefined : prefix)
    if (view.source.driver.sharedRoot === true && (inner === undefined || inner === ''))
      throw new StoreError(
        'Unsupported',
        'the root may hold more than this store’s own values: clear a prefix, or open the store with allowClear: true',
      )
    const { signal } = batch
    return deleteAll(view, 'clear', view.keys(whole ? { signal } : { prefix: prefix as never, signal }), how)
  })
}

const OPTIONS = {
  ...BATCH,
  confirm: option<true>('true', value => value === true),
  prefix: PREFIX,
}

/** A prefix that all keys have: no text, no elements, no fields. */
function isEmpty(prefix: unknown): boolean {
  if (typeof prefix !== 'object' || prefix === null) return prefix === undefined || prefix === ''
  return Object.values(prefix).every(part => part === undefined)
}
