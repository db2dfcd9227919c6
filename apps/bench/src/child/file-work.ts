import { createReadStream, createWriteStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { readStream, writeStream } from '@kvdol/core'
import { files } from '@kvdol/fs'
import { count, FILM, film, total } from './film.ts'

/** Work in a folder; the name of the file that the streams use is `film`. */
export const fileWorks = {
  'raw-list': async (folder: string) => {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    return entries.filter(entry => entry.isFile()).length
  },
  'our-list': async (folder: string) => await count(files(folder).keys()),
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
}
