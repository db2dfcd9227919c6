import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { ByteStore, Subject } from '@kvdol/conformance'
import { encodedKeys } from '@kvdol/core/adapter'
import { bundle } from '@kvdol/test-support'
import { LEASE, lockNameOf, thisProcess } from '../../src/file/index.ts'
import { printLock } from '../../src/file/lock-content.ts'
import { randomName } from '../../src/file/names.ts'
import { createFiles } from '../../src/files.ts'
import { type FilesOptions, files } from '../../src/index.ts'
import { type Disk, newDisk } from './disk.ts'
import { bytes, fastFolder } from './helpers.ts'

const program = bundle({ core: new URL('../../../core/src/index.ts', import.meta.url) })

/** Stores on one place share its disk. */
interface Place {
  readonly root: string
  readonly disk: Disk
}

/** A store in a folder whose neighbours must not change. */
export function subject(name: string, options: FilesOptions): Subject {
  const places = new WeakMap<ByteStore, Place>()
  const opened = (place: Place) => {
    const store = createFiles(place.root, { allowClear: true, ...options }, place.disk.port)
    places.set(store, place)
    return store
  }
  const placeOf = (store: ByteStore) => places.get(store) as Place
  const rootOf = (store: ByteStore) => placeOf(store).root
  const fileOf = (key: string) => (options.keys === 'encoded' ? encodedKeys.encode(key) : key)
  return {
    name,
    open: () => opened({ root: path.join(fastFolder(), 'root'), disk: newDisk() }),
    reopen: store => opened(placeOf(store)),
    remove: store => rmSync(path.dirname(rootOf(store)), { recursive: true, force: true }),
    canaries: store => plantCanaries(path.dirname(rootOf(store))),
    crowd: store => crowd(rootOf(store), options.keys === 'encoded'),
    slow: (store, milliseconds) => {
      placeOf(store).disk.latency = milliseconds
    },
    failWrite: (store, key) => {
      placeOf(store).disk.refused = path.basename(fileOf(key))
    },
    damage: (store, key) => {
      placeOf(store).disk.cut = path.basename(fileOf(key))
    },
    otherCore: () => import(program('core')),
    // The process has ended, and with it what it held.
    abandonLock: async (store, key) => {
      // Nothing of it is foreign to a store that has begun.
      await store.set('begun', bytes(''))
      await store.delete('begun')
      const at = path.join(rootOf(store), fileOf(key))
      mkdirSync(path.dirname(at), { recursive: true })
      const maker = { ...thisProcess, process: 4_000_000 }
      const content = printLock({ random: randomName(), maker, lease: LEASE, count: 3 })
      writeFileSync(path.join(path.dirname(at), lockNameOf(path.basename(at))), content)
      return 5000
    },
    outage: store => {
      rmSync(rootOf(store), { recursive: true, force: true })
      writeFileSync(rootOf(store), 'no folder')
    },
  }
}

/** Files and a folder beside the root, some with names that begin as the root's does. */
function plantCanaries(around: string) {
  for (const folder of ['root-evil', 'etc']) mkdirSync(path.join(around, folder))
  for (const file of ['x', 'root.txt', 'root-evil/a', 'etc/passwd'])
    writeFileSync(path.join(around, file), `canary ${file}`)
  const picture = () =>
    readdirSync(around, { recursive: true, withFileTypes: true })
      .map(entry => path.join(entry.parentPath, entry.name))
      .filter(
        found =>
          !found.startsWith(path.join(around, 'root') + path.sep) && found !== path.join(around, 'root'),
      )
      .sort()
      .map(found => (statSync(found).isFile() ? `${found}: ${readFileSync(found, 'utf8')}` : found))
      .join('\n')
  const before = picture()
  return {
    check() {
      if (picture() !== before) throw new Error('something beside the root has changed')
    },
  }
}

/** Links, an empty folder and names of no key. */
async function crowd(root: string, encoded: boolean) {
  if (encoded)
    await files(root, { keys: 'encoded' })
      .set('x', bytes(''))
      .then(() => files(root, { keys: 'encoded' }).delete('x'))
  mkdirSync(path.join(root, 'an empty folder'), { recursive: true })
  symlinkSync('/etc/passwd', path.join(root, 'link'))
  symlinkSync('..', path.join(root, 'up'))
  writeFileSync(path.join(root, 'trailing.'), '')
  writeFileSync(path.join(root, 'A|b'), '')
}
