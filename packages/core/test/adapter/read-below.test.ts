import { bytes, rejection, text } from '@kvdol/test-support'
import { expect, it } from 'vitest'
import { reading } from '../../src/adapter.ts'
import { createStore, decodeValues, jsonValues, mapKeys, memory, pipe, prefix } from '../../src/index.ts'

it('gives at once what the driver has at once, and else a promise', async () => {
  const store = memory()
  await store.set('a', bytes('1'))
  const read = reading(store)
  expect(text(read('a', {}) as Uint8Array)).toBe('1')
  expect(read('b', {})).toBe(undefined)
  const slow = createStore({ name: 'slow', get: async () => bytes('2'), keys: () => [] })
  const pending = reading(slow)('a', {})
  expect(pending).toBeInstanceOf(Promise)
  expect(text(await pending)).toBe('2')
})

it('goes through keys and codecs as get does', async () => {
  const store = memory()
  await store.set('users/ann', bytes('{"name":"Ann"}'))
  const read = reading(pipe(store, mapKeys(prefix('users/')), jsonValues<{ name: string }>()))
  expect(read('ann', {})).toEqual({ name: 'Ann' })
})

it('gives bytes as the driver does, and plain ones to a codec and by the store over it', async () => {
  class Slices {
    readonly name = 'slices'
    readonly whole = Buffer.from('0123456789')
    get() {
      return this.whole.subarray(2, 5)
    }
    keys = () => []
  }
  const store = createStore<string, Uint8Array>(new Slices())
  expect(reading(store)('a', {})).toBeInstanceOf(Buffer)
  expect(reading(pipe(store, mapKeys(prefix('x/'))))('a', {})).toBeInstanceOf(Buffer)
  const seen: unknown[] = []
  const decoded = reading(
    pipe(
      store,
      decodeValues(value => seen.push(value)),
    ),
  )
  expect(decoded('a', {})).toBe(1)
  const over = createStore<string, Uint8Array>({ name: 'over', get: reading(store), keys: () => [] })
  for (const value of [...seen, await over.get('a')] as Uint8Array[]) {
    expect(Object.getPrototypeOf(value)).toBe(Uint8Array.prototype)
    expect(value.buffer.byteLength).toBe(3)
    expect(text(value)).toBe('234')
  }
})

it('fails with the outer key, at once or later', async () => {
  const store = memory()
  await store.set('users/ann', bytes('no JSON'))
  const read = reading(pipe(store, mapKeys(prefix('users/')), jsonValues()))
  expect(await rejection(() => read('ann', {}))).toMatchObject({ code: 'Corrupt', key: 'ann', op: 'get' })
  expect(await rejection(() => reading(store)('', {}))).toMatchObject({ code: 'InvalidKey' })
  const broken = createStore({
    name: 'broken',
    get: () => Promise.reject(new Error('the disk is on fire')),
    keys: () => [],
  })
  const later = reading(pipe(broken, mapKeys(prefix('x/'))))('a', {})
  expect(later).toBeInstanceOf(Promise)
  expect(await rejection(later as Promise<unknown>)).toMatchObject({ code: 'Unknown', key: 'a' })
})

it('reads nothing of a closed store, and closing waits for what is read', async () => {
  let answer: (value: Uint8Array) => void = () => {}
  let released = false
  const store = createStore({
    name: 'slow',
    get: () =>
      new Promise<Uint8Array>(resolve => {
        answer = resolve
      }),
    keys: () => [],
    close() {
      released = true
    },
  })
  const read = reading(store)
  const value = read('a', {})
  const closing = store.close()
  expect(await rejection(() => read('a', {}))).toMatchObject({ code: 'Closed' })
  expect(released).toBe(false)
  answer(bytes('1'))
  expect(text(await value)).toBe('1')
  await closing
  expect(released).toBe(true)
})

it('refuses what is no store', () => {
  expect(() => reading(new Map() as never)).toThrow('fromMap(map)')
})
