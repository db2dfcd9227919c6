import { bytes, collect, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  filterKeys,
  fromMap,
  fromObject,
  getOr,
  jsonValues,
  mapKeys,
  mappedKeys,
  memory,
  oneOf,
  pipe,
  type Store,
  shared,
  textValues,
  toObject,
  update,
} from '../../src/index.ts'
import {
  appendable,
  buffered,
  cached,
  contentAddressed,
  fanout,
  fields,
  flatten,
  flush,
  fromField,
  grouped,
  memoize,
  nested,
  nonColliding,
  observed,
  onOverwrite,
  overlay,
  setUnique,
  tiered,
  timestamp,
  walk,
} from '../../src/layers.ts'

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

describe('a confirmed overwrite', () => {
  it('32: the same value asks nothing, a refusal keeps the old one, and a new key is written', async () => {
    const asked: unknown[] = []
    const place = pipe(memory(), textValues())
    const policy = ({ key, old, value }: { key: string; old: string; value: string }) => {
      asked.push([key, old, value])
      return value === 'yes'
    }
    const store = pipe(place, onOverwrite({ policy }))
    await store.set('a', 'old')
    await store.set('a', 'old')
    expect(asked).toEqual([])
    expect(await rejection(store.set('a', 'no'))).toMatchObject({ code: 'Conflict', key: 'a' })
    expect(await store.get('a')).toBe('old')
    await store.set('a', 'yes')
    await store.set('b', 'new')
    expect(await toObject(place)).toEqual({ a: 'yes', b: 'new' })
    expect(asked).toEqual([
      ['a', 'old', 'no'],
      ['a', 'old', 'yes'],
    ])
  })
})

describe('a nested store', () => {
  it('50: those of the paths that end in a name are found', async () => {
    const found: unknown[] = []
    for await (const [path] of walk({ a: { b: 1, c: { b: 2 } } })) if (path.at(-1) === 'b') found.push(path)
    expect(found).toEqual([
      ['a', 'b'],
      ['a', 'c', 'b'],
    ])
  })

  it('51: is read and written by paths, and makes nothing on the way unless it may', async () => {
    const store = pipe(memory(), jsonValues())
    await store.set('a', { b: { c: 42 } })
    const paths = nested(store, { separator: '/' })
    expect([await paths.get('a/b/c'), await paths.has('a/b')]).toEqual([42, true])
    await paths.set('a/new', 1)
    expect(await store.get('a')).toEqual({ b: { c: 42 }, new: 1 })
    expect(await rejection(paths.set('x/new', 1))).toMatchObject({ code: 'NotFound', key: 'x/new' })
    expect(await store.has('x')).toBe(false)
  })

  it('52: what is made may be vetoed, capped and watched', async () => {
    const store = pipe(memory(), jsonValues())
    await nested(store, { separator: '/', create: true }).set('x/y/z', 1)
    expect(await toObject(store)).toEqual({ x: { y: { z: 1 } } })
    const made: string[] = []
    const create = (path: readonly string[]) => {
      made.push(path.join('/'))
      return path[0] !== 'no' && made.length < 4
    }
    const careful = nested(store, { separator: '/', create })
    await careful.set('p/q/r', 1)
    expect(await rejection(careful.set('no/q', 1))).toMatchObject({ code: 'NotFound' })
    expect(await rejection(careful.set('more/q', 1))).toMatchObject({ code: 'NotFound' })
    expect(made).toEqual(['p', 'p/q', 'no', 'more'])
    expect(await toObject(store)).toEqual({ x: { y: { z: 1 } }, p: { q: { r: 1 } } })
  })

  it('53: what is set inside a JSON value is in the file', async () => {
    const files = memory()
    const store = pipe(files, jsonValues())
    await store.set('a', { x: { y: 1 } })
    await nested(store).set('a:x:y', 5)
    await fields({ store, key: 'a' }, ['x']).set('z', 6)
    expect(new TextDecoder().decode(await files.get('a'))).toBe('{"x":{"y":5,"z":6}}')
  })

  it('54: no way leads through a value without fields, and nothing is written', async () => {
    const store = pipe(memory(), jsonValues())
    await store.set('a', { b: 1 })
    expect(await rejection(nested(store, { create: true }).set('a:b:c', 2))).toMatchObject({
      code: 'InvalidKey',
      reason: 'prefix-of-other',
      key: 'a:b:c',
    })
    expect(await store.get('a')).toEqual({ b: 1 })
  })

  it('55: a walk gives the leaves, and nothing for an empty branch', async () => {
    expect(await collect(walk({ a: 1, b: { c: 2, d: {} } }))).toEqual([
      [['a'], 1],
      [['b', 'c'], 2],
    ])
  })

  it('56: a store of stores is flat by pairs, and what is written lies inside', async () => {
    const inside = fromMap(
      new Map([
        ['x', 1],
        ['y', 2],
      ]),
    )
    const flat = flatten(
      fromMap(
        new Map([
          ['a', inside],
          ['b', fromMap(new Map([['z', 3]]))],
        ]),
      ),
    )
    expect(await collect(flat.keys())).toEqual([
      ['a', 'x'],
      ['a', 'y'],
      ['b', 'z'],
    ])
    expect([await flat.get(['a', 'y']), await flat.has(['a', 'y'])]).toEqual([2, true])
    await flat.set(['a', 'z'], 4)
    await flat.delete(['a', 'x'])
    expect(await toObject(inside)).toEqual({ y: 2, z: 4 })
  })
})

describe('caches', () => {
  /** A store of texts, and the keys that are read from it. */
  function counted() {
    const place = memory()
    const reads: unknown[] = []
    const end = ({ op, key }: { op: string; key?: unknown }) => void (op === 'get' && reads.push(key))
    const store = pipe(place, observed({ end }), textValues())
    return { place: pipe(shared(place), textValues()), reads, store }
  }

  it('64: a value is read once, and never stale after a write or a deletion', async () => {
    const { place, reads, store } = counted()
    await place.set('a', '1')
    const near = cached(store)
    expect([await near.get('a'), await near.get('a')]).toEqual(['1', '1'])
    expect(reads).toEqual(['a'])
    await near.set('a', '2')
    expect(await near.get('a')).toBe('2')
    await near.delete('a')
    expect(await near.get('a')).toBeUndefined()
  })

  it('66: what the far tier has comes near, and what is set is in all tiers', async () => {
    const [near, disk] = [pipe(memory(), textValues()), pipe(memory(), textValues())]
    await disk.set('a', '1')
    const store = tiered([near, disk])
    await store.get('a')
    expect(await near.get('a')).toBe('1')
    await store.set('b', '2')
    expect([await near.get('b'), await disk.get('b')]).toEqual(['2', '2'])
    const later = buffered(disk, { flushAfter: Number.POSITIVE_INFINITY })
    await later.set('c', '3')
    expect([await later.get('c'), await disk.get('c')]).toEqual(['3', undefined])
    await flush(later)
    expect(await disk.get('c')).toBe('3')
  })

  it('67: a cascade copies what it finds, writes to all, deletes from all, and finds nothing where nothing is', async () => {
    const [first, second] = [fromMap<string, number>(), fromMap(new Map([['x', 1]]))]
    const store = tiered([first, second])
    expect(await store.get('x')).toBe(1)
    expect(await first.get('x')).toBe(1)
    await store.set('y', 2)
    expect([await first.get('y'), await second.get('y')]).toEqual([2, 2])
    await store.delete('y')
    expect([await first.has('y'), await second.has('y')]).toEqual([false, false])
    expect(await rejection(store.getOrThrow('z'))).toMatchObject({ code: 'NotFound', key: 'z' })
  })

  it('68: a default counts as the argument that it stands for, and what is ignored does not count', async () => {
    const runs: unknown[] = []
    const run = (a: number, b = 2, mode = 'fast') => runs.push([a, b, mode])
    const m = memoize(run, { key: (a: number, b = 2) => [a, b] })
    expect([await m(1), await m(1, 2), await m(1, 2, 'slow'), await m(1, 3)]).toEqual([1, 1, 1, 2])
  })

  it('69: two functions with one cache never collide, and neither do 1 and "1"', async () => {
    const cache = fromMap<string, string>()
    const [f, g] = ['f', 'g'].map(name => memoize((value: unknown) => name + typeof value, { cache }))
    expect([await f?.(1), await f?.('1'), await g?.(1), await f?.(1)]).toEqual([
      'fnumber',
      'fstring',
      'gnumber',
      'fnumber',
    ])
  })

  it('71: two writes make a flush, reads see what waits, and close writes the rest', async () => {
    const { place } = counted()
    const store = buffered(place, { flushAt: 2, flushAfter: Number.POSITIVE_INFINITY })
    await store.set('a', '1')
    expect([await store.get('a'), await place.size()]).toEqual(['1', 0])
    await store.set('b', '2')
    expect(await toObject(place)).toEqual({ a: '1', b: '2' })
    const last = buffered(shared(place), { flushAt: 2, flushAfter: Number.POSITIVE_INFINITY })
    await last.set('c', '3')
    await last.close()
    expect(await place.get('c')).toBe('3')
  })
})

describe('several stores as one', () => {
  it('130: the first that has it; side by side as a record', async () => {
    const all = overlay([fromMap(new Map([['a', 1]])), fromObject<number>({ a: 2, b: 3 })])
    expect(await toObject(all)).toEqual({ a: 1, b: 3 })
    const [A, B] = [fromMap(new Map([['k', 1]])), fromMap(new Map([['k', 2]]))]
    const both = fanout({ A, B })
    expect(await both.get('k')).toEqual({ A: 1, B: 2 })
    expect(await getOr(both, 'none', { A: 0 })).toEqual({ A: 0 })
    await both.set('k', { A: 7, B: 8 })
    expect([await A.get('k'), await B.get('k')]).toEqual([7, 8])
  })

  it('131: equal groups are one, consecutive or not', async () => {
    const store = fromMap(
      new Map([
        ['k1/x', 1],
        ['k2/x', 3],
        ['k1/y', 2],
      ]),
    )
    const groups = grouped(store, key => key.slice(0, 2))
    expect(await toObject(groups)).toEqual({ k1: [1, 2], k2: [3] })
  })
})

describe('keys that are made', () => {
  it('132: of a field, given back, and of the time, never twice', async () => {
    const numbers = mapKeys<Store<string, { ts: number; v: number }>, number>({
      decode: Number,
      encode: String,
    })
    const readings = appendable(
      pipe(memory(), jsonValues<{ ts: number; v: number }>(), numbers),
      fromField('ts'),
    )
    expect(await readings.append({ ts: 1, v: 2 })).toBe(1)
    expect(
      await readings.appendMany([
        { ts: 2, v: 3 },
        { ts: 3, v: 4 },
      ]),
    ).toEqual([2, 3])
    expect(await readings.get(1)).toEqual({ ts: 1, v: 2 })
    const log = appendable(pipe(memory(), textValues()), timestamp({ now: () => 0 }))
    const keys = await Promise.all(['a', 'b', 'c'].map(line => log.append(line)))
    expect(new Set(keys).size).toBe(3)
  })

  it('134: beside what is there', async () => {
    const store = pipe(memory(), textValues())
    for (const name of ['file.txt', 'file (1).txt', 'file (2).txt']) {
      expect(await nonColliding(store, 'file.txt')).toBe(name)
      expect(await setUnique(store, 'file.txt', 'x')).toBe(name)
    }
    await store.set('a.b.txt', 'x')
    expect(await nonColliding(store, 'a.b.txt')).toBe('a.b (1).txt')
  })

  it('135: of the content: equal bytes are one entry, and a wrong key is refused', async () => {
    const store = contentAddressed(memory())
    const [one, two] = [await store.add(bytes('abc')), await store.add(bytes('abc'))]
    expect([one, await store.size()]).toEqual([two, 1])
    expect(one).toMatch(/^ba7816bf/)
    expect(await rejection(store.set('other', bytes('abc')))).toMatchObject({ code: 'InvalidKey' })
    expect(await store.size()).toBe(1)
  })
})
