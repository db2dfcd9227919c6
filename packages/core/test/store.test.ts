import { bytes, collect } from '@kvdol/test-support'
import { describe, expect, it, vi } from 'vitest'
import {
  affix,
  createStore,
  filterKeys,
  fromMap,
  type KeyCodec,
  mapKeys,
  mapValues,
  memory,
  pipe,
  prefix,
  readOnly,
  suffix,
} from '../src/index.ts'

const keysOf = Map.prototype.keys

const affixed = (before: string, after = ''): KeyCodec<string, string> => ({
  decode: key =>
    key.startsWith(before) && key.endsWith(after)
      ? key.slice(before.length, key.length - after.length)
      : undefined,
  encode: key => before + key + after,
  prefix: (outer = '') => before + outer,
  keys: 'string',
  ordered: after === '',
})

describe('a store', () => {
  it('starts empty, keeps insertion order, and reads back what was set', async () => {
    const store = fromMap<string, string>()
    expect(await collect(store.keys())).toEqual([])
    await store.set('foo', 'bar')
    expect(await store.has('foo')).toBe(true)
    expect(await store.get('foo')).toBe('bar')
    expect(await collect(store)).toEqual([['foo', 'bar']])
    expect(await collect(store.values())).toEqual(['bar'])
    await store.set('another', 'x')
    await store.set('foo', 'baz')
    expect(await collect(store.keys())).toEqual(['foo', 'another'])
    expect(await store.size()).toBe(2)
  })

  it('getOrThrow rejects NotFound with the key, get gives undefined', async () => {
    const store = memory()
    expect(await store.get('x')).toBeUndefined()
    await expect(store.getOrThrow('x')).rejects.toMatchObject({
      code: 'NotFound',
      key: 'x',
      op: 'getOrThrow',
      store: 'memory',
    })
  })

  it('key and value transforms run in the order of the original', async () => {
    const trace: string[] = []
    const traced = (step: string, result: string) => {
      trace.push(step)
      return result
    }
    const inner = new Map<string, string>()
    const store = pipe(
      fromMap(inner),
      mapValues({
        decode: (value: string, key: string) => traced(`value-decode(${value},${key})`, `${value}|r`),
        encode: (value: string, key: string) => traced(`value-encode(${value},${key})`, `${value}|w`),
      }),
      mapKeys({
        decode: (key: string): string | undefined => traced(`key-decode(${key})`, key.slice(0, -1)),
        encode: (key: string) => traced(`key-encode(${key})`, `${key}!`),
      }),
      mapValues({
        decode: (value: string, key: string) => traced(`postget(${key},${value})`, `${value}|g`),
        encode: (value: string, key: string) => traced(`preset(${key},${value})`, `${value}|p`),
      }),
    )
    await store.set('a', 'v')
    expect([...inner]).toEqual([['a!', 'v|p|w']])
    expect(trace.splice(0)).toEqual(['preset(a,v)', 'key-encode(a)', 'value-encode(v|p,a!)'])
    expect(await store.get('a')).toBe('v|p|w|r|g')
    expect(trace.splice(0)).toEqual(['key-encode(a)', 'value-decode(v|p|w,a!)', 'postget(a,v|p|w|r)'])
    expect(await store.has('a')).toBe(true)
    expect(trace.splice(0)).toEqual(['key-encode(a)'])
    expect(await collect(store.keys())).toEqual(['a'])
    expect(trace.splice(0)).toEqual(['key-decode(a!)'])
  })

  it('prefix layers nest, the outer closest to the user', async () => {
    const inner = new Map<string, Uint8Array>()
    const store = pipe(fromMap(inner), mapKeys(affixed('in/')), mapKeys(affixed('out/')))
    await store.set('k', bytes('v'))
    expect([...inner.keys()]).toEqual(['in/out/k'])
    expect(await collect(store.keys())).toEqual(['k'])
  })

  it('a filter hides on every path and refuses writes', async () => {
    const base = fromMap(
      new Map([
        ['a.txt', 1],
        ['b.md', 2],
      ]),
    )
    const store = pipe(
      base,
      filterKeys(key => key.endsWith('.txt')),
    )
    expect(await collect(store.keys())).toEqual(['a.txt'])
    expect(await store.size()).toBe(1)
    expect(await store.has('b.md')).toBe(false)
    expect(await store.get('b.md')).toBeUndefined()
    await expect(store.set('b.md', 3)).rejects.toMatchObject({ code: 'ReadOnly', key: 'b.md' })
    await expect(store.delete('b.md')).rejects.toMatchObject({ code: 'ReadOnly' })
    expect(await base.get('b.md')).toBe(2)
  })

  it('a read-only view refuses writes, also through transforms on top', async () => {
    const store = pipe(memory(), readOnly, mapKeys(affixed('a/'))) as ReturnType<typeof memory>
    await expect(store.set('k', bytes('v'))).rejects.toMatchObject({ code: 'ReadOnly' })
    await expect(store.delete('k')).rejects.toMatchObject({ code: 'ReadOnly' })
    await expect(store.setMany([['k', bytes('v')]])).rejects.toMatchObject({ code: 'ReadOnly' })
    await expect(store.deleteMany(['k'])).rejects.toMatchObject({ code: 'ReadOnly' })
  })

  it('batches, lists and reads many', async () => {
    const store = pipe(memory({ order: 'utf8-bytes' }), mapKeys(affixed('p/')))
    await store.setMany(Array.from({ length: 2501 }, (_, i) => [`k${i}`, bytes(String(i))] as const))
    expect(await store.size()).toBe(2501)
    expect(await collect(store.keys({ prefix: 'k250' }))).toEqual(['k250', 'k2500'])
    expect(await collect(store.keys({ after: 'k998', limit: 2 }))).toEqual(['k999'])
    const pairs = await collect(store.getMany(['k3', 'x', 'k1']))
    expect(pairs.map(([key, value]) => [key, value && new TextDecoder().decode(value)])).toEqual([
      ['k3', '3'],
      ['x', undefined],
      ['k1', '1'],
    ])
    await store.deleteMany(store.keys())
    expect(await collect(store)).toEqual([])
  })

  it('refuses bad keys, values and options before the driver is called', async () => {
    const calls: string[] = []
    const spy = createStore({
      name: 'spy',
      get: () => void calls.push('get'),
      keys() {
        calls.push('keys')
        return []
      },
      set: () => void calls.push('set'),
      delete: () => void calls.push('delete'),
    })
    for (const key of [
      '',
      'x\uD800',
      'k'.repeat(1025),
      1,
      null,
      undefined,
      { $ne: null },
      ['a'],
      Symbol('x'),
    ] as string[]) {
      await expect(spy.get(key)).rejects.toMatchObject({ code: 'InvalidKey' })
      await expect(spy.has(key)).rejects.toMatchObject({ code: 'InvalidKey' })
      await expect(spy.set(key, bytes('v'))).rejects.toMatchObject({ code: 'InvalidKey' })
      await expect(spy.delete(key)).rejects.toMatchObject({ code: 'InvalidKey' })
    }
    for (const value of ['x', 1, null, undefined, {}, new Float64Array(1)] as unknown as Uint8Array[])
      await expect(spy.set('k', value)).rejects.toMatchObject({ code: 'InvalidValue' })
    for (const options of [
      { ifAbsent: true },
      { ifMatch: 'x' },
      { ttl: 5 },
      { ifMatch: undefined },
    ] as object[])
      await expect(spy.set('k', bytes('v'), options)).rejects.toMatchObject({ name: 'StoreError' })
    await expect(spy.get('k', { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'Aborted' })
    expect(calls).toEqual([])
  })

  it('checks batches as single writes, also when the driver takes them whole', async () => {
    const taken: unknown[] = []
    const small = createStore({
      name: 'small',
      guarantees: { maxValueBytes: 4 },
      get: () => undefined,
      keys: () => [],
      set: () => {},
      delete: () => {},
      setMany: entries => void taken.push(...entries),
    })
    await expect(small.setMany([['a', new Uint8Array(5)]])).rejects.toMatchObject({ code: 'TooLarge' })
    const wrong = pipe(memory(), mapValues({ decode: () => 1, encode: () => 'text' as never }))
    await expect(wrong.setMany([['a', 1]])).rejects.toMatchObject({ code: 'InvalidValue' })
    expect(taken).toEqual([])
  })

  it('puts one listener on a signal, however many calls share it, and takes it away again', async () => {
    const { signal } = new AbortController()
    let listeners = 0
    const add = signal.addEventListener.bind(signal)
    const remove = signal.removeEventListener.bind(signal)
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners++
      add(...args)
    }
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners--
      remove(...args)
    }
    const most: number[] = []
    const store = createStore({
      name: 'slow',
      keys: () => ['a'],
      get: async () => {
        await new Promise(resolve => setImmediate(resolve))
        most.push(listeners)
        return bytes('v')
      },
    })
    await Promise.all(Array.from({ length: 50 }, () => store.get('a', { signal })))
    expect(Math.max(...most)).toBe(1)
    expect(listeners).toBe(0)
  })
})

describe('a map of the user’s', () => {
  it('gets nothing but what is set, also where it is no plain map', async () => {
    const map = new Map<unknown, string>([[['a'], 'x']])
    const put: unknown[] = []
    map.set = (key, value) => {
      put.push(key)
      return Map.prototype.set.call(map, key, value)
    }
    const store = fromMap(map)
    expect(await store.get(['a'])).toBe('x')
    expect(await store.get(['b'])).toBeUndefined()
    Map.prototype.set.call(map, ['c'], 'y')
    expect(await store.get(['c'])).toBe('y')
    await store.set(['d'], 'z')
    expect(put).toEqual([['d']])
  })

  it('is looked through once, and then only what is put into it later', async () => {
    const map = new Map<unknown, string>([[['a'], 'x']])
    let looks = 0
    const keys = vi.spyOn(Map.prototype, 'keys').mockImplementation(function (this: Map<unknown, unknown>) {
      if (this === map) looks++
      return keysOf.call(this)
    })
    try {
      const store = fromMap(map)
      for (const key of [['a'], ['b'], ['b']]) await store.get(key)
      map.set(['b'], 'y')
      expect(await store.get(['b'])).toBe('y')
      expect(looks).toBe(1)
    } finally {
      keys.mockRestore()
    }
  })

  it('may hold the key undefined, which is no other key', async () => {
    const store = fromMap(new Map<unknown, string>([[undefined, 'x']]))
    expect(await store.get(['a'])).toBeUndefined()
    await store.set(['a'], 'y')
    expect(await store.get(['a'])).toBe('y')
    await store.delete(['a'])
    expect(await store.size()).toBe(1)
  })
})

describe('neighbouring affixes', () => {
  it('merge into one, and stay what they are separately', async () => {
    const inner = new Map<string, number>()
    const layers = [affix('a/', '.x'), prefix('b/'), suffix('.y'), affix('c', 'd')]
    const merged = layers.reduce((store, codec) => pipe(store, mapKeys(codec)), fromMap(inner))
    const apart = layers.reduce(
      (store, codec) =>
        pipe(
          store,
          filterKeys(() => true),
          mapKeys(codec),
        ),
      fromMap(inner),
    )
    await merged.set('k', 1)
    expect([...inner.keys()]).toEqual(['a/b/ckd.y.x'])
    for (const key of ['a/b/cd.y.x', 'a/b/c.y.x', 'a/b/ckd.yx', 'a/ckd.y.x', 'zckd', 'a/b/cckdd.y.x'])
      inner.set(key, 2)
    expect(await collect(merged)).toEqual(await collect(apart))
    expect(await collect(merged.keys())).toEqual(['k', 'ckd'])
    expect(await collect(merged.keys({ prefix: 'c' }))).toEqual(['ckd'])
    expect(await apart.get('k')).toBe(1)
    await expect(merged.get('')).rejects.toMatchObject({ code: 'InvalidKey' })
  })
})

describe('a prefix of keys that are no strings', () => {
  it('finds equal parts, also where they are objects', async () => {
    class ObjectId {
      readonly #hex: string
      constructor(hex: string) {
        this.#hex = hex
      }
      toJSON(): string {
        return this.#hex
      }
    }
    const parts = [() => new ObjectId('0a'), () => new Date(7), () => new Uint8Array([1, 2]), () => 5n]
    const others = [new ObjectId('0b'), new Date(8), new Uint8Array([1, 3]), 6n, '0a']
    const store = fromMap<[unknown, number], string>()
    for (const [index, part] of [...parts.map(make => make()), ...others].entries())
      await store.set([part, index], 'v')
    for (const [index, make] of parts.entries())
      expect((await collect(store.keys({ prefix: [make()] }))).map(key => key[1])).toEqual([index])
  })
})
