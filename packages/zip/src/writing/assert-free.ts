import { StoreError } from '@kvdol/core/adapter'
import type { Directory } from '../format/directory.ts'

/** Refuses to write a key whose name the archive needs for something else, or that it does not replace. */
export function assertFree({ foreignNames }: Directory, key: string, free: boolean): void {
  if (!free)
    throw new StoreError(
      'Conflict',
      'there is a value already, and the archive was opened with overwrite: false',
    )
  if (foreignNames.has(key))
    throw new StoreError('Incompatible', 'the archive has a link, a directory or a device of this name')
}
