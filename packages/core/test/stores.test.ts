import { bytes, collect, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  children,
  fromMap,
  fromObject,
  guarantees,
  type ListOptions,
  memory,
  remove,
  rename,
  watch,
} from '../src/index.ts'
import { drill } from '../src/layers.ts'
import { viewBehind } from '../src/view/over.ts'

class Point {
  readonly x: number

  constructor(x: number) {
    this.x = x
  }
}

describe('drill', () => {
  const files = fromMap<string, unknown>(
    new Map<string, unknown>([
      ['a.json', { server: { port: 80, none: null, off: 0 }, list: [{ name: 'x' }], length: 3 }],
      ['b:c', { d: 1 }],
    ]),
  )

  it('reads whole values, fields of any depth and items of lists', async () => {
    const config = drill(files)
    expect(await config.get('a.json')).toEqual(await files.get('a.json'))
    expect(await config.get('a.json:server:port')).toBe(80)
    expect(await config.get('a.json:list:0:name')).toBe('x')
    expect(await config.get('a.json:length')).toBe(3)
    expect(await config.get('a.json:server:none')).toBeNull()
    for (const absent of ['a.json:server:none:x', 'a.json:server:off:x', 'a.json:list:length', 'a.json:x:y'])
      expect(await config.get(absent)).toBeUndefined()
  })

  it('takes another separator, at which no key may begin', async () => {
    expect(await drill(files, { separator: '/' }).get('b:c/d')).toBe(1)
    expect(await rejection(drill(files, { separator: '/' }).get('/d'))).toMatchObject({
      code: 'InvalidKey',
      detail: 'the key begins with the separator /',
      store: 'drill',
    })
    expect(() => drill(files, { separator: '' })).toThrow(
      new TypeError("drill: separator is a string that is not empty, not ''"),
    )
  })

  it('lists the keys of the store under it, as that store lists them', async () => {
    expect(await collect(drill(files).keys())).toEqual(['a.json', 'b:c'])
    expect(await collect(drill(files).keys({ prefix: 'b' }))).toEqual(['b:c'])
  })
})

describe('fromMap', () => {
  it('takes instances of classes for different keys, whatever they hold', async () => {
    const [one, other, third] = [new Point(1), new Point(1), new Point(1)]
    for (const store of [
      fromMap(new Map([[one, 'one']]).set(other, 'other')),
      fromMap<Point, string>(),
      fromMap<Point, string>(new Map()),
    ]) {
      await store.setMany([
        [one, 'one'],
        [other, 'other'],
      ])
      await store.set(third, 'third')
      expect([await store.get(one), await store.get(other), await store.get(third)]).toEqual([
        'one',
        'other',
        'third',
      ])
      await store.delete(other)
      expect(await collect(store.keys())).toEqual([one, third])
    }
  })

  it('takes an instance for another key than a plain object with the same fields', async () => {
    for (const store of [fromMap<object, string>(), fromMap<object, string>(new Map())]) {
      await store.set({ x: 1 }, 'plain')
      await store.delete(new Point(1))
      expect(await remove(store, new Point(1))).toBe(false)
      expect([await store.get({ x: 1 }), await store.get(new Point(1))]).toEqual(['plain', undefined])
      expect(await remove(store, { x: 1 })).toBe(true)
    }
  })

  it('takes `null` for a key', async () => {
    const store = fromMap(new Map([[null, 1]]))
    expect(await store.get(null)).toBe(1)
    await store.delete(null)
    expect(await store.size()).toBe(0)
  })

  it('takes a Map alone, without two keys of one content', () => {
    expect(() => fromMap({} as never)).toThrow(
      new TypeError(
        'fromMap takes a Map, not a value of type Object; of an object one is made by new Map(Object.entries(object))',
      ),
    )
    const twice = new Map([
      [['a'], 1],
      [['a'], 2],
    ])
    expect(() => fromMap(twice)).toThrow(
      new TypeError('fromMap: the map has two keys with the content ["a"]; leave one out'),
    )
    expect([...twice.keys()]).toEqual([['a'], ['a']])
  })
})

describe('fromObject', () => {
  it('reads, lists and changes own properties', async () => {
    const object: Record<string, number | undefined> = { a: 1, b: undefined }
    const store = fromObject(object)
    expect(await collect(store.keys())).toEqual(['a'])
    expect([await store.has('a'), await store.has('b'), await store.has('toString')]).toEqual([
      true,
      false,
      false,
    ])
    await store.set('__proto__', 5)
    expect(Object.keys(object)).toEqual(['a', 'b', '__proto__'])
    expect(await remove(store, 'a')).toBe(true)
    expect(await remove(store, 'a')).toBe(false)
    expect(await remove(store, 'b')).toBe(false)
    await store.delete('__proto__')
    expect(Object.keys(object)).toEqual([])
  })

  it('makes properties that others can change, of names of any length', async () => {
    const object: Record<string, number> = {}
    const store = fromObject(object)
    const long = 'k'.repeat(5000)
    await store.set(long, 1)
    object[long] = 2
    expect(await store.get(long)).toBe(2)
  })

  it('refuses to write what is frozen or sealed', async () => {
    const store = fromObject<number>(Object.freeze({ a: 1 }))
    for (const write of [
      () => store.set('a', 2),
      () => store.set('b', 2),
      () => store.delete('a'),
      () => remove(store, 'a'),
    ])
      expect(await rejection(write)).toMatchObject({
        code: 'ReadOnly',
        detail: 'the object is frozen or sealed',
        store: 'object',
      })
    expect(await store.get('a')).toBe(1)
  })
})

describe('memory', () => {
  it('promises an order and a bound where it has one', () => {
    expect(guarantees(memory())).toMatchObject({ order: 'none', reverse: false, maxValueBytes: null })
    expect(guarantees(memory({ order: 'utf8-bytes', maxBytes: 9 }))).toMatchObject({
      order: 'utf8-bytes',
      reverse: true,
      maxValueBytes: 9,
      batchAtomic: true,
    })
    expect(guarantees(fromMap())).toMatchObject({ batchAtomic: true })
    expect(() => memory({ maxBytes: 0 })).toThrow('memory: maxBytes is a whole number from 1')
  })

  it('lists keys as they were created, without those that came after the listing began', async () => {
    const store = memory()
    await store.setMany(['c', 'a', 'b'].map(key => [key, bytes(key)]))
    const listed: string[] = []
    for await (const key of store.keys()) {
      listed.push(key)
      if (key === 'c') {
        await store.set('d', bytes('d'))
        await store.delete('a')
      }
    }
    expect(listed).toEqual(['c', 'b'])
  })

  it('lists from, after and before a key, and backwards, where it keeps an order', async () => {
    const store = memory({ order: 'utf8-bytes' })
    // By UTF-16 code units the last two would change places.
    await store.setMany(['b', 'a', '\u{1f600}', '\uffee', 'ab'].map(key => [key, bytes(key)]))
    const listed = (options?: ListOptions<string>) => collect(store.keys(options))
    expect(await listed()).toEqual(['a', 'ab', 'b', '\uffee', '\u{1f600}'])
    expect(await listed({ reverse: true })).toEqual(['\u{1f600}', '\uffee', 'b', 'ab', 'a'])
    expect(await listed({ after: 'ab', before: '\u{1f600}' })).toEqual(['b', '\uffee'])
    expect(await listed({ from: 'ab', before: 'b' })).toEqual(['ab'])
    expect(await listed({ prefix: 'a', reverse: true })).toEqual(['ab', 'a'])
  })

  it('lists no key that was deleted while it listed in order', async () => {
    const store = memory({ order: 'utf8-bytes' })
    await store.setMany(['b', 'a', 'c'].map(key => [key, bytes(key)]))
    const listed: string[] = []
    for await (const key of store.keys()) {
      listed.push(key)
      await store.delete('b')
    }
    expect(listed).toEqual(['a', 'c'])
  })

  it('sorts no more keys than are wanted', async () => {
    const store = memory({ order: 'utf8-bytes' })
    await store.setMany(['b', 'a', 'ab', 'abc'].map(key => [key, bytes(key)]))
    const { driver } = viewBehind(store).source
    const listed = (options: object) => [...((driver.keys?.(options) ?? []) as Iterable<string>)]
    expect(listed({})).toEqual(['a', 'ab', 'abc', 'b'])
    expect(listed({ prefix: 'ab' })).toEqual(['ab', 'abc'])
    expect(listed({ after: 'ab' })).toEqual(['abc', 'b'])
    expect(listed({ from: 'ab' })).toEqual(['ab', 'abc', 'b'])
    expect(listed({ before: 'b' })).toEqual(['a', 'ab', 'abc'])
  })

  it.each([
    ['insertion', ['c', 'b/', 'a/']],
    ['utf8-bytes', ['a/', 'b/', 'c']],
  ] as const)('lists one level, in the order of %s', async (order, top) => {
    const store = memory({ order })
    await store.setMany(['c', 'b/x', 'a/y', 'b/z/1'].map(key => [key, bytes(key)]))
    const listed = async (prefix?: string) =>
      (await collect(children(store, prefix))).map(child => ('prefix' in child ? child.prefix : child.key))
    expect(await listed()).toEqual(top)
    expect(await listed('b/')).toEqual(['b/x', 'b/z/'])
    expect(await listed('x/')).toEqual([])
  })

  it('tells watchers of the keys that change, and of those that it forgets', async () => {
    const store = memory({ maxEntries: 2 })
    const changes = watch(store)[Symbol.asyncIterator]()
    const began = changes.next()
    await began
    await store.setMany(['a', 'b'].map(key => [key, bytes(key)]))
    expect((await changes.next()).value).toEqual({ key: 'a' })
    expect((await changes.next()).value).toEqual({ key: 'b' })
    await store.set('c', bytes('c'))
    expect((await changes.next()).value).toEqual({ key: 'c' })
    expect((await changes.next()).value).toEqual({ key: 'a' })
    await changes.return?.()
  })

  it('tells of each change when it was made, and changes the etag with the value', async () => {
    const store = memory()
    await store.set('a', bytes('x'), { contentType: 'text/plain' })
    const first = await store.stat('a')
    expect(first).toEqual({
      size: 1,
      etag: expect.any(String),
      modified: expect.any(Date),
      contentType: 'text/plain',
    })
    await store.set('a', bytes('xy'))
    const second = await store.stat('a')
    expect(Object.keys(second ?? {})).toEqual(['size', 'etag', 'modified'])
    expect(second?.size).toBe(2)
    expect(second?.etag).not.toBe(first?.etag)
  })

  it('says why a condition does not hold', async () => {
    const store = memory()
    await store.set('a', bytes('x'))
    const { etag } = (await store.stat('a')) as { etag: string }
    await store.set('a', bytes('y'))
    for (const [write, detail] of [
      [() => store.set('a', bytes('z'), { ifAbsent: true }), 'there is a value already'],
      [() => store.set('a', bytes('z'), { ifMatch: etag }), 'the value has changed since'],
      [() => store.delete('a', { ifMatch: etag }), 'the value has changed since'],
      [() => store.set('b', bytes('z'), { ifMatch: etag }), 'there is no value any more'],
    ] as const)
      expect(await rejection(write)).toMatchObject({ code: 'Conflict', detail })
    expect(await store.get('a')).toEqual(bytes('y'))
  })

  it('keeps the media type of what is renamed, and nothing under the old name', async () => {
    const store = memory({ maxEntries: 2 })
    await store.set('a', bytes('x'), { contentType: 'text/plain' })
    await rename(store, 'a', 'b')
    expect(await collect(store.keys())).toEqual(['b'])
    expect((await store.stat('b'))?.contentType).toBe('text/plain')
    const before = await store.stat('b')
    await rename(store, 'b', 'b')
    expect(await store.stat('b')).toEqual(before)
    expect(await store.get('b')).toEqual(bytes('x'))
    expect(await rejection(rename(store, 'a', 'c'))).toMatchObject({ code: 'NotFound' })
  })
})
