import { bytes, collect, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { createStore, fromMap, guarantees, memory, type Reader, type Store } from '../src/index.ts'
import { layer } from '../src/layers.ts'
import { METHOD_NAMES, METHODS } from '../src/methods.ts'

/** A store whose driver notes which of its methods are called, and has all of them. */
function spied() {
  const calls: string[] = []
  const base = memory()
  const note =
    <A extends unknown[], R>(name: string, work: (...args: A) => R) =>
    (...args: A): R => {
      calls.push(name)
      return work(...args)
    }
  const store = createStore({
    name: 'spied',
    guarantees: { batchAtomic: true },
    get: note('get', key => base.get(key)),
    keys: note('keys', () => base.keys()),
    has: note('has', key => base.has(key)),
    stat: note('stat', key => base.stat(key)),
    getMany: note('getMany', keys => Promise.all(keys.map(key => base.get(key)))),
    entryPages: note('entryPages', async function* () {
      for await (const entry of base.entries()) yield [entry]
    }),
    set: note('set', (key, value) => base.set(key, value)),
    setMany: note('setMany', entries => base.setMany(entries)),
    delete: note('delete', key => base.delete(key)),
    deleteMany: note('deleteMany', keys => base.deleteMany(keys)),
  })
  return { store, calls }
}

describe('a layer', () => {
  it('that changes get drops every way around it', async () => {
    const { store, calls } = spied()
    await store.set('a', bytes('1'))
    const shouting = layer(store, 'shouting', { get: async key => (await store.get(key)) && bytes('!') })
    calls.length = 0
    expect(await collect(shouting.entries())).toEqual([['a', bytes('!')]])
    expect(await collect(shouting.getMany(['a']))).toEqual([['a', bytes('!')]])
    expect(await shouting.stat('a')).toEqual({ size: 1 })
    expect(await shouting.has('a')).toBe(true)
    expect(new Set(calls)).toEqual(new Set(['get', 'keys']))
  })

  it('that changes set drops batches, and their atomicity, but not deletes', async () => {
    const { store, calls } = spied()
    const counted = layer(store, 'counted', { set: (key, value) => store.set(key, value) })
    expect(guarantees(counted).batchAtomic).toBe(false)
    await counted.setMany([['a', bytes('1')]])
    await counted.deleteMany(['a'])
    expect(calls).toEqual(['set', 'deleteMany'])
  })

  it('keeps what is said to agree', async () => {
    const { store, calls } = spied()
    const same = layer(store, 'same', { get: key => store.get(key), has: 'below' })
    await same.has('a')
    expect(calls).toEqual(['has'])
  })

  it('that changes nothing has every method of the store', async () => {
    const { store, calls } = spied()
    const same = layer(store, 'same', {}) as Store<string, Uint8Array>
    await same.setMany([['a', bytes('1')]])
    await collect(same.getMany(['a']))
    await collect(same.entries())
    expect(calls).toEqual(['setMany', 'getMany', 'entryPages'])
  })

  it('may list in pages alone', async () => {
    const listed = layer(memory(), 'listed', {
      get: () => bytes('1'),
      async *keyPages() {
        yield ['a', 'b']
      },
    })
    expect(await collect(listed.keys())).toEqual(['a', 'b'])
    expect(await listed.size()).toBe(2)
  })

  it('over a reader is a reader, whatever it brings', async () => {
    const reader: Reader<string, string> = createStore<string, string>({
      name: 'reader',
      valueType: 'any',
      get: () => 'v',
      keys: () => ['k'],
    })
    const layered = layer(reader, 'writing', { set: () => {} }) as Store<string, string>
    expect(await rejection(layered.set('k', 'v'))).toMatchObject({ code: 'ReadOnly' })
  })

  it('refuses a method that drivers do not have', () => {
    expect(() => layer(fromMap(), 'odd', { gte: () => {} } as never)).toThrow(
      /no method "gte"; there are get/,
    )
  })
})

it('what a method must agree with is a method too', () => {
  for (const method of METHOD_NAMES)
    for (const from of METHODS[method].from) expect(METHOD_NAMES).toContain(from)
})
