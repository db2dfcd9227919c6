import type { Change, Failures } from '../driver.ts'
import { StoreError } from '../error.ts'
import { printKey, printValue } from '../print-key.ts'
import type { BatchOptions, Store } from '../store.ts'
import type { AnyView } from '../view/any-view.ts'
import { many, type Ready, single } from '../view/batch.ts'
import { assertWritable, own, visible } from '../view/calls.ts'
import { invalid } from '../view/options.ts'
import { viewBehind } from '../view/over.ts'
import { BATCH, callSettings } from './call-options.ts'

/**
 * Sets and deletes together, all or nothing where the store guarantees `batchAtomic`; elsewhere every change is tried, and
 * one rejection at the end carries `failures` by key.
 *
 * Rejects `InvalidArgument` for two changes of one key, and `Unsupported` for a delete in a store whose batches are all or
 * nothing for sets alone; before any effect.
 *
 * @example
 * ```ts
 * await batch(accounts, [{ set: 'ann', value: 70 }, { set: 'bob', value: 30 }, { delete: 'pending/17' }])
 * ```
 */
export async function batch<K, V>(
  store: Store<K, V>,
  changes: Iterable<Change<K, V>>,
  options?: BatchOptions,
): Promise<void> {
  const how = callSettings(store, 'batch', BATCH, options)
  const given = Object.fromEntries(Object.entries(how).filter(([, value]) => value !== undefined))
  const { signal } = how
  await viewBehind(store).run('batch', undefined, changes, signal && { signal }, (view, _, items) =>
    changeAll(view, checked(view, items), given),
  )
}

function changeAll(view: AnyView, changes: readonly AnyChange[], options: BatchOptions): Promise<void> {
  const { source } = view
  const { driver, put, guarantees } = source
  const whole = guarantees.batchAtomic
  assertWritable(view)
  if (whole && driver.batch === undefined && changes.some(change => 'delete' in change))
    throw new StoreError(
      'Unsupported',
      'batches are all or nothing here, and this store cannot delete in one; delete separately',
    )
  const ready = (inner: unknown, value: unknown, key: unknown): Ready => [inner, source.accept(value), key]
  return many<AnyChange>(view, 'batch', changes, options, {
    whole,
    keyOf,
    prepare: change =>
      'set' in change
        ? view.mapping.write(change.set, own(view, change.value, {}, false), ready, change.set)
        : [visible(view, change.delete), undefined, change.delete],
    one: ([inner, value]) =>
      value === undefined ? driver.delete?.(inner, single(options)) : put(inner, value, single(options)),
    batch: batched(view, changes, options),
  })
}

/** How the driver takes several changes at once, if it does. */
function batched({ source: { driver } }: AnyView, changes: readonly AnyChange[], options: BatchOptions) {
  if (driver.batch !== undefined)
    return (ready: readonly Ready[]) => driver.batch?.(ready.map(change), options)
  const able = changes.every(change => ('set' in change ? driver.setMany : driver.deleteMany) !== undefined)
  if (!able) return undefined
  return async (ready: readonly Ready[]): Promise<Failures<unknown>> => {
    const sets = ready.filter(([, value]) => value !== undefined).map(([key, value]) => [key, value] as const)
    const deletes = ready.filter(([, value]) => value === undefined).map(([key]) => key)
    const failed = [
      sets.length > 0 ? await driver.setMany?.(sets, options) : undefined,
      deletes.length > 0 ? await driver.deleteMany?.(deletes, options) : undefined,
    ]
    return new Map(failed.flatMap(failures => [...(failures ?? [])]))
  }
}

function change([inner, value]: Ready): AnyChange {
  return value === undefined ? { delete: inner } : { set: inner, value }
}

type AnyChange = Change<unknown, unknown>

function keyOf(change: AnyChange): unknown {
  return 'set' in change ? change.set : change.delete
}

/** The changes, each of another key. */
function checked(view: AnyView, items: unknown): AnyChange[] {
  if (typeof items === 'string' || typeof Object(items)[Symbol.iterator] !== 'function')
    throw invalid(`batch takes an array or another iterable of changes, not ${printValue(items)}`)
  const changes = [...(items as Iterable<AnyChange>)]
  const keys = new Set<unknown>()
  for (const change of changes) {
    const given = Object(change) as object
    if ('set' in given === 'delete' in given)
      throw invalid(`a change is { set: key, value } or { delete: key }, not ${printValue(change)}`)
    const identity = identityOf(view, keyOf(change))
    if (keys.has(identity))
      throw invalid(`a batch changes a key once, and ${printKey(keyOf(change))} comes twice`)
    keys.add(identity)
  }
  return changes
}

/** What makes two keys the same. An illegal one is like no other, and refused when its turn comes. */
function identityOf(view: AnyView, key: unknown): unknown {
  try {
    return view.identity(key)
  } catch {
    return Symbol('illegal')
  }
}
