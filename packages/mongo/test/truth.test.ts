import { withService } from '@kvdol/services'
import { collect, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { documents } from '../src/index.ts'
import { openServer } from './support/server.ts'
import { THINGS, type Thing, thingsOn } from './support/things.ts'

await withService('mongo', url => {
  const server = openServer(url)

  const things = () => thingsOn(server)

  describe('what the types of documents say happens', () => {
    it('fields of the key are in no value, read or written', async () => {
      const collection = await things()
      const store = documents(collection, { key: ['color', '_id'] })
      expect(await store.get(['red', 1])).toEqual({ number: 10, dims: { x: 2 } })
      await store.set(['red', 9], { number: 90, dims: { x: 1 } })
      expect(await collection.findOne({ _id: 9 })).toEqual({
        _id: 9,
        color: 'red',
        number: 90,
        dims: { x: 1 },
      })
      const withColor = { color: 'blue', number: 1, dims: { x: 1 } } as never
      expect(await rejection(store.set(['red', 10], withColor))).toMatchObject({ code: 'InvalidValue' })
      expect(await store.has(['red', 10])).toBe(false)
    })

    it('a misspelled name of the key finds nothing, and writes nothing that is not in the store', async () => {
      const collection = await things()
      const store = documents(collection, { key: 'colour' as never, match: 'all' })
      expect(await store.get('red' as never)).toBe(undefined)
      expect(await collect(store.keys())).toEqual([])
    })

    it.each<[string, object]>([
      ['a part of a name', { key: 'dims.x' }],
      ['an operator', { value: ['$number'] }],
      ['an option', { vlaue: 'number' }],
      ['a direction', { sort: { number: 'up' } }],
    ])('what can be no name is refused before anything is sent: %s', async (_, options) => {
      const collection = server.collection<Thing>()
      expect(() => documents(collection, options as never)).toThrow(TypeError)
    })

    it('with a limit that is decided later it can only be read when there is one', async () => {
      const collection = await things()
      const numbers = (limit: number | undefined) => documents(collection, { value: 'number', limit })
      expect(await collect(numbers(2).keys())).toEqual([1, 2])
      expect(await collect(numbers(undefined).keys())).toEqual(THINGS.map(({ _id }) => _id))
      const written = (limit: number | undefined) => (numbers(limit) as never as Writable).set(1, 11)
      expect(await rejection(written(2))).toMatchObject({ code: 'ReadOnly' })
      await written(undefined)
      expect(await numbers(undefined).get(1)).toBe(11)
    })

    it('values are lists, or not, as match says that is decided later', async () => {
      const collection = await things()
      const numbers = (match: 'all' | 'unique' | undefined) =>
        documents(collection, { value: 'number', match })
      expect(await numbers('all').get(2)).toEqual([20])
      expect(await numbers('unique').get(2)).toBe(20)
      expect(await numbers(undefined).get(2)).toBe(20)
    })
  })
})

interface Writable {
  set(key: number, value: number): Promise<void>
}
