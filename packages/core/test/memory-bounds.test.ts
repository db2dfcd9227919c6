import { bytes, collect, rejection } from '@kvdol/test-support'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { memory, rename } from '../src/index.ts'
import { Recent } from '../src/stores/recent.ts'

it('a memory of so many values drops those read or written least recently', async () => {
  const store = memory({ maxEntries: 2 })
  await store.set('a', bytes('1'))
  await store.set('b', bytes('2'))
  await store.get('a')
  await store.set('c', bytes('3'))
  expect(await collect(store.keys())).toEqual(['a', 'c'])
  await store.set('a', bytes('4'))
  await store.set('d', bytes('5'))
  expect(await collect(store.keys())).toEqual(['a', 'd'])
  await store.setMany(['x', 'y', 'z'].map(key => [key, bytes(key)]))
  expect(await collect(store.keys())).toEqual(['y', 'z'])
  await rename(store, 'y', 'w')
  expect(await store.size()).toBe(2)
})

it('a memory of so many bytes counts what is there, and refuses what never fits', async () => {
  const store = memory({ maxBytes: 10 })
  await store.set('a', new Uint8Array(6))
  await store.set('b', new Uint8Array(4))
  expect(await store.size()).toBe(2)
  await store.set('b', new Uint8Array(5))
  expect(await collect(store.keys())).toEqual(['b'])
  await store.set('b', new Uint8Array(1))
  await store.set('c', new Uint8Array(9))
  expect(await store.size()).toBe(2)
  expect(await rejection(store.set('d', new Uint8Array(11)))).toMatchObject({ code: 'TooLarge', key: 'd' })
  expect(await store.size()).toBe(2)
  await store.delete('c')
  await store.set('d', new Uint8Array(9))
  expect(await store.size()).toBe(2)
})

it('drops in the order of use, whatever is done', () => {
  const step = fc.tuple(
    fc.constantFrom('get', 'set', 'delete'),
    fc.integer({ min: 0, max: 6 }),
    fc.integer({ min: 0, max: 5 }),
  )
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 5, max: 12 }),
      fc.array(step),
      (most, weight, steps) => {
        const recent = new Recent<number, number>(most, weight)
        const model: [number, number][] = []
        for (const [name, key, size] of steps) {
          const index = model.findIndex(([known]) => known === key)
          const [known] = index < 0 ? [] : model.splice(index, 1)
          if (name === 'get') {
            expect(recent.get(key)).toBe(known?.[1])
            if (known) model.push(known)
          } else if (name === 'delete') expect(recent.delete(key)).toBe(known !== undefined)
          else {
            model.push([key, size])
            const gone: number[] = []
            while (model.length > most || model.reduce((sum, [, each]) => sum + each, 0) > weight)
              gone.push((model.shift() as [number, number])[0])
            expect(recent.set(key, size, size).map(([each]) => each)).toEqual(gone)
          }
          expect(recent.size).toBe(model.length)
        }
      },
    ),
  )
})
