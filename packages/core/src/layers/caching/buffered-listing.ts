import type { DriverListOptions } from '../../driver.ts'
import type { AnyStore } from '../../store.ts'
import { compareUtf8 } from '../../view/match.ts'
import type { Waiting, WriteBuffer } from './write-buffer.ts'

/**
 * The keys of a store as they are once everything that waits is written: each once, also when it is written during the
 * listing, and in the order of the store where it has one.
 */
export async function* bufferedKeys(
  store: AnyStore,
  buffer: WriteBuffer,
  isOrdered: boolean,
  { limit: _, ...options }: DriverListOptions<unknown>,
): AsyncGenerator<unknown, void, undefined> {
  const begun = buffer.snapshot()
  const listed = new Set<unknown>()
  // Of these the store may know nothing yet.
  const added = [...begun]
  if (isOrdered) added.sort(byKey)
  let next = 0
  for await (const key of store.keys(options as object)) {
    for (; isOrdered && comesBefore(next, key); next++) if (await isThere(next)) yield keyAt(next)
    const id = buffer.idOf(key)
    if (begun.has(id)) listed.add(id)
    if (!isRemoved(begun.get(id)) && !isRemoved(buffer.find(key))) yield key
  }
  for (; next < added.length; next++) if (await isThere(next)) yield keyAt(next)

  function keyAt(index: number): unknown {
    return added[index]?.[1].key
  }

  function comesBefore(index: number, key: string): boolean {
    return index < added.length && compareUtf8(keyAt(index) as string, key) < 0
  }

  /** Whether it is there still, waiting or stored meanwhile, and was not listed. */
  async function isThere(index: number): Promise<boolean> {
    const [id, { key }] = added[index] as [unknown, Waiting]
    if (listed.has(id)) return false
    const now = buffer.find(key)
    return now === undefined ? await store.has(key, { signal: options.signal }) : !isRemoved(now)
  }
}

function isRemoved(write: Waiting | undefined): boolean {
  return write !== undefined && write.value === undefined
}

function byKey([, a]: [unknown, Waiting], [, b]: [unknown, Waiting]): number {
  return compareUtf8(a.key as string, b.key as string)
}
