import { collect } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  filterKeys,
  fromMap,
  fromObject,
  jsonValues,
  mapKeys,
  mappedKeys,
  memory,
  oneOf,
  pipe,
  toObject,
  update,
} from '../../src/index.ts'
import { buffered, flush, memoize, nested, walk } from '../../src/layers.ts'

describe('paths into nested values', () => {
  it('48: flat by their paths, and nested again', async () => {
    const flat = await toObject(nested(fromObject<unknown>({ a: { b: 2 }, c: 3 }), { separator: '.' }))
    expect(flat).toEqual({ 'a.b': 2, c: 3 })
    const leaves = (await collect(walk({ a: { b: 2 }, c: 3 }))).map(([path]) => path.join('.'))
    expect(leaves).toEqual(['a.b', 'c'])
    const store = pipe(memory(), jsonValues())
    await nested(store, { separator: '.', create: true }).setMany(Object.entries(flat))
    expect(await toObject(store)).toEqual({ a: { b: 2 }, c: 3 })
  })

  it('49: an index is a name like another, and no attribute is', async () => {
    const paths = nested(fromObject<unknown>({ a: { b: [0, 1, { c: 'third' }] } }), { separator: '.' })
    expect(await paths.get('a.b.2.c')).toBe('third')
    expect(await paths.get('a.b[2].c')).toBeUndefined()
    expect(await paths.get('a.keys')).toBeUndefined()
  })

  it('some of them are a store of their own, also by other names', async () => {
    const paths = nested(fromObject<unknown>({ a: { b: 1, c: 2 }, d: 3 }), { separator: '.' })
    expect(await toObject(pipe(paths, filterKeys(oneOf(['a.b', 'd']))))).toEqual({ 'a.b': 1, d: 3 })
    expect(await toObject(pipe(paths, mapKeys(mappedKeys({ first: 'a.b' }))))).toEqual({ first: 1 })
  })
})

describe('a property that remembers', () => {
  it('70: is computed once for each instance, or once for all that share a cache', async () => {
    const runs: string[] = []
    const shared = fromMap<string, number>()
    class Circle {
      readonly radius: number
      readonly area: () => Promise<number>
      readonly length: () => Promise<number>

      constructor(radius: number) {
        this.radius = radius
        this.area = memoize(() => this.#run('area', Math.PI * radius ** 2))
        this.length = memoize(() => this.#run('length', 2 * Math.PI * radius), {
          cache: shared,
          name: 'Circle.length',
          key: () => [radius],
        })
      }

      #run(name: string, value: number): number {
        runs.push(`${name} of ${this.radius}`)
        return value
      }
    }
    for (const circle of [new Circle(1), new Circle(1), new Circle(2)]) {
      await circle.area()
      expect(await circle.area()).toBeCloseTo(Math.PI * circle.radius ** 2)
      await circle.length()
      expect(await circle.length()).toBeCloseTo(2 * Math.PI * circle.radius)
    }
    expect(runs).toEqual(['area of 1', 'length of 1', 'area of 1', 'area of 2', 'length of 2'])
    expect(await shared.size()).toBe(2)
  })
})

describe('adding to what is there', () => {
  it('133: extends the list at a key, and makes it where there is none', async () => {
    const store = pipe(memory(), jsonValues<number[]>())
    await store.set('k', [1])
    for (const more of [[2], [3]]) await update(store, 'k', (list = []) => [...list, ...more])
    await update(store, 'new', (list = []) => [...list, 4])
    expect(await toObject(store)).toEqual({ k: [1, 2, 3], new: [4] })
  })

  it('72: under keys that count, and nothing is written before the flush', async () => {
    const place = memory()
    const store = buffered(pipe(place, jsonValues<string>()), { flushAfter: Number.POSITIVE_INFINITY })
    const append = async (value: string) => await store.set(String(await store.size()), value)
    for (const value of ['x', 'y', 'z']) await append(value)
    expect(await place.size()).toBe(0)
    await flush(store)
    expect(await toObject(store)).toEqual({ 0: 'x', 1: 'y', 2: 'z' })
    await store.close()
  })
})
