import type { Range, Stat } from '@kvdol/core'
import type { EntryInfo } from '../entry-info.ts'

/** Changes that the store has made and that are not in the archive yet, as its readers see them. */
export interface Overlay {
  /** How many keys they are about. */
  readonly size: number
  /** Whether they say what is at this key; then the others answer for it. */
  has(key: string): boolean
  /** Whether there is a value after the changes. */
  isThere(key: string): boolean
  value(key: string): Promise<Uint8Array | undefined>
  stat(key: string): Stat | undefined
  info(key: string): EntryInfo | undefined
  stream(key: string, range: Range | undefined): AsyncIterable<Uint8Array> | undefined
  /** The keys of an archive after the changes. */
  live(keys: ReadonlyMap<string, unknown>): Iterable<string>
}

/** No changes. */
export const NOTHING_STAGED: Overlay = {
  size: 0,
  has: () => false,
  isThere: () => false,
  value: async () => undefined,
  stat: () => undefined,
  info: () => undefined,
  stream: () => undefined,
  live: keys => keys.keys(),
}
