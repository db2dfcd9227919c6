/** The archive with one byte of the data of an entry changed. */
export function damageEntry(archive: Buffer, key: string): Uint8Array {
  const name = Buffer.from(key)
  for (
    let at = archive.indexOf('PK\x03\x04', 0, 'latin1');
    at !== -1;
    at = archive.indexOf('PK\x03\x04', at + 4, 'latin1')
  ) {
    const length = archive.readUInt16LE(at + 26)
    if (!archive.subarray(at + 30, at + 30 + length).equals(name)) continue
    const data = at + 30 + length + archive.readUInt16LE(at + 28)
    const damaged = new Uint8Array(archive)
    damaged[data] = (damaged[data] as number) ^ 0xff
    return damaged
  }
  throw new Error(`there is no entry ${key} to damage`)
}
