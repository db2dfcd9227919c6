import { link, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createStore, type Store, StoreError } from '@kvdol/core'

const nameOf = (key: string) => `${Buffer.from(key).toString('hex')}.value`
let temporaries = 0

/** A folder of files with names in hexadecimal: the least that several processes can share. */
export async function openFolder(place: string): Promise<Store<string, Uint8Array>> {
  await mkdir(place, { recursive: true })
  const pathOf = (key: string) => join(place, nameOf(key))
  const read = async (key: string) => {
    try {
      return new Uint8Array(await readFile(pathOf(key)))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }
  const written = async (value: Uint8Array) => {
    const temporary = join(place, `${process.pid}-${temporaries++}.part`)
    await writeFile(temporary, value)
    return temporary
  }
  return createStore({
    name: 'folder',
    guarantees: { durability: 'crash', multiProcess: true, conditions: ['ifAbsent'], maxKeyBytes: 100 },
    get: read,
    async *keys() {
      for (const name of await readdir(place))
        if (name.endsWith('.value')) yield Buffer.from(name.slice(0, -6), 'hex').toString()
    },
    async set(key, value, { ifAbsent }) {
      const temporary = await written(value)
      if (!ifAbsent) return await rename(temporary, pathOf(key))
      try {
        await link(temporary, pathOf(key))
      } catch (cause) {
        throw new StoreError('Conflict', 'there is a value already', { cause })
      } finally {
        await rm(temporary)
      }
    },
    delete: key => rm(pathOf(key), { force: true }),
  })
}

/** The same, but writing in place: what a crash leaves is cut. */
export async function openTorn(place: string): Promise<Store<string, Uint8Array>> {
  await mkdir(place, { recursive: true })
  const sound = await openFolder(place)
  return createStore({
    name: 'torn folder',
    get: key => sound.get(key),
    keys: () => sound.keys(),
    async set(key, value) {
      const file = await open(join(place, nameOf(key)), 'w')
      try {
        for (let start = 0; start < value.byteLength; start += 500)
          await file.write(value, start, Math.min(500, value.byteLength - start))
      } finally {
        await file.close()
      }
    },
    delete: key => sound.delete(key),
  })
}
