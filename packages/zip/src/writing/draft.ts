import type { DriverWriteOptions } from '@kvdol/core'
import { StoreError } from '@kvdol/core/adapter'
import type { Directory } from '../format/directory.ts'
import { type Entry, etagOf, rawName } from '../format/entry.ts'
import { corrupt, tooLarge } from '../format/failures.ts'
import { inTurns, sortedInTurns } from '../format/in-turns.ts'
import type { Settings } from '../options.ts'
import { assertFree } from './assert-free.ts'
import type { Fresh } from './fresh.ts'
import { keptOf } from './kept.ts'

/** What one call wants of the archive: all of its changes, or none. */
export interface Request extends DriverWriteOptions {
  /** A new entry for each key, or `undefined` to remove it. */
  readonly changes: ReadonlyMap<string, Fresh | undefined>
  /** Keys that may be replaced although the archive takes no overwriting: they were removed before. */
  readonly removed?: ReadonlySet<string>
}

/** What the archive will be after some changes. */
export interface Draft {
  /** Makes the changes of a request; throws, and makes none, when its conditions are not met. */
  apply(request: Request): void
  /** Whether anything would change. */
  isChanged(): boolean
  /** The entries in the order of the archive: those that stay, and new ones in place of the old or at the end. */
  items(): Promise<readonly (Entry | Fresh)[]>
}

export function isFresh(item: Entry | Fresh): item is Fresh {
  return 'record' in item
}

/** Begins a draft of an archive as it is now. */
export function draftOf(directory: Directory, settings: Settings): Draft {
  const changed = new Map<string, Fresh | undefined>()
  const total = { bytes: directory.total, entries: directory.entries.length }

  return { apply, items, isChanged: () => changed.size > 0 }

  function apply({ changes, removed, ...conditions }: Request): void {
    const before = { ...total }
    try {
      for (const [key, fresh] of changes) check(key, fresh, conditions, removed)
      assertWithin(settings, total)
    } catch (error) {
      Object.assign(total, before)
      throw error
    }
    for (const [key, fresh] of changes)
      if (fresh !== undefined || current(key) !== undefined || directory.keys.has(key))
        changed.set(key, fresh)
  }

  function current(key: string): Entry | Fresh | undefined {
    return changed.has(key) ? changed.get(key) : directory.keys.get(key)
  }

  function check(
    key: string,
    fresh: Fresh | undefined,
    conditions: DriverWriteOptions,
    removed: ReadonlySet<string> | undefined,
  ): void {
    const old = current(key)
    assertCondition(old, conditions)
    if (fresh !== undefined)
      assertFree(directory, key, settings.overwrite || removed?.has(key) || old === undefined)
    total.bytes += (fresh?.record.size ?? 0) - sizeOf(old)
    total.entries += (fresh === undefined ? 0 : 1) - (old === undefined ? 0 : 1)
  }

  async function items(): Promise<readonly (Entry | Fresh)[]> {
    const pause = inTurns()
    const left = new Map(changed)
    const all: (Entry | Fresh)[] = []
    for (const entry of directory.entries) {
      const turn = pause()
      if (turn !== undefined) await turn
      if (entry.foreign !== undefined || !changed.has(entry.name)) {
        if (entry.misplaced)
          throw corrupt(
            'entries of the archive share bytes, so that it cannot be rewritten; copy the good ones to another',
          )
        all.push(entry)
      } else {
        const fresh = left.get(entry.name)
        if (fresh !== undefined) all.push(settings.deterministic ? fresh : inheriting(fresh, entry))
        left.delete(entry.name)
      }
    }
    for (const fresh of left.values()) if (fresh !== undefined) all.push(fresh)
    return settings.deterministic ? await sortedInTurns(all, byName, pause) : all
  }
}

/** A new value in place of an old one, whose permissions, owner and comment stay. */
function inheriting(fresh: Fresh, entry: Entry): Fresh {
  const { extra, ...kept } = keptOf(entry)
  const { record } = fresh
  const both = (own: Buffer) => Buffer.concat([own, extra])
  return {
    ...fresh,
    record: { ...record, ...kept, extra: both(record.extra), localExtra: both(record.localExtra) },
  }
}

function sizeOf(item: Entry | Fresh | undefined): number {
  if (item === undefined) return 0
  return isFresh(item) ? item.record.size : item.size
}

function byName(a: Entry | Fresh, b: Entry | Fresh): number {
  return Buffer.compare(isFresh(a) ? a.record.name : rawName(a), isFresh(b) ? b.record.name : rawName(b))
}

function assertWithin({ limits }: Settings, total: { bytes: number; entries: number }): void {
  if (total.entries > limits.entries)
    throw tooLarge(`an archive has at most ${limits.entries} entries here`, 'entries')
  if (total.bytes > limits.totalBytes)
    throw tooLarge(`the values have at most ${limits.totalBytes} bytes together here`, 'totalBytes')
}

/** Refuses a write whose condition is not met. */
function assertCondition(old: Entry | Fresh | undefined, { ifAbsent, ifMatch }: DriverWriteOptions): void {
  if (ifAbsent === true && old !== undefined) throw new StoreError('Conflict', 'there is a value already')
  if (ifMatch === undefined) return
  if (old === undefined) throw new StoreError('Conflict', 'there is no value any more')
  if ((isFresh(old) ? old.etag : etagOf(old)) !== ifMatch)
    throw new StoreError('Conflict', 'the value has changed since')
}
