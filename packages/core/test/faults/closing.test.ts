import { bytes, collect, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  type AnyReader,
  createStore,
  filterKeys,
  jsonValues,
  mapKeys,
  memory,
  owning,
  pipe,
  prefix,
  readOnly,
  type Store,
  shared,
} from '../../src/index.ts'
import { cachedKeys } from '../../src/layers.ts'

function opened() {
  const log: string[] = []
  const map = new Map<string, Uint8Array>([['p/a', bytes('1')]])
  const store = createStore({
    name: 'opened',
    get: key => map.get(key),
    async *keys() {
      try {
        yield* map.keys()
      } finally {
        log.push('listing ended')
      }
    },
    set: (key, value) => void map.set(key, value),
    delete: key => void map.delete(key),
    close: () => void log.push('closed'),
  })
  return { store, log }
}

const VIEWS: Record<string, (store: Store<string, Uint8Array>) => AnyReader> = {
  'a key map': store => pipe(store, mapKeys(prefix('p/'))),
  'a value map': store => pipe(store, jsonValues()),
  'a filter': store =>
    pipe(
      store,
      filterKeys(() => true),
    ),
  readOnly: store => readOnly(store),
  'a layer': store => pipe(store, cachedKeys()),
  'layers and maps': store => pipe(store, cachedKeys(), jsonValues(), cachedKeys(), mapKeys(prefix('p/'))),
}

describe.each(Object.entries(VIEWS))('closing %s', (_, view) => {
  it('closes what it shows, once, and says by what', async () => {
    const { store, log } = opened()
    const top = view(store)
    await Promise.all([top.close(), top.close()])
    await store.close()
    expect(log).toEqual(['closed'])
    const refused = await rejection(store.get('p/a'))
    expect(refused.code).toBe('Closed')
    expect(refused.message).toContain('opened')
    expect(await rejection(top.size())).toMatchObject({ code: 'Closed' })
  })

  it('leaves a shared store open, and ends its own loops', async () => {
    const { store, log } = opened()
    const top = view(shared(store))
    const loop = top.keys()[Symbol.asyncIterator]()
    await loop.next()
    await top.close()
    expect(log).toEqual(['listing ended'])
    expect(await rejection(loop.next() as Promise<unknown>)).toMatchObject({ code: 'Closed' })
    expect(await rejection(top.has('a'))).toMatchObject({ code: 'Closed' })
    expect(await store.has('p/a')).toBe(true)
    await store.close()
    expect(log).toEqual(['listing ended', 'closed'])
  })

  it('releases what was tied to it, once, after the store', async () => {
    const { store, log } = opened()
    const top = view(owning(store, () => void log.push('released')))
    await top.close()
    await top.close()
    expect(log).toEqual(['closed', 'released'])
  })

  it('keeps what is tied to a shared store until that is closed, and releases what is tied to the share', async () => {
    const { store, log } = opened()
    const all = owning(store, () => void log.push('released'))
    await owning(view(shared(all)), () => void log.push('released by the share')).close()
    expect(log).toEqual(['released by the share'])
    await all.close()
    expect(log.slice(1)).toEqual(['closed', 'released'])
  })
})

it('two views of one store: closing one closes the other', async () => {
  const { store } = opened()
  const [one, other] = [pipe(store, mapKeys(prefix('p/'))), pipe(store, jsonValues())]
  await one.close()
  expect(await rejection(other.get('k'))).toMatchObject({ code: 'Closed' })
})

it('a shared store that is closed itself is closed for all', async () => {
  const { store } = opened()
  const one = pipe(shared(store), jsonValues())
  await store.close()
  expect(await rejection(one.get('k'))).toMatchObject({ code: 'Closed' })
})

it('a store made by other means is closed with its view', async () => {
  const base = memory()
  const { get, has, stat, size, keys, set, delete: remove, close } = base
  const foreign = { get, has, stat, size, keys, set, delete: remove, close } as unknown as Store<
    string,
    Uint8Array
  >
  await pipe(foreign, mapKeys(prefix('p/'))).close()
  expect(await rejection(base.get('k'))).toMatchObject({ code: 'Closed' })
})

it('await using closes through a pipe', async () => {
  const { store, log } = opened()
  {
    await using notes = pipe(store, mapKeys(prefix('p/')))
    expect(await collect(notes.keys())).toEqual(['a'])
  }
  expect(log).toEqual(['listing ended', 'closed'])
})
