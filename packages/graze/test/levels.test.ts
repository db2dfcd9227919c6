import { type Child, children, createStore, getWithStat, memory, type Watched, watch } from '@kvdol/core'
import { bytes, collect, rejection, temporaryFolder, text } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import type { GrazeOptions } from '../src/index.ts'
import { grazing } from './support/open.ts'
import { web } from './support/web.ts'

const LONG = `https://long.example/${'x'.repeat(1200)}`
const URLS = [
  'https://a.example/',
  'https://a.example/b',
  'https://a.example/b/c?d=e/f',
  'https://a.example/b/c?d=g',
  'https://a.example/%C3%A9/x',
  'http://a.example/b',
  LONG,
  `${LONG}/y`,
]

/** What the level under a prefix is by definition. */
function levelOf(urls: readonly string[], prefix: string): string[] {
  const under = urls
    .filter(url => url.startsWith(prefix))
    .map(url => {
      const slash = url.indexOf('/', prefix.length)
      return slash < 0 ? url : url.slice(0, slash + 1)
    })
  return [...new Set(under)].sort()
}

const texts = (level: readonly Child[]) =>
  level.map(child => ('key' in child ? child.key : child.prefix)).sort()

describe('a level of the URLs that are kept', () => {
  it.each<[string, () => GrazeOptions]>([
    ['in memory', () => ({ cache: memory() })],
    ['in a folder', () => ({ cache: temporaryFolder() })],
    ['for somebody', () => ({ cache: memory(), identity: 'ann' })],
    ['under names of the caller', () => ({ cache: memory(), cacheKey: url => `n/${url.length}/${url}` })],
  ])('%s', async (_, options) => {
    const store = grazing({ ...options(), source: () => undefined })
    for (const url of URLS) await store.set(url, bytes(url))
    const prefixes = [
      '',
      'https:',
      'https://',
      'https://a.example/',
      'https://a.example/b/',
      `${LONG}/`,
      'none/',
    ]
    for (const prefix of prefixes)
      expect(texts(await collect(children(store, prefix))), prefix).toEqual(levelOf(URLS, prefix))
  })

  it('is asked of the cache alone', async () => {
    const server = await web('content')
    const store = grazing()
    await store.get(`${server.origin}/a/b`)
    expect(texts(await collect(children(store, `${server.origin}/`)))).toEqual([`${server.origin}/a/`])
    const found = await getWithStat(store, `${server.origin}/a/b`)
    expect([text(found?.value), found?.stat.size]).toEqual(['content', 7])
    expect(server.asked).toHaveLength(1)
  })
})

describe('what is kept and forgotten', () => {
  async function until(changes: AsyncIterator<Watched<string>>, url: string | undefined): Promise<void> {
    for (;;) {
      const { value } = await changes.next()
      if (value.key === url) return
    }
  }

  it('is told by a cache that tells of changes, by URL', async () => {
    const server = await web('content')
    const cache = memory()
    const store = grazing({ cache })
    const changes = watch(store)[Symbol.asyncIterator]()
    await until(changes, undefined)
    await store.get(`${server.origin}/a`)
    await until(changes, `${server.origin}/a`)
    await store.delete(`${server.origin}/a`)
    await until(changes, `${server.origin}/a`)
    await store.set(LONG, bytes('x'))
    await until(changes, LONG)
    // Nothing tells any more which URL it was.
    await store.delete(LONG)
    await until(changes, undefined)
    await cache.set('anything else', bytes('x'))
    await grazing({ cache, source: () => undefined }).set(`${server.origin}/b`, bytes('x'))
    expect(await changes.next()).toMatchObject({ value: { key: `${server.origin}/b` } })
    await changes.return?.()
  })

  it('is told of a prefix, and by no cache that cannot', async () => {
    const store = grazing()
    const changes = watch(store, { prefix: 'https://b.example/' })[Symbol.asyncIterator]()
    await until(changes, undefined)
    await store.set('https://a.example/', bytes('x'))
    await store.set('https://b.example/', bytes('x'))
    expect(await changes.next()).toMatchObject({ value: { key: 'https://b.example/' } })
    await changes.return?.()
    const kept = new Map<string, Uint8Array>()
    const cache = createStore<string, Uint8Array>({
      name: 'silent',
      get: key => kept.get(key),
      keys: () => [...kept.keys()],
      set: (key, value) => void kept.set(key, value),
      delete: key => void kept.delete(key),
    })
    const silent = grazing({ cache })
    expect(await rejection(watch(silent)[Symbol.asyncIterator]().next())).toMatchObject({
      code: 'Unsupported',
    })
  })
})
