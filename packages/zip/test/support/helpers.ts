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

export async function joined(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(Buffer.concat(await collect(chunks)))
}

const made: string[] = []

/** A new folder that is removed after the test. */
export function temporaryFolder(parent = tmpdir()): string {
  const folder = realpathSync(mkdtempSync(path.join(parent, 'kvdol-zip-')))
  made.push(folder)
  return folder
}

/** The same in memory where the system has such a medium, for long runs. */
export function fastFolder(): string {
  return temporaryFolder(existsSync('/dev/shm') ? '/dev/shm' : tmpdir())
}

afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true })
})
