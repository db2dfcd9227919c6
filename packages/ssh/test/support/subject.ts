import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { type ByteStore, conformance, type Subject, type Variant, variants } from '@kvdol/conformance'
import { encodedKeys } from '@kvdol/core/adapter'
import { lockNameOf } from '@kvdol/fs/file'
import { bundle, bytes, openDescriptors, PATIENCE } from '@kvdol/test-support'
import { it } from 'vitest'
import { type SftpOptions, sftp } from '../../src/index.ts'
import { newPlace, type OpenSsh } from './openssh.ts'
import { type SlowLink, slowLink } from './slow-link.ts'

const program = bundle({ core: new URL('../../../core/src/index.ts', import.meta.url) })

/** How long an abandoned lock is respected, in milliseconds. */
const LEASE = 1000

/** A store in a folder of the server whose neighbours must not change. */
export function subject(name: string, server: OpenSsh, options: SftpOptions): Subject {
  const places = new WeakMap<ByteStore, Place>()
  let links = 0
  const openAt = (root: string, more: SftpOptions = {}) =>
    sftp({ ...server.connection, root, allowClear: true, ...options, ...more })
  const opened = (place: Place) => {
    const { port } = place.link
    const store = openAt(place.root, { port, knownHosts: undefined, hostKey: hostKeysOf(server) })
    places.set(store, place)
    return store
  }
  const placeOf = (store: ByteStore) => places.get(store) as Place
  const rootOf = (store: ByteStore) => placeOf(store).root
  const fileOf = (key: string) => (options.keys === 'encoded' ? encodedKeys.encode(key) : key)
  /** Makes the root, and its mark. */
  const begin = async (root: string) => {
    await using first = openAt(root)
    await first.set('x', bytes(''))
    await first.delete('x')
  }
  return {
    name,
    timeout: PATIENCE,
    async open() {
      const link = await slowLink(server.connection.port)
      links++
      return opened({ root: path.join(newPlace(server), 'root'), link })
    },
    reopen: store => opened(placeOf(store)),
    async remove(store) {
      rmSync(path.dirname(rootOf(store)), { recursive: true, force: true })
      await placeOf(store).link.close()
      links--
    },
    // Each link listens until its place is removed.
    resources: () => (openDescriptors() ?? 0) - links,
    canaries: store => plantCanaries(path.dirname(rootOf(store))),
    async crowd(store) {
      await begin(rootOf(store))
      crowd(rootOf(store))
    },
    async abandonLock(store, key) {
      await begin(rootOf(store))
      const name = fileOf(key)
      const lock = path.join(rootOf(store), path.dirname(name), lockNameOf(path.basename(name)))
      makeFolders(rootOf(store), path.dirname(name))
      // As another machine would have written it, which renews it no more.
      writeFileSync(lock, `${'a'.repeat(18)}.0.0.0.${LEASE}.00000000`)
      return LEASE * 2 + 3000
    },
    slow: (store, milliseconds) => {
      placeOf(store).link.latency = milliseconds
    },
    damage: store => {
      placeOf(store).link.cuts = CUT
    },
    // Where everybody may make files, and only its owner replace one.
    failWrite: (store, key) => {
      const file = path.join(rootOf(store), fileOf(key))
      for (const owned of [file, path.dirname(file)]) chownSync(owned, 0, 0)
      chmodSync(path.dirname(file), 0o1777)
    },
    otherCore: () => import(program('core')),
    outage: store => {
      rmSync(rootOf(store), { recursive: true, force: true })
      writeFileSync(rootOf(store), 'no folder')
    },
  }
}

/** Stores on one place share the way to the server. */
interface Place {
  readonly root: string
  readonly link: SlowLink
}

/** An answer of so many bytes holds the value that is damaged. */
const CUT = 900

/** The keys of the host, which is known by another port. */
function hostKeysOf({ connection: { knownHosts } }: OpenSsh): string[] {
  const lines = readFileSync(knownHosts, 'utf8').trim().split('\n')
  return lines.map(line => line.split(' ').slice(1, 3).join(' '))
}

/** The kit as tests. They wait more than they compute, so they run side by side. */
export function declareKit(tried: Subject): void {
  for (const { name, run, timeout, alone } of conformance(tried))
    if (alone) it(name, run, timeout)
    else it.concurrent(name, run, timeout)
}

/** The subject as it is; in all variants in the long run of the tests. */
export function chosen(tried: Subject): Variant[] {
  const all = variants(tried)
  return process.env.KVDOL_TEST_VARIANTS === 'all' ? all : all.slice(0, 1)
}

/** Files and a folder beside the root, some with names that begin as the root's does. */
function plantCanaries(around: string) {
  for (const folder of ['root-evil', 'etc']) mkdirSync(path.join(around, folder))
  for (const file of ['x', 'root.txt', 'root-evil/a', 'etc/passwd']) {
    writeFileSync(path.join(around, file), `canary ${file}`)
    // The server could change them.
    chmodSync(path.join(around, file), 0o666)
  }
  for (const folder of ['root-evil', 'etc']) chmodSync(path.join(around, folder), 0o777)
  const picture = () =>
    readdirSync(around, { recursive: true, withFileTypes: true })
      .map(entry => path.join(entry.parentPath, entry.name))
      .filter(
        found => !found.startsWith(`${path.join(around, 'root')}/`) && found !== path.join(around, 'root'),
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

/** The folders of a path, in which the server may write. */
function makeFolders(root: string, relative: string): void {
  for (let at = path.join(root, relative); at.startsWith(root); at = path.dirname(at)) {
    mkdirSync(at, { recursive: true })
    chmodSync(at, 0o777)
  }
}

/** Links, an empty folder and names of no key. */
function crowd(root: string): void {
  mkdirSync(path.join(root, 'an empty folder'), { recursive: true })
  symlinkSync('/etc/passwd', path.join(root, 'link'))
  symlinkSync('..', path.join(root, 'up'))
  writeFileSync(path.join(root, 'trailing.'), '')
  writeFileSync(path.join(root, 'A|b'), '')
}
