// Numbers of the zip format, as PKWARE's APPNOTE.TXT 6.3.10 gives them.

/** The first four bytes of each record. */
export const SIGNATURE = {
  local: 0x04034b50,
  central: 0x02014b50,
  descriptor: 0x08074b50,
  end: 0x06054b50,
  end64: 0x06064b50,
  locator64: 0x07064b50,
} as const

/** Bytes of each record without its parts of variable length. */
export const LENGTH = { local: 30, central: 46, end: 22, end64: 56, locator64: 20 } as const

/** Bits of the general purpose flags. */
export const FLAG = {
  encrypted: 1,
  descriptor: 1 << 3,
  patched: 1 << 5,
  strong: 1 << 6,
  utf8: 1 << 11,
  masked: 1 << 13,
} as const

export const METHOD = { stored: 0, deflated: 8 } as const

/** Ids of extra fields; `hash` is this package's own: the first 16 bytes of the value's SHA-256. */
export const EXTRA = {
  zip64: 0x0001,
  ntfs: 0x000a,
  timestamp: 0x5455,
  unicodePath: 0x7075,
  /** User and group of Unix, as Info-ZIP writes them. */
  owner: 0x7875,
  hash: 0x766b,
} as const

/** In a field of 32 or 16 bits: the number is in the zip64 extra field. */
export const MAX32 = 0xffff_ffff
export const MAX16 = 0xffff
