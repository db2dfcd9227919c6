import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ByteStore, Canaries, Subject } from '@kvdol/conformance'
import { createStore } from '@kvdol/core'
import type { Contestant } from './peer.ts'
import { withEncodedKeys } from './with-encoded-keys.ts'

/** A contestant as the kit tries it: each place is a folder of its own within `scratch`. */
export function subjectOf(contestant: Contestant, encoded: boolean, scratch: string): Subject {
  const { name, place } = contestant
  const folders = new WeakMap<ByteStore, string>()
  const folderOf = (store: ByteStore) => folders.get(store)!
  let places = 0
  const opened = async (folder: string) => {
    const store = await storeOf(contestant, encoded, folder)
    folders.set(store, folder)
    return store
  }
  return {
    name,
    open() {
      const around = join(scratch, String(++places))
      mkdirSync(around, { recursive: true })
      return opened(join(around, 'root'))
    },
    remove: store => rmSync(join(folderOf(store), '..'), { recursive: true, force: true }),
    ...(place !== 'memory' && { canaries: store => plantCanaries(join(folderOf(store), '..')) }),
    ...(place === 'folder' && { reopen: store => opened(folderOf(store)) }),
    ...(contestant.outage && { outage: store => contestant.outage!(folderOf(store)) }),
    ...('damage' in contestant && {
      damage: (store, key) => contestant.damage!(folderOf(store), key),
    }),
  }
}

async function storeOf(contestant: Contestant, encoded: boolean, folder: string): Promise<ByteStore> {
  if ('store' in contestant) return await contestant.store(folder)
  const driver = await contestant.driver(folder)
  return createStore(encoded ? withEncodedKeys(driver) : driver, { allowTornReads: true })
}

/** Files beside the root, some with names that begin as the root's does. */
const BESIDE = ['x', 'root.txt', 'root-evil/a', 'etc/passwd']

/** What may be beside the root: it, the files, and what a store was told to use for its temporaries. */
const EXPECTED = ['root', 'writing', ...BESIDE.map(file => file.split('/')[0])]

function plantCanaries(around: string): Canaries {
  for (const file of BESIDE) {
    mkdirSync(dirname(join(around, file)), { recursive: true })
    writeFileSync(join(around, file), `canary ${file}`)
  }
  return {
    check() {
      for (const file of BESIDE)
        if (textOf(join(around, file)) !== `canary ${file}`)
          throw new Error(`${file}, a file beside the root, has changed or is gone`)
      const other = readdirSync(around).find(name => !EXPECTED.includes(name))
      if (other !== undefined) throw new Error(`${other} was written beside the root`)
    },
  }
}

function textOf(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}
