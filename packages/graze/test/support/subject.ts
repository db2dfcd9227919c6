import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { ByteStore, Subject } from '@kvdol/conformance'
import {
  createStore,
  type DriverListOptions,
  guarantees,
  readStream,
  type Store,
  StoreError,
  type WritableDriver,
  writeStream,
} from '@kvdol/core'
import { driverOf, METHODS } from '@kvdol/core/adapter'
import { files } from '@kvdol/fs'
import { bundle, fastFolder } from '@kvdol/test-support'
import { graze } from '../../src/index.ts'

const program = bundle({ core: new URL('../../../core/src/index.ts', import.meta.url) })

const base = 'https://kept.example/'
const toUrl = (key: string) => base + Buffer.from(key).toString('hex')
const toKey = (url: string) => Buffer.from(url.slice(base.length), 'hex').toString()

/**
 * What is kept of URLs, under keys of any kind, each written as a URL: a store like any other, as long as nothing comes
 * from the web. A key of more than some 480 bytes makes a URL that is longer than the keys of the cache, whose name is a
 * hash then.
 */
function underKeys(store: ByteStore): ByteStore {
  const urls = (options: DriverListOptions<string>) => ({ ...options, prefix: toUrl(options.prefix ?? '') })
  return createStore<string, Uint8Array>(
    {
      name: 'kept',
      guarantees: { ...guarantees(store), maxKeyBytes: 1024, rejects: [] },
      get: (key, options) => store.get(toUrl(key), options),
      has: (key, options) => store.has(toUrl(key), options),
      stat: (key, options) => store.stat(toUrl(key), options),
      async *keys(options) {
        for await (const url of store.keys(urls(options))) yield toKey(url)
      },
      async *entryPages(options) {
        for await (const [url, value] of store.entries(urls(options))) yield [[toKey(url), value] as const]
      },
      set: (key, value, options) => store.set(toUrl(key), value, options),
      delete: (key, options) => store.delete(toUrl(key), options),
      readStream: (key, range, options) => readStream(store, toUrl(key), { ...range, ...options }),
      writeStream: (key, chunks, options) => writeStream(store, toUrl(key), chunks, options),
      close: () => store.close(),
    },
    { allowTornReads: true },
  )
}

/** A source of nothing, so that nothing comes from the web. */
export const nothing = () => undefined

/** What is kept in a place, whose neighbours must not change. */
export function subject(name: string, open: (place: string) => ByteStore): Subject {
  const places = new WeakMap<ByteStore, string>()
  const at = (place: string) => {
    const store = underKeys(open(place))
    places.set(store, place)
    return store
  }
  const placeOf = (store: ByteStore) => places.get(store) as string
  return {
    name,
    open: () => at(path.join(fastFolder(), 'cache')),
    reopen: store => at(placeOf(store)),
    remove: store => rmSync(path.dirname(placeOf(store)), { recursive: true, force: true }),
    otherCore: () => import(program('core')),
  }
}

/** How a cache misbehaves. */
interface Conduct {
  down: boolean
  milliseconds: number
  /** The end of the name of a content that it refuses to take. */
  refused: string | undefined
}

/** The same, kept in a folder by a cache that can be told to be slow, to refuse and to fail. */
export function disturbed(name: string): Subject {
  let requests = 0
  const conducts = new Map<string, Conduct>()
  const conductAt = (place: string) => {
    const conduct = conducts.get(place) ?? { down: false, milliseconds: 0, refused: undefined }
    conducts.set(place, conduct)
    return conduct
  }
  const around = new WeakMap<ByteStore, string>()
  const noted = (store: ByteStore, place: string) => {
    around.set(store, place)
    return store
  }
  let opened = ''
  const tried = subject(name, place => {
    opened = place
    return graze({ cache: disturbable(files(place), conductAt(place), () => requests++), source: nothing })
  })
  const placeOf = (store: ByteStore) => around.get(store) as string
  return {
    ...tried,
    open: async () => noted(await tried.open(), opened),
    reopen: async store => noted((await tried.reopen?.(store)) as ByteStore, placeOf(store)),
    canaries(store) {
      const beside = path.join(path.dirname(placeOf(store)), 'cache-evil')
      mkdirSync(beside)
      writeFileSync(path.join(beside, 'a'), 'canary')
      return {
        async check() {
          const found = await files(beside).get('a')
          if (Buffer.from(found ?? []).toString() !== 'canary')
            throw new Error('what lies beside has changed')
        },
      }
    },
    outage(store) {
      conductAt(placeOf(store)).down = true
    },
    slow(store, milliseconds) {
      conductAt(placeOf(store)).milliseconds = milliseconds
    },
    failWrite(store, key) {
      conductAt(placeOf(store)).refused = toUrl(key).slice(base.length)
    },
    requests: () => requests,
  }
}

const sleep = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds))

/** A store each of whose requests is counted, and does what `conduct` says. */
function disturbable(
  store: Store<string, Uint8Array>,
  conduct: Conduct,
  count: () => void,
): Store<string, Uint8Array> {
  const driver = driverOf(store)
  const meet = (name: string, key: unknown) => {
    count()
    if (conduct.down) throw new StoreError('Unavailable', 'the cache is out of reach')
    // The folder ends a name of its own with a sign.
    const named = String(key).split('/').at(-1)?.replace(/=$/, '')
    const refuses = conduct.refused !== undefined && named === conduct.refused
    if (refuses && /^(set|writeStream)$/.test(name))
      throw new StoreError('PermissionDenied', 'the cache refuses it')
    return conduct.milliseconds === 0 ? undefined : sleep(conduct.milliseconds)
  }
  const wrapped = Object.entries(driver)
    .filter(([name, member]) => name in METHODS && typeof member === 'function')
    // Batches are made of single calls then.
    .filter(([name]) => !['setMany', 'batch'].includes(name))
    .map(([name, member]) => [
      name,
      /^(keys|.*Pages|children|watch)$/.test(name)
        ? async function* (...given: unknown[]) {
            await meet(name, undefined)
            yield* member.apply(driver, given)
          }
        : async (...given: unknown[]) => {
            await meet(name, given[0])
            return await member.apply(driver, given)
          },
    ])
  const { setMany: _, batch: __, ...rest } = driver as WritableDriver
  return createStore({ ...rest, ...Object.fromEntries(wrapped), over: undefined } as WritableDriver)
}
