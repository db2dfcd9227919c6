import { crc32, deflateRawSync } from 'node:zlib'

/** An entry of a crafted archive; everything that is left out is as it should be. */
export interface Crafted {
  readonly name: string | Uint8Array
  readonly data?: string | Uint8Array
  /** 8 compresses the data. @default 0 */
  readonly method?: number
  /** Instead of compressing `data`. */
  readonly packed?: Uint8Array
  /** @default 0x800, UTF-8 */
  readonly flags?: number
  readonly crc?: number
  readonly size?: number
  readonly compressed?: number
  readonly attributes?: number
  readonly madeBy?: number
  readonly extra?: Uint8Array
  /** MS-DOS time. @default 1980-01-01 */
  readonly time?: number
  /** Fields of the local header that differ from the directory's. */
  readonly local?: Partial<
    Pick<Crafted, 'name' | 'crc' | 'size' | 'compressed' | 'method' | 'flags' | 'extra'>
  >
  /** Sizes and checksum after the data, and zeros before it; by `'unsigned'` without the signature. */
  readonly descriptor?: boolean | 'unsigned'
  /** Which fields of the directory's record are in a zip64 field instead, in any combination. */
  readonly zip64?: readonly ('size' | 'compressed' | 'offset' | 'disk')[]
  /** Whether the local header has a zip64 field, with both sizes, instead of its own. */
  readonly localZip64?: boolean
  /** The same place as that entry, by its index. */
  readonly sharedWith?: number
  readonly comment?: string | Uint8Array
}

/** Numbers of the end of the archive that are not as they should be. */
export interface CraftedEnd {
  readonly before?: Uint8Array
  readonly after?: Uint8Array
  readonly comment?: Uint8Array
  readonly count?: number
  readonly offset?: number
  readonly length?: number
  readonly disk?: number
  /** Writes the zip64 records as well, with these numbers or the right ones. */
  readonly zip64?: { readonly count?: number; readonly offset?: number; readonly length?: number }
  /** Offsets count from the beginning of the archive, not of the file. */
  readonly relative?: boolean
}

const toBytes = (text: string | Uint8Array) =>
  typeof text === 'string' ? Buffer.from(text) : Buffer.from(text)

export function u16(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2)
  for (const [index, value] of values.entries()) bytes.writeUInt16LE(value & 0xffff, index * 2)
  return bytes
}

export function u32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value >>> 0, index * 4)
  return bytes
}

export function u64(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 8)
  for (const [index, value] of values.entries()) bytes.writeBigUInt64LE(BigInt(value), index * 8)
  return bytes
}

/** An extra field. */
export function field(id: number, data: Uint8Array): Buffer {
  return Buffer.concat([u16(id, data.length), data])
}

function numbersOf(entry: Crafted) {
  const data = toBytes(entry.data ?? '')
  const { method = 0 } = entry
  const packed = toBytes(entry.packed ?? (method === 8 ? deflateRawSync(data) : data))
  const { crc = crc32(data), size = data.length, compressed = packed.length } = entry
  return { packed, method, crc, size, compressed, flags: (entry.flags ?? 0x800) | (entry.descriptor ? 8 : 0) }
}

function localOf(entry: Crafted): Buffer {
  const { packed, ...own } = numbersOf(entry)
  const { name = entry.name, extra: given = Buffer.alloc(0), ...others } = entry.local ?? {}
  const large = entry.localZip64 === true
  const sizes = entry.descriptor ? [0, 0] : [own.size, own.compressed]
  const extra = large ? Buffer.concat([field(1, u64(...sizes)), given]) : given
  const { method, crc, size, compressed, flags } = {
    ...own,
    ...(entry.descriptor ? { crc: 0, size: 0, compressed: 0 } : {}),
    ...(large ? { size: 0xffffffff, compressed: 0xffffffff } : {}),
    ...others,
  }
  const bytes = toBytes(name)
  const head = [
    u32(0x04034b50),
    u16(20, flags, method),
    u32(entry.time ?? 0x210000, crc, compressed, size),
    u16(bytes.length, extra.length),
  ]
  const numbers = large ? u64(own.compressed, own.size) : u32(own.compressed, own.size)
  const signature = entry.descriptor === 'unsigned' ? [] : [u32(0x08074b50)]
  const tail = entry.descriptor ? [...signature, u32(own.crc), numbers] : []
  return Buffer.concat([...head, bytes, extra, packed, ...tail])
}

function centralOf(entry: Crafted, offset: number): Buffer {
  const { method, crc, size, compressed, flags } = numbersOf(entry)
  const large = (which: 'size' | 'compressed' | 'offset' | 'disk') => entry.zip64?.includes(which) === true
  const moved = [
    ...(large('size') ? [u64(size)] : []),
    ...(large('compressed') ? [u64(compressed)] : []),
    ...(large('offset') ? [u64(offset)] : []),
    ...(large('disk') ? [u32(0)] : []),
  ]
  const fields = [
    entry.extra ?? Buffer.alloc(0),
    ...(moved.length > 0 ? [field(1, Buffer.concat(moved))] : []),
  ]
  const [name, extra, comment] = [toBytes(entry.name), Buffer.concat(fields), toBytes(entry.comment ?? '')]
  return Buffer.concat([
    u32(0x02014b50),
    u16(entry.madeBy ?? 20, 20, flags, method),
    u32(
      entry.time ?? 0x210000,
      crc,
      large('compressed') ? 0xffffffff : compressed,
      large('size') ? 0xffffffff : size,
    ),
    u16(name.length, extra.length, comment.length, large('disk') ? 0xffff : 0, 0),
    u32(entry.attributes ?? 0, large('offset') ? 0xffffffff : offset),
    name,
    extra,
    comment,
  ])
}

/** An archive, byte by byte, with whatever is wrong with it. */
export function craft(entries: readonly Crafted[], end: CraftedEnd = {}): Buffer {
  const before = Buffer.from(end.before ?? [])
  const base = end.relative ? before.length : 0
  const parts: Buffer[] = [before]
  const offsets: number[] = []
  let at = before.length
  for (const entry of entries) {
    if (entry.sharedWith !== undefined) {
      offsets.push(offsets[entry.sharedWith] as number)
      continue
    }
    offsets.push(at - base)
    const local = localOf(entry)
    parts.push(local)
    at += local.length
  }
  const central = Buffer.concat(entries.map((entry, index) => centralOf(entry, offsets[index] as number)))
  const { count = entries.length, offset = at - base, length = central.length, disk = 0 } = end
  const comment = Buffer.from(end.comment ?? [])
  parts.push(central)
  if (end.zip64 !== undefined) {
    const large = { count: entries.length, offset: at - base, length: central.length, ...end.zip64 }
    parts.push(
      Buffer.concat([
        u32(0x06064b50),
        u64(44),
        u16(45, 45),
        u32(0, 0),
        u64(large.count, large.count, large.length, large.offset),
      ]),
      Buffer.concat([u32(0x07064b50, 0), u64(at + central.length), u32(1)]),
    )
  }
  parts.push(
    u32(0x06054b50),
    u16(disk, disk, count, count),
    u32(length, offset),
    u16(comment.length),
    comment,
  )
  parts.push(Buffer.from(end.after ?? []))
  return Buffer.concat(parts)
}
