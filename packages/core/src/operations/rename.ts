import { StoreError } from '../error.ts'
import type { Store, WriteOptions } from '../store.ts'
import { assertWritable } from '../view/calls.ts'
import { hiddenKey } from '../view/fold.ts'
import { hidden } from '../view/mapping.ts'
import { viewBehind } from '../view/over.ts'
import type { AnyView } from '../view/view.ts'

export type RenameOptions = Pick<WriteOptions, 'ifAbsent' | 'signal'>

/**
 * Moves the value at `from` to `to`, replacing what is there unless `ifAbsent`. One step where the backend can move;
 * elsewhere the value is stored at `to` first and removed from `from` then, so that it is never lost.
 *
 * Rejects `NotFound` when there is nothing at `from`, and `Conflict` for a taken `to` with `ifAbsent`.
 */
export async function rename<K, V>(
  store: Store<K, V>,
  from: K,
  to: K,
  options?: RenameOptions,
): Promise<void> {
  return await viewBehind(store).run('rename', from, to, options, move)
}

async function move(view: AnyView, from: unknown, to: unknown, options: RenameOptions): Promise<void> {
  assertWritable(view)
  const { mapping, source } = view
  const [innerFrom, innerTo] = [mapping.encode(from), mapping.encode(to)]
  if (innerFrom === hidden || innerTo === hidden) throw hiddenKey()
  // A value codec may depend on the key, so only plain values are moved as they are.
  if (source.driver.rename !== undefined && mapping.plain) {
    if (!(await source.driver.rename(innerFrom, innerTo, options))) throw notFound()
    return
  }
  const value = await mapping.read(from, source.fetch, options)
  if (value === undefined) throw notFound()
  if (innerFrom === innerTo && options.ifAbsent !== true) return
  await mapping.write(to, value, source.put, options)
  await source.driver.delete?.(innerFrom, {})
}

function notFound(): StoreError {
  return new StoreError('NotFound', 'there is no such key')
}
