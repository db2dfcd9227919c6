import { type OpenedFile, openFile, updateFile } from '@kvdol/fs/file'
import { bufferOf } from '../format/numbers.ts'
import type { Settings } from '../options.ts'
import type { Handle, Place } from './place.ts'

/** An archive in a file, which is opened for each read and replaced as a whole by each write. */
export function filePlace(path: string, { sync, timeout }: Pick<Settings, 'sync' | 'timeout'>): Place {
  return {
    open: async () => handleOf(await openFile(path)),
    replace: remake => updateFile(path, old => remake(handleOf(old)), { sync, wait: timeout }),
  }
}

function handleOf(file: OpenedFile | undefined): Handle | undefined {
  return (
    file && {
      version: file.etag,
      size: file.size,
      read: async (start, end) => bufferOf(await file.read(start, end)),
      isCurrent: file.isCurrent,
      close: file.close,
    }
  )
}
