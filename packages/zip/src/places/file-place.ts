import path from 'node:path'
import { type FsPort, type OpenedFile, openFile, systemPort, updateFile } from '@kvdol/fs/file'
import { bufferOf } from '../format/numbers.ts'
import type { Settings } from '../options.ts'
import type { Handle, Place } from './place.ts'

/** An archive in a file, which is opened for each read and replaced as a whole by each write. */
export function filePlace(
  file: string,
  { sync, timeout }: Pick<Settings, 'sync' | 'timeout'>,
  port: FsPort = portFor(path.dirname(file)),
): Place {
  return {
    open: async () => handleOf(await openFile(file, port)),
    replace: remake => updateFile(file, old => remake(handleOf(old)), { sync, wait: timeout, port }),
  }
}

/** What is known of the media of folders, for archives that are opened for one value each. */
const ports = new Map<string, FsPort>()

function portFor(folder: string): FsPort {
  const port = ports.get(folder) ?? systemPort()
  // Only a few are worth to be remembered.
  if (ports.size >= 100) ports.clear()
  ports.set(folder, port)
  return port
}

function handleOf(file: OpenedFile | undefined): Handle | undefined {
  return (
    file && {
      version: file.etag,
      size: file.size,
      read: async (start, end) => bufferOf(await file.read(start, end)),
      readNow(start, end) {
        const bytes = file.readNow(start, end)
        return bytes && bufferOf(bytes)
      },
      isCurrent: file.isCurrent,
      close: file.close,
    }
  )
}
