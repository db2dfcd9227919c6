import { collect } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { driverOf } from '../src/adapter.ts'
import {
  at,
  clear,
  decodeValues,
  endsWith,
  explain,
  filterKeys,
  first,
  fromMap,
  getOrInsert,
  inner,
  innerKey,
  mapKeys,
  mapValues,
  matching,
  memory,
  oneOf,
  pipe,
  prefix,
  type Reader,
  type Store,
  startsWith,
  suffix,
  take,
  update,
} from '../src/index.ts'
import { cachedKeys, dialect, drill, layer, onMissing, skipErrors } from '../src/layers.ts'

const letters = (text: string) => new Map([...text].map(letter => [letter, letter.toUpperCase()]))

describe('one-way transforms', () => {
  it('a decoder alone gives a reader, so what is read cannot be written back by mistake', async () => {
    const base = fromMap(new Map([['foo', 'bar']]))
    const hello: Reader<string, string> = pipe(
      base,
      decodeValues(value => `hello ${value}`),
    )
    expect(await hello.get('foo')).toBe('hello bar')
    expect(await base.get('foo')).toBe('bar')
    await expect((hello as Store<string, string>).set('foo', 'x')).rejects.toMatchObject({ code: 'ReadOnly' })
  })

  it('an upper-casing encoder stores what it made', async () => {
    const store = pipe(
      fromMap<string, string>(),
      mapValues({ decode: (v: string) => v, encode: v => v.toUpperCase() }),
    )
    await store.set('k', 'bar')
    expect(await store.get('k')).toBe('BAR')
  })

  it('another store can be written in whole, through the transforms', async () => {
    const from = fromMap(letters('ab'))
    const target = new Map<string, string>()
    await pipe(fromMap(target), mapKeys(prefix('x/'))).setMany(from)
    expect([...target]).toEqual([
      ['x/a', 'A'],
      ['x/b', 'B'],
    ])
  })

  it('half a codec is refused when the view is made', () => {
    const half = { encode: (key: string) => key } as never
    expect(() => mapKeys(half)).toThrow(TypeError)
    expect(() => mapValues(half)).toThrow(TypeError)
  })
})

describe('onMissing', () => {
  it('what the hook makes passes through the decoders on top', async () => {
    const store = pipe(
      fromMap(letters('a')),
      onMissing(key => `missing ${key}`),
      mapValues({ decode: value => value.toUpperCase(), encode: value => value }),
    )
    expect(await store.get('q')).toBe('MISSING Q')
    expect(await store.get('a')).toBe('A')
    expect(await store.has('q')).toBe(false)
    expect((await collect(store.getMany(['q', 'a']))).map(([, value]) => value)).toEqual(['MISSING Q', 'A'])
    expect(await collect(store.keys())).toEqual(['a'])
  })
})

describe('dialects and looking inside', () => {
  it('methods go by names and argument orders of your own', async () => {
    const shelf = dialect(fromMap<string, number>(), {
      load: 'get',
      rm: 'delete',
      ls: 'keys',
      n: 'size',
      dump: store => (value: number, key: string) => store.set(key, value),
    })
    await shelf.dump(1, 'a')
    expect(await shelf.load('a')).toBe(1)
    expect(await collect(shelf.ls())).toEqual(['a'])
    await shelf.rm('a')
    expect(await shelf.n()).toBe(0)
    expect(() => dialect(fromMap(), { load: 'gett' as 'get' })).toThrow(/gett/)
  })

  it('functions of an adapter get the driver and its key', () => {
    const store = pipe(memory(), mapKeys(suffix('!')))
    expect(innerKey(store, 'a')).toBe('a!')
    expect(innerKey(memory(), 'a')).toBe('a')
    expect(driverOf(store).name).toBe('memory')
    expect(
      innerKey(
        pipe(
          store,
          onMissing(() => undefined),
          mapKeys(prefix('p')),
        ),
        'a',
      ),
    ).toBe('pa!')
  })

  it('a store that was made by other means is the bottom itself', async () => {
    const base = fromMap(letters('a'))
    const foreign = Object.fromEntries(
      (['get', 'has', 'stat', 'size', 'keys', 'set', 'delete'] as const).map(name => [
        name,
        base[name].bind(base),
      ]),
    ) as unknown as Store<string, string>
    const store = pipe(foreign, mapKeys(suffix('!')))
    await store.set('b', 'B')
    expect(innerKey(store, 'b')).toBe('b!')
    expect(driverOf(store).name).toBe('store')
    expect(await inner(store).get('b!')).toBe('B')
    expect(await explain(store, 'b')).toEqual([
      { layer: 'mapKeys(suffix("!"))', key: 'b!' },
      { layer: 'store', value: 'B' },
    ])
  })

  it('explain lists each step, inward and outward', async () => {
    const base = fromMap(new Map([['in/out/k', new TextEncoder().encode('42')]]))
    const text = {
      name: 'text',
      decode: (v: Uint8Array) => new TextDecoder().decode(v),
      encode: (v: string) => new TextEncoder().encode(v),
    }
    const integer = { name: 'integer', decode: (v: string) => Number.parseInt(v, 10), encode: String }
    const store = pipe(
      base,
      mapKeys(prefix('in/')),
      mapKeys(prefix('out/')),
      mapValues(text),
      mapValues(integer),
    )
    expect(await explain(store, 'k')).toEqual([
      { layer: 'mapKeys(prefix("out/"))', key: 'out/k' },
      { layer: 'mapKeys(prefix("in/"))', key: 'in/out/k' },
      { layer: 'map', value: new TextEncoder().encode('42') },
      { layer: 'mapValues(text)', value: '42' },
      { layer: 'mapValues(integer)', value: 42 },
    ])
    expect(await collect(inner(store).keys())).toEqual(['in/out/k'])
    const layered = pipe(
      store,
      onMissing(() => 0),
      mapKeys(suffix('')),
    )
    expect((await explain(layered, 'k')).map(({ layer }) => layer)).toEqual([
      'mapKeys(suffix(""))',
      'mapKeys(prefix("out/"))',
      'mapKeys(prefix("in/"))',
      'map',
      'mapValues(text)',
      'mapValues(integer)',
      'onMissing over map',
    ])
  })
})

describe('key predicates', () => {
  it('by collection in backend order, by prefixes, suffixes and expression', async () => {
    const store = fromMap(letters('abc'))
    expect(await collect(pipe(store, filterKeys(oneOf(['c', 'a', 'zz']))).keys())).toEqual(['a', 'c'])
    const names = ['test_1', 'my_report.txt', 'report.txt', 'abc']
    expect(names.filter(startsWith('test', 'report'))).toEqual(['test_1', 'report.txt'])
    expect(names.filter(endsWith('.txt'))).toEqual(['my_report.txt', 'report.txt'])
    expect(['ab', 'ba', 'ac'].filter(matching(/^a/g))).toEqual(['ab', 'ac'])
  })
})

describe('cachedKeys', () => {
  it('what is added behind its back is read but not listed, until refreshed', async () => {
    const map = letters('ab')
    const store = pipe(fromMap(map), cachedKeys())
    expect(await collect(store.keys())).toEqual(['a', 'b'])
    map.set('c', 'C')
    expect(await collect(store.keys())).toEqual(['a', 'b'])
    expect(await store.get('c')).toBe('C')
    store.refreshKeys()
    expect(await collect(store.keys())).toEqual(['a', 'b', 'c'])
  })

  it('sorts, or lists what it is given; entries leave out what is not there', async () => {
    expect(
      await collect(pipe(fromMap(letters('cab')), cachedKeys({ sort: true })).keys({ after: 'a' })),
    ).toEqual(['b', 'c'])
    const chosen = pipe(fromMap(letters('abc')), cachedKeys({ keys: ['b', 'zz'] }))
    expect(await collect(chosen.keys())).toEqual(['b', 'zz'])
    expect(await collect(chosen)).toEqual([['b', 'B']])
  })

  it('writes and deletes keep the list up to date, also of keys it had not listed', async () => {
    const map = letters('b')
    const store = pipe(fromMap(map), cachedKeys({ sort: true }))
    expect(await store.size()).toBe(1)
    map.set('x', 'X')
    await store.delete('x')
    await store.delete('nowhere')
    await store.setMany([
      ['a', 'A'],
      ['c', 'C'],
    ])
    expect(await collect(store.keys())).toEqual(['a', 'b', 'c'])
    await store.delete('b')
    expect(await collect(store.keys())).toEqual(['a', 'c'])
    expect([...map.keys()].sort()).toEqual(['a', 'c'])
  })
})

describe('skipErrors', () => {
  it('goes on past unreadable values, tells of them once, and leaves them out from then on', async () => {
    const told: string[] = []
    const store = pipe(
      fromMap(
        new Map([
          ['black', '{'],
          ['friday', '1'],
          ['frenzy', '2'],
        ]),
      ),
      decodeValues(value => JSON.parse(value) as number),
      skipErrors({ onError: (error, key) => told.push(`${key} ${error.code}`) }),
    )
    expect(await collect(store)).toEqual([
      ['friday', 1],
      ['frenzy', 2],
    ])
    expect(told).toEqual(['black Corrupt'])
    expect(await collect(store.keys())).toEqual(['friday', 'frenzy'])
    await expect(store.get('black')).rejects.toMatchObject({ code: 'Corrupt', key: 'black' })
  })
})

describe('operations', () => {
  it('clear has to be asked for twice and removes the keys one by one', async () => {
    const store = fromMap(letters('abc'))
    await expect(clear(store, {})).rejects.toMatchObject({ code: 'InvalidArgument', op: 'clear' })
    await clear(store, { prefix: 'b' })
    expect(await collect(store.keys())).toEqual(['a', 'c'])
    await clear(store, { confirm: true })
    expect(await store.size()).toBe(0)
  })

  it('take, getOrInsert and first', async () => {
    const store = memory()
    const value = new Uint8Array([1])
    await store.set('a', value)
    expect(await take(store, 'a')).toEqual(value)
    expect(await store.has('a')).toBe(false)
    expect(await take(store, 'a')).toBeUndefined()
    expect(await getOrInsert(store, 'b', () => value)).toEqual(value)
    expect(await getOrInsert(store, 'b', () => new Uint8Array([2]))).toEqual(value)
    expect(await first(fromMap())).toBeUndefined()
    const three = fromMap(letters('abc'))
    expect(await first(three)).toEqual(['a', 'A'])
    expect(await first(three, 2)).toEqual([
      ['a', 'A'],
      ['b', 'B'],
    ])
  })

  it('takers and updaters that race lose nothing', async () => {
    const store = memory()
    await store.set('n', new Uint8Array([0]))
    await Promise.all(
      Array.from({ length: 50 }, () => update(store, 'n', old => new Uint8Array([(old?.[0] ?? 0) + 1]))),
    )
    expect(await store.get('n')).toEqual(new Uint8Array([50]))
    const taken = await Promise.all(Array.from({ length: 9 }, () => take(store, 'n')))
    expect(taken.filter(value => value !== undefined)).toHaveLength(1)
  })

  it('the error names the outer key, never the inner', async () => {
    const store = pipe(memory(), mapKeys(prefix('secret-root/')))
    await expect(store.getOrThrow('k')).rejects.toSatisfy(error => !String(error).includes('secret-root'))
  })

  it('a decoder that fails is not an absent key', async () => {
    const store = pipe(
      fromMap(letters('a')),
      decodeValues((): string => {
        throw new RangeError('no such thing')
      }),
    )
    await expect(store.get('a')).rejects.toMatchObject({ code: 'Corrupt', key: 'a' })
    expect(await store.has('a')).toBe(true)
  })

  it('a sub-store sees its folder only, with relative keys', async () => {
    const map = new Map([
      ['a/b', 1],
      ['a/c', 2],
      ['ab', 3],
      ['a/', 4],
    ])
    const folder = at(fromMap(map), 'a/')
    expect(await collect(folder)).toEqual([
      ['b', 1],
      ['c', 2],
    ])
    await folder.set('d', 5)
    expect(map.get('a/d')).toBe(5)
    expect(await collect(at(fromMap(map), 'nothing/').keys())).toEqual([])
    expect(() => at(fromMap(map), 'a' as string)).toThrow(TypeError)
  })
})

describe('drill', () => {
  it('reaches into values, and refuses to write with advice', async () => {
    const config = drill(fromMap<string, unknown>(new Map([['a.json', { b: { c: 7 }, list: [1, 2] }]])))
    expect(await config.get('a.json:b:c')).toBe(7)
    expect(await config.get('a.json:list:1')).toBe(2)
    expect(await config.get('a.json:toString')).toBeUndefined()
    expect(await config.get('a.json:list:length')).toBeUndefined()
    expect(await config.get('b.json:b')).toBeUndefined()
    const writable = config as Store<string, unknown>
    await expect(writable.set('a.json:b', 1)).rejects.toThrow(/store under/)
    await expect(writable.delete('a.json')).rejects.toMatchObject({ code: 'ReadOnly' })
  })
})

describe('layer', () => {
  it('keeps what it does not replace, and leaves a reader a reader', async () => {
    const store = pipe(memory(), s => layer(s, 'same', {}))
    await store.set('a', new Uint8Array([1]), { ifAbsent: true })
    await expect(store.set('a', new Uint8Array([2]), { ifAbsent: true })).rejects.toMatchObject({
      code: 'Conflict',
      key: 'a',
    })
    await store.setMany([['b', new Uint8Array([2])]])
    expect(await collect(store)).toEqual([
      ['a', new Uint8Array([1])],
      ['b', new Uint8Array([2])],
    ])
    const reading = layer(
      pipe(
        memory(),
        decodeValues(v => v),
      ),
      'reading',
      {},
    ) as Store<string, Uint8Array>
    await expect(reading.set('a', new Uint8Array())).rejects.toMatchObject({ code: 'ReadOnly' })
  })
})
