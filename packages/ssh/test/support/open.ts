import type { ByteStore } from '@kvdol/core'
import { type SftpOptions, sftp } from '../../src/index.ts'

/** Opens the store of a child process; `place` is its options as JSON. */
export function open(place: string): ByteStore {
  return sftp(JSON.parse(place) as SftpOptions)
}
