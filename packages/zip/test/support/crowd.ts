import { type Crafted, craft } from './craft.ts'

const UNIX = 0x314
const mode = (bits: number) => ({ madeBy: UNIX, attributes: (bits << 16) >>> 0 })

/** Entries that are no values: some under legal keys, others under names of no key. */
const FOREIGN: readonly Crafted[] = [
  { name: 'a link', data: '/etc/passwd', ...mode(0o120777) },
  { name: 'a folder without a slash', ...mode(0o040755) },
  { name: 'an empty device', ...mode(0o020644) },
  { name: 'folder/' },
  { name: '' },
  { name: 'x'.repeat(1025), data: 'too long a name' },
  { name: new Uint8Array([0xff, 0xfe]), data: 'no UTF-8' },
]

/** The archive with foreign entries after its own, and the legal keys among their names. */
export function withForeign(archive: Buffer = craft([])): [archive: Buffer, planted: string[]] {
  const [own, foreign] = [partsOf(archive), partsOf(craft(FOREIGN))]
  for (let at = 0; at < foreign.records.length; at += recordLength(foreign.records, at))
    foreign.records.writeUInt32LE(foreign.records.readUInt32LE(at + 42) + own.entries.length, at + 42)
  const entries = Buffer.concat([own.entries, foreign.entries])
  const records = Buffer.concat([own.records, foreign.records])
  const end = Buffer.from(own.end)
  const count = own.end.readUInt16LE(10) + foreign.end.readUInt16LE(10)
  end.writeUInt16LE(count, 8)
  end.writeUInt16LE(count, 10)
  end.writeUInt32LE(records.length, 12)
  end.writeUInt32LE(entries.length, 16)
  return [Buffer.concat([entries, records, end]), FOREIGN.slice(0, 3).map(({ name }) => String(name))]
}

/** What an archive without a comment is made of. */
function partsOf(archive: Buffer): { entries: Buffer; records: Buffer; end: Buffer } {
  const end = archive.length - 22
  const start = archive.readUInt32LE(end + 16)
  return {
    entries: archive.subarray(0, start),
    records: Buffer.from(archive.subarray(start, end)),
    end: archive.subarray(end),
  }
}

function recordLength(records: Buffer, at: number): number {
  return 46 + records.readUInt16LE(at + 28) + records.readUInt16LE(at + 30) + records.readUInt16LE(at + 32)
}
