import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { readStream } from '@kvdol/core'
import { graze } from '@kvdol/graze'
import { request } from 'undici'
import { FILM, total } from './film.ts'

/** A download of `film` from an address to a folder, and for ours from there to whoever reads it. */
export const webWorks = {
  'raw-download-film': (address: string) =>
    inFolder(async folder => {
      const { body } = await request(address)
      await pipeline(body, createWriteStream(join(folder, 'film')))
      return FILM
    }),
  'our-download-film': (address: string) =>
    inFolder(async folder => {
      await using store = graze({ cache: folder })
      return await total((await readStream(store, address)) ?? [])
    }),
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'kvdol-bench-web-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
