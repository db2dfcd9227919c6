import { bytes, rejection, text } from '@kvdol/test-support'
import { expect, it } from 'vitest'
import { createStore, jsonValues, memory, pipe, watch } from '../../src/index.ts'
import { buffered, cached } from '../../src/layers.ts'

/** A store whose `close` fails so many times. */
function failing(times: number) {
  const map = new Map<string, Uint8Array>([1, 2, 3].map(each => [`k${each}`, bytes('1')]))
  let closes = 0
  const store = createStore({
    name: 'failing',
    get: key => map.get(key),
    keys: () => map.keys(),
    set: (key, value) => void map.set(key, value),
    delete: key => void map.delete(key),
    async *watch({ signal }) {
      yield []
      await new Promise(resolve => signal?.addEventListener('abort', resolve))
    },
    close: () => {
      closes++
      if (closes <= times) throw new Error('busy')
    },
  })
  return { store, closes: () => closes }
}

it('leaves all views open, time and again, until it succeeds', async () => {
  const { store, closes } = failing(2)
  const top = pipe(store, jsonValues())
  for (const each of [1, 2]) {
    expect(await rejection(top.close())).toMatchObject({ code: 'Unknown', op: 'close' })
    await top.set('k', each)
    expect(await top.get('k')).toBe(each)
  }
  await Promise.all([top.close(), store.close()])
  expect(closes()).toBe(3)
  expect(await rejection(top.get('k'))).toMatchObject({ code: 'Closed' })
})

it('ends the listings that were under way: none begins anew, none looks complete', async () => {
  const { store } = failing(1)
  const listing = store.keys()[Symbol.asyncIterator]()
  expect(await listing.next()).toMatchObject({ value: 'k1' })
  await rejection(store.close())
  expect(await rejection(listing.next())).toMatchObject({ code: 'Closed', op: 'keys' })
  expect(await listing.next()).toEqual({ done: true, value: undefined })
  expect(await store.size()).toBe(3)
})

it('ends the watchers that were under way with Closed', async () => {
  const { store } = failing(1)
  const [idle, waiting] = [1, 2].map(() => watch(store)[Symbol.asyncIterator]())
  for (const each of [idle, waiting]) expect(await each?.next()).toMatchObject({ value: { missed: true } })
  const waits = rejection(waiting?.next() as Promise<unknown>)
  await rejection(store.close())
  expect(await waits).toMatchObject({ code: 'Closed', op: 'watch' })
  expect(await rejection(idle?.next() as Promise<unknown>)).toMatchObject({ code: 'Closed', op: 'watch' })
  expect(await idle?.next()).toEqual({ done: true, value: undefined })
})

it('of a buffer keeps the store below open for what it could not write', async () => {
  const place = memory()
  let isFull = true
  const full = createStore<string, Uint8Array>({
    name: 'full',
    get: key => place.get(key),
    keys: () => place.keys(),
    set: (key, value) => {
      if (isFull) throw new Error('full')
      return place.set(key, value)
    },
    delete: key => place.delete(key),
  })
  const store = buffered(full, { flushAfter: Number.POSITIVE_INFINITY })
  await store.set('a', bytes('one'))
  const error = await rejection(store.close())
  expect([...(error.failures?.keys() ?? [])]).toEqual(['a'])
  expect(text(await store.get('a'))).toBe('one')
  expect(await full.has('a')).toBe(false)
  isFull = false
  await store.close()
  expect(text(await place.get('a'))).toBe('one')
  expect(await rejection(full.get('a'))).toMatchObject({ code: 'Closed' })
})

it('of a store below a cache leaves the cache as it is', async () => {
  const { store } = failing(1)
  const near = memory()
  const troubles: unknown[] = []
  const fast = cached(store, { near, onCacheError: error => troubles.push(error) })
  await rejection(fast.close())
  expect(text(await fast.get('k1'))).toBe('1')
  expect(await near.has('k1')).toBe(true)
  expect(troubles).toEqual([])
  await fast.close()
  expect(await rejection(near.get('k1'))).toMatchObject({ code: 'Closed' })
})
