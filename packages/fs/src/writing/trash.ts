import { StoreError } from '@kvdol/core/adapter'
import type { Settings } from '../options.ts'

/** The function of the package `trash`. */
type Trash = (paths: readonly string[], options: { glob: false }) => Promise<void>

/** Deletes a file in the way that was asked for. */
export async function throwAway(way: Exclude<Settings['remove'], 'permanent'>, path: string): Promise<void> {
  if (typeof way === 'function') return await way(path)
  const trash = await loadTrash()
  await trash([path], { glob: false })
}

async function loadTrash(): Promise<Trash> {
  // In a variable, because the package is optional and has no types here.
  const name = 'trash'
  try {
    const loaded: { default: Trash } = await import(name)
    return loaded.default
  } catch (cause) {
    throw new StoreError('Unsupported', "remove: 'trash' needs the package trash: npm install trash", {
      cause,
    })
  }
}
