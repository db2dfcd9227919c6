import { isStoreError, printKey, StoreError } from '@kvdol/core/adapter'
import type { Directory } from '../format/directory.ts'
import type { Entry } from '../format/entry.ts'
import { inTurns } from '../format/in-turns.ts'
import type { Settings } from '../options.ts'
import type { Handle } from '../places/place.ts'
import { readEntry } from './read-entry.ts'

/** Entries that lie this close together are read at once: what lies between them costs less than asking again. */
const GAP = 16 * 1024
/** Longest read of several entries. */
const LONGEST = 4 * 1024 * 1024

/** The values of several keys, in order; entries that are neighbours in the archive are read together. */
export async function readMany(
  { keys }: Directory,
  handle: Handle | undefined,
  wanted: readonly string[],
  limits: Settings['limits'],
  signal?: AbortSignal,
): Promise<(Uint8Array | undefined)[]> {
  const values = new Map<Entry, Uint8Array>()
  const entries = [...new Set(wanted.map(key => keys.get(key)).filter(entry => entry !== undefined))]
  if (handle !== undefined) {
    const pause = inTurns()
    for (const group of neighbours(entries)) {
      const source = group.length === 1 ? handle : await part(handle, group, signal)
      for (const entry of group) {
        const value = await readEntry(source, entry, limits, signal).catch(error => {
          throw naming(entry, error)
        })
        values.set(entry, value)
        await pause(4 + (entry.size >> 10))
      }
    }
  }
  return wanted.map(key => copyOnce(values, keys.get(key)))
}

/** The value; nobody shares it, also when a key was asked for twice. */
function copyOnce(values: Map<Entry, Uint8Array>, entry: Entry | undefined): Uint8Array | undefined {
  const value = entry && values.get(entry)
  if (entry !== undefined && value !== undefined) values.set(entry, new Uint8Array(value))
  return value
}

/** The entries in groups that one read brings. */
function neighbours(entries: readonly Entry[]): Entry[][] {
  const groups: Entry[][] = []
  let group: Entry[] = []
  for (const entry of entries.toSorted((a, b) => a.offset - b.offset)) {
    const [first, last] = [group[0], group.at(-1)]
    const near = first && last && entry.offset - last.end <= GAP && entry.end - first.offset <= LONGEST
    if (near) group.push(entry)
    else {
      group = [entry]
      groups.push(group)
    }
  }
  return groups
}

/** A part of the archive in memory, that is read as if it were all. */
async function part(handle: Handle, group: readonly Entry[], signal?: AbortSignal): Promise<Handle> {
  const start = (group[0] as Entry).offset
  const end = Math.max(...group.map(entry => entry.end))
  if (end <= start) return handle
  const bytes = await handle.read(start, end, signal)
  const read = async (from: number, to: number) =>
    from >= start && to <= end
      ? bytes.subarray(from - start, to - start)
      : await handle.read(from, to, signal)
  return { version: handle.version, size: handle.size, read, isCurrent: () => handle.isCurrent(), close() {} }
}

/** An error of one value of several; keys of the caller may be others than the names of entries. */
function naming({ name }: Entry, error: unknown): unknown {
  if (!isStoreError(error, 'Corrupt', 'Unsupported', 'TooLarge')) return error
  return new StoreError(error.code, `the entry ${printKey(name)}: ${error.detail}`, { cause: error.cause })
}
