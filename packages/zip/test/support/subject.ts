import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { ByteStore, Subject } from '@kvdol/conformance'
import { createStore, memory } from '@kvdol/core'
import { bundle, openDescriptors, scripts } from '@kvdol/test-support'
import { type ZipOptions, zip } from '../../src/index.ts'
import { withForeign } from './crowd.ts'
import { damageEntry } from './damage.ts'
import { type Disk, diskOf } from './disk.ts'
import { fastFolder } from './helpers.ts'
import { type Spoiled, spoiled } from './spoiled.ts'

const abandon = scripts(new URL('./file.ts', import.meta.url))
const program = bundle({ core: new URL('../../../core/src/index.ts', import.meta.url) })

/** What is known in both places. */
const shared = {
  otherCore: () => import(program('core')),
  resources: () => openDescriptors() ?? 0,
} satisfies Partial<Subject>

/** An archive in a folder whose other files must not change. */
export function fileSubject(name: string, options: ZipOptions = {}): Subject {
  const paths = new WeakMap<ByteStore, string>()
  const pathOf = (store: ByteStore) => paths.get(store) as string
  const disks: Disk[] = []
  const diskOfStore = (store: ByteStore) => diskOf(path.dirname(pathOf(store)))
  const opened = (file: string) => {
    const store = zip(file, options)
    paths.set(store, file)
    return store
  }
  return {
    name,
    ...shared,
    open() {
      const folder = fastFolder()
      disks.push(diskOf(folder))
      return opened(path.join(folder, 'archive.zip'))
    },
    remove: store => rmSync(path.dirname(pathOf(store)), { recursive: true, force: true }),
    canaries: store => plantCanaries(path.dirname(pathOf(store))),
    abandonLock: async store => {
      const file = pathOf(store)
      await abandon('await kvdol.updateFile(file, () => process.kill(process.pid, "SIGKILL"))', {
        values: { file },
      }).ended
      return 5_000
    },
    slow: (store, milliseconds) => {
      diskOfStore(store).latency = milliseconds
    },
    // A request opens the archive; all that follows is about what is open.
    requests: () => disks.reduce((sum, { opened }) => sum + opened, 0),
    // What is not flushed is seen by its own store alone, whatever becomes of the archive.
    ...(options.autoFlush !== false && {
      reopen: (store: ByteStore) => opened(pathOf(store)),
      failWrite: (store: ByteStore) => {
        diskOfStore(store).full = true
      },
      crowd: (store: ByteStore) => {
        const file = pathOf(store)
        const [bytes, planted] = withForeign(existsSync(file) ? readFileSync(file) : undefined)
        writeFileSync(file, bytes)
        return planted
      },
      outage: (store: ByteStore) => writeFileSync(pathOf(store), 'this is no archive'),
      damage: (store: ByteStore, key: string) =>
        writeFileSync(pathOf(store), damageEntry(readFileSync(pathOf(store)), key)),
    }),
  }
}

/** A store of the least there can be: no etags, no conditions, no ranges. */
export function plainStore(): ReturnType<typeof memory> {
  const values = new Map<string, Uint8Array>()
  return createStore({
    name: 'plain',
    get: async key => values.get(key)?.slice(),
    keys: () => [...values.keys()],
    set: async (key, value) => void values.set(key, value),
    delete: async key => void values.delete(key),
  })
}

/** An archive in a value of a store, by default one in memory. */
export function valueSubject(name: string, options: ZipOptions = {}, place = memory): Subject {
  const places = new WeakMap<ByteStore, Spoiled>()
  const spoiledOf = (store: ByteStore) => places.get(store) as Spoiled
  const placeOf = (store: ByteStore) => spoiledOf(store).inner
  const all: Spoiled[] = []
  const opened = (place: Spoiled) => {
    const store = zip({ store: place.store, key: 'archives/a.zip' }, options)
    places.set(store, place)
    return store
  }
  return {
    name,
    ...shared,
    open() {
      const fresh = spoiled(place())
      all.push(fresh)
      return opened(fresh)
    },
    reopen: store => opened(spoiledOf(store)),
    slow: (store, milliseconds) => {
      spoiledOf(store).latency = milliseconds
    },
    failWrite: store => {
      spoiledOf(store).full = true
    },
    requests: () => all.reduce((sum, { requests }) => sum + requests, 0),
    async crowd(store) {
      const old = await placeOf(store).get('archives/a.zip')
      const [bytes, planted] = withForeign(old && Buffer.from(old))
      await placeOf(store).set('archives/a.zip', bytes)
      return planted
    },
    canaries: async store => {
      await placeOf(store).set('beside', new Uint8Array([1]))
      return {
        async check() {
          const [beside, keys] = [await placeOf(store).get('beside'), await placeOf(store).size()]
          if (beside?.[0] !== 1 || keys > 2) throw new Error('something beside the archive has changed')
        },
      }
    },
    outage: store => placeOf(store).set('archives/a.zip', new Uint8Array(100)),
    damage: async (store, key) => {
      const bytes = (await placeOf(store).get('archives/a.zip')) as Uint8Array
      await placeOf(store).set('archives/a.zip', damageEntry(Buffer.from(bytes), key))
    },
  }
}

/** Files beside the archive, some with names that begin as its does. */
function plantCanaries(folder: string) {
  for (const name of ['archive', 'archive.zip.txt', 'x', 'archive.zip~'])
    writeFileSync(path.join(folder, name), `canary ${name}`)
  const picture = () =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter(name => name !== 'archive.zip')
      .sort()
      .map(name => `${name}: ${statSync(path.join(folder, name)).size}`)
      .join('\n')
  const before = picture()
  return {
    check() {
      if (picture() !== before) throw new Error(`something beside the archive has changed: ${picture()}`)
    },
  }
}
