import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach } from 'vitest'

export const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)

export function text(value: Uint8Array | undefined): string | undefined {
  return value && new TextDecoder().decode(value)
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

const made: string[] = []

/** A new folder that is removed after the test. */
export function temporaryFolder(): string {
  const parent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
  const folder = realpathSync(mkdtempSync(path.join(parent, 'kvdol-sql-')))
  made.push(folder)
  return folder
}

afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true })
})
