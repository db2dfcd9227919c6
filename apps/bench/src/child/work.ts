import { createReadStream, createWriteStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { readStream, writeStream } from '@kvdol/core'
import { files } from '@kvdol/fs'

/** What a child process can be asked to do in a folder; the name of the file that the streams use is `film`. */
export const works = {
  'raw-list': async (folder: string) => {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    return entries.filter(entry => entry.isFile()).length
  },
  'our-list': async (folder: string) => {
    let found = 0
    for await (const _ of files(folder).keys()) found++
    return found
  },
  'raw-write': async (folder: string) => {
    await pipeline(Readable.from(film()), createWriteStream(join(folder, 'film')))
    return FILM
  },
  'our-write': async (folder: string) => {
    await writeStream(files(folder), 'film', film())
    return FILM
  },
  'raw-read': async (folder: string) => await total(createReadStream(join(folder, 'film'))),
  'our-read': async (folder: string) => await total((await readStream(files(folder), 'film')) ?? []),
} satisfies Record<string, (folder: string) => Promise<number>>

export type WorkName = keyof typeof works

const FILM = 1024 ** 3
const CHUNK = 64 * 1024

/** A gibibyte, in chunks that are made anew as a network would. */
function* film(): Generator<Uint8Array> {
  for (let sent = 0; sent < FILM; sent += CHUNK) yield new Uint8Array(CHUNK).fill(sent / CHUNK)
}

async function total(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<number> {
  let bytes = 0
  for await (const chunk of chunks) bytes += chunk.length
  return bytes
}
