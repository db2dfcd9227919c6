import { createHash } from 'node:crypto'

/** The content hash as it is documented: SHA-256 of the joined SHA-256s of blocks of 4 MiB. */
export function contentHashOf(data: Buffer): string {
  const block = 4 * 1024 * 1024
  const hashes: Buffer[] = []
  for (let at = 0; at < data.length; at += block)
    hashes.push(
      createHash('sha256')
        .update(data.subarray(at, at + block))
        .digest(),
    )
  return createHash('sha256').update(Buffer.concat(hashes)).digest('hex')
}
