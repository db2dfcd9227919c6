import {
  chmodSync,
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
import { bundle, bytes } from '@kvdol/test-support'
import { it } from 'vitest'
import { type SftpOptions, sftp } from '../../src/index.ts'
import { newPlace, type OpenSsh } from './openssh.ts'

const program = bundle({ core: new URL('../../../core/src/index.ts', import.meta.url) })

/** How long an abandoned lock is respected, in milliseconds. */
const LEASE = 1000

/** A store in a folder of the server whose neighbours must not change. */
export function subject(name: string, server: OpenSsh, options: SftpOptions): Subject {
  const roots = new WeakMap<ByteStore, string>()
  const openAt = (root: string, more: SftpOptions = {}) =>
    sftp({ ...server.connection, root, allowClear: true, ...options, ...more })
  const opened = (root: string) => {
    const store = openAt(root)
    roots.set(store, root)
    return store
  }
  const rootOf = (store: ByteStore) => roots.get(store) as string
  /** Makes the root, and its mark. */
  const begin = async (root: string) => {
    await using first = openAt(root)
    await first.set('x', bytes(''))
    await first.delete('x')
  }
  return {
    name,
    timeout: PATIENCE,
    open: () => opened(path.join(newPlace(server), 'root')),
    reopen: store => opened(rootOf(store)),
    remove: store => rmSync(path.dirname(rootOf(store)), { recursive: true, force: true }),
    canaries: store => plantCanaries(path.dirname(rootOf(store))),
    async crowd(store) {
      await begin(rootOf(store))
      crowd(rootOf(store))
    },
    async abandonLock(store, key) {
      await begin(rootOf(store))
      const name = options.keys === 'encoded' ? encodedKeys.encode(key) : key
      const lock = path.join(rootOf(store), path.dirname(name), lockNameOf(path.basename(name)))
      makeFolders(rootOf(store), path.dirname(name))
      // As another machine would have written it, which renews it no more.
      writeFileSync(lock, `${'a'.repeat(18)}.0.0.0.${LEASE}.00000000`)
      return LEASE * 2 + 3000
    },
    otherCore: () => import(program('core')),
    outage: store => {
      rmSync(rootOf(store), { recursive: true, force: true })
      writeFileSync(rootOf(store), 'no folder')
    },
  }
}

/** Longest time for one case, in milliseconds, as the cases share a server. */
const PATIENCE = 180_000

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
