import { setTimeout as sleep } from 'node:timers/promises'
import { type ByteStore, conformance, type Subject, type Variant, variants } from '@kvdol/conformance'
import { encodedKeys } from '@kvdol/core/adapter'
import { PATIENCE } from '@kvdol/test-support'
import { it } from 'vitest'
import { type DropboxOptions, dropbox } from '../../src/index.ts'
import { refused } from './dropbox-server/refusal.ts'
import type { DropboxServer } from './dropbox-server/server.ts'

let places = 0

/** Stores in folders of one Dropbox, with files around them that must not change. */
export function subject(server: DropboxServer, keys: 'plain' | 'encoded'): Subject {
  const { service } = server
  const token = service.newToken()
  const roots = new WeakMap<ByteStore, string>()
  const down = new Set<string>()
  const delays = new Map<string, number>()
  /** Paths, in small letters, for which there is no room. */
  const full = new Set<string>()
  const pathOf = (root: string, key: string) =>
    `${root}/${keys === 'encoded' ? encodedKeys.encode(key) : key}`

  server.script = async (received, response) => {
    const path = pathIn(received.args)
    const root = `/${path?.split('/')[1]}`
    if (down.has(root)) {
      response.destroy()
      return 'answered'
    }
    const delay = delays.get(root)
    if (delay !== undefined) await sleep(delay)
    const writes = received.route === 'files/upload' || received.route === 'files/upload_session/finish'
    return writes && full.has(path?.toLowerCase() ?? '') ? refused('path/insufficient_space') : undefined
  }

  return {
    name: `${keys} keys on the loopback server`,
    timeout: PATIENCE,
    // What encoded keys share with plain ones is tried there, and their names by the kits of fs and ssh.
    scale: keys === 'plain' || EVERYTHING ? 'quick' : 'smoke',
    open: () => open(`/place-${++places}`),
    reopen: store => open(rootOf(store)),
    remove: store => void (service.files.at(rootOf(store)) && service.files.remove(rootOf(store))),
    canaries(store) {
      const root = rootOf(store)
      const paths = [`${root}-evil/a`, `${root}.txt`, `/other${root}/a`]
      for (const path of paths) service.files.put({ path }, Buffer.from(`canary ${path}`))
      return {
        check() {
          for (const path of paths) {
            const stored = service.files.at(path)
            if (stored?.kind !== 'file' || stored.data.toString() !== `canary ${path}`)
              throw new Error(`${path} has changed`)
          }
        },
      }
    },
    async crowd(store) {
      // An encoded store marks its place by its first write.
      await store.set('x', new Uint8Array())
      await store.delete('x')
      const root = rootOf(store)
      service.files.put({ path: `${root}/.kvdol-left` }, Buffer.from('left'))
      if (keys === 'encoded') service.files.put({ path: `${root}/Foreign.txt` }, Buffer.from('foreign'))
      service.files.put({ path: `${root}/nobodys=/x` }, Buffer.from('folder'))
      service.files.remove(`${root}/nobodys=/x`)
    },
    outage: store => void down.add(rootOf(store)),
    slow: (store, milliseconds) => void delays.set(rootOf(store), milliseconds),
    failWrite: (store, key) => void full.add(pathOf(rootOf(store), key).toLowerCase()),
    damage(store, key) {
      const path = pathOf(rootOf(store), key).toLowerCase()
      const stored = service.files.entries.get(path)
      if (stored?.kind !== 'file') throw new Error(`there is no file for ${key}`)
      service.files.entries.set(path, { ...stored, data: stored.data.subarray(0, -1) })
    },
    requests: () => server.received.length,
    resources: () => server.connections(),
  }

  function open(root: string): ByteStore {
    const urls = { apiUrl: server.url, contentUrl: server.url, notifyUrl: server.url }
    const options: DropboxOptions = { token, root, keys, ...urls }
    const store = dropbox(options)
    roots.set(store, root)
    return store
  }

  function rootOf(store: ByteStore): string {
    return roots.get(store) as string
  }
}

function pathIn(args: object): string | undefined {
  const { path, commit } = args as { path?: string; commit?: { path: string } }
  return path ?? commit?.path
}

/** Everything is tried, in all variants and as much as of other stores: in the long run of the tests. */
const EVERYTHING = process.env.KVDOL_TEST_VARIANTS === 'all'

/** The kit as tests. */
export function declareKit(tried: Subject): void {
  for (const { name, run, timeout, alone } of conformance(tried))
    if (alone) it(name, run, timeout)
    else it.concurrent(name, run, timeout)
}

/** The subject as it is; in all variants in the long run of the tests. */
export function chosen(tried: Subject): Variant[] {
  return EVERYTHING ? variants(tried) : variants(tried).slice(0, 1)
}
