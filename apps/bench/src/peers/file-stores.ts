import { createRequire } from 'node:module'

/** Opens other libraries over a folder; each is loaded only when a row needs it. */

export async function unstorageOver(folder: string) {
  const { createStorage } = await import('unstorage')
  const { default: driver } = await import('unstorage/drivers/fs-lite')
  return createStorage({ driver: driver({ base: folder }) })
}

export async function flydriveOver(folder: string) {
  const { Disk } = await import('flydrive')
  const { FSDriver } = await import('flydrive/drivers/fs')
  return new Disk(new FSDriver({ location: folder, visibility: 'private' }))
}

export function opendalOver(folder: string) {
  // Not by import: a native library that does not fit the system could then not be caught.
  const { Operator } = createRequire(import.meta.url)('opendal') as typeof import('opendal')
  return new Operator('fs', { root: folder })
}

export async function cacacheModule() {
  const { default: cacache } = await import('cacache')
  return cacache
}
