import path from 'node:path'
import { type ByteStore, conformance, type Subject, variants } from '@kvdol/conformance'
import { createStore, type DriverListOptions, guarantees, memory, readStream, writeStream } from '@kvdol/core'
import { files } from '@kvdol/fs'
import { fastFolder } from '@kvdol/test-support'
import { describe, it } from 'vitest'
import { graze } from '../src/index.ts'

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

const nothing = () => undefined

function subject(name: string, open: (place: string) => ByteStore): Subject {
  const places = new WeakMap<ByteStore, string>()
  const at = (place: string) => {
    const store = underKeys(open(place))
    places.set(store, place)
    return store
  }
  return {
    name,
    open: () => at(path.join(fastFolder(), 'cache')),
    reopen: store => at(places.get(store) as string),
  }
}

const inMemory = () => {
  const caches = new Map<string, ReturnType<typeof memory>>()
  return subject('kept in memory', place => {
    if (!caches.has(place)) caches.set(place, memory())
    return graze({ cache: caches.get(place), source: nothing })
  })
}

describe.each([
  ...variants(inMemory()),
  subject('kept in a folder', place => graze({ cache: place, source: nothing })),
  subject('kept in a plain folder', place => graze({ cache: files(place), source: nothing })),
  subject('kept for somebody', place => graze({ cache: place, source: nothing, identity: 'ann' })),
])('$name', variant => {
  for (const { name, run } of conformance(variant)) it(name, run)
})
