import { bytes, collect } from '@kvdol/test-support'
import { expect, it } from 'vitest'
import { memory, pipe } from '../../src/index.ts'
import { cachedKeys } from '../../src/layers.ts'

const v = bytes('v')

it('keys that are given are read once, when they are given', async () => {
  const source = ['c', 'a', 'b']
  const transform = cachedKeys<ReturnType<typeof memory>>({ keys: source.values() })
  source.push('late')
  for (const store of [pipe(memory(), transform), pipe(memory(), transform)]) {
    expect(await collect(store.keys())).toEqual(['c', 'a', 'b'])
    store.refreshKeys()
    expect(await collect(store.keys())).toEqual(['c', 'a', 'b'])
  }
})

it('writes before the first listing are listed', async () => {
  const store = pipe(memory(), cachedKeys({ keys: ['a', 'b'] }))
  await store.set('c', v)
  await store.delete('a')
  expect(await collect(store.keys())).toEqual(['b', 'c'])
  expect(await store.size()).toBe(2)
})

it('writes before the first listing of a store that is asked are listed', async () => {
  const store = pipe(memory({ order: 'utf8-bytes' }), cachedKeys({ sort: true }))
  await store.set('b', v)
  await store.set('a', v)
  await store.delete('b')
  expect(await collect(store.keys())).toEqual(['a'])
})

it('one list serves several stores, each with its own writes', async () => {
  const transform = cachedKeys<ReturnType<typeof memory>>({ keys: new Set(['a']) })
  const [one, other] = [pipe(memory(), transform), pipe(memory(), transform)]
  await one.set('b', v)
  expect(await collect(one.keys())).toEqual(['a', 'b'])
  expect(await collect(other.keys())).toEqual(['a'])
})

it('sorts what is given, by bytes or as asked', async () => {
  const keys = ['b', 'a', 'c']
  expect(await collect(pipe(memory(), cachedKeys({ keys, sort: true })).keys())).toEqual(['a', 'b', 'c'])
  const backwards = (a: string, b: string) => (a < b ? 1 : -1)
  expect(await collect(pipe(memory(), cachedKeys({ keys, sort: backwards })).keys())).toEqual(['c', 'b', 'a'])
  expect(keys).toEqual(['b', 'a', 'c'])
})
