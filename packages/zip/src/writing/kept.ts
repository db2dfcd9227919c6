import { EXTRA } from '../format/constants.ts'
import type { EntryRecord } from '../format/encode.ts'
import { commentText, DOS_DIRECTORY, type Entry, extraOf, isUnix, TYPE } from '../format/entry.ts'
import { onlyFields } from '../format/extra-fields.ts'

/** What a new value of an entry keeps of the old one. */
export type Kept = Pick<EntryRecord, 'madeBy' | 'attributes' | 'extra' | 'comment'>

/** Permissions, owner and comment of an entry, for a value that takes its place and is a regular file. */
export function keptOf(entry: Entry): Kept {
  const { bytes, at } = entry
  const attributes = (bytes.readUInt32LE(at + 38) & ~DOS_DIRECTORY) >>> 0
  const typed = isUnix(bytes, at) && attributes >>> 28 !== 0
  return {
    madeBy: bytes.readUInt16LE(at + 4),
    attributes: typed ? ((attributes & 0x0fff_ffff) | (TYPE.file << 28)) >>> 0 : attributes,
    extra: onlyFields(extraOf(entry), [EXTRA.owner]),
    comment: Buffer.from(commentText(entry)),
  }
}
