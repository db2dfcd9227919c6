import { bytes, collect, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  at,
  type ByteStore,
  compose,
  copy,
  createStore,
  decodeValues,
  endsWith,
  filterKeys,
  fromMap,
  getOrInsert,
  isStoreError,
  json,
  jsonValues,
  mapKeys,
  mapValues,
  memory,
  oneOf,
  pipe,
  type StandardSchema,
  type Store,
  StoreError,
  schema,
  segments,
  suffix,
  template,
  text,
  textValues,
  update,
  type WritesWith,
} from '../src/index.ts'
import { cachedKeys, expiring } from '../src/layers.ts'

/** A schema of a validation that never fails. */
function through<Input, Output>(change: (value: Input) => Output): StandardSchema<Input, Output> {
  return {
    '~standard': { version: 1, vendor: 'test', validate: value => ({ value: change(value as Input) }) },
  }
}

describe('what the types say happens', () => {
  it('transforms in constants do the same as in a pipe', async () => {
    const only = filterKeys(endsWith('.txt'))
    const named = mapKeys(suffix('.txt'))
    const listed = cachedKeys()
    const store = pipe(memory(), only, named, textValues(), listed)
    await store.set('a', 'A')
    expect(await collect(store.keys())).toEqual(['a'])
    store.refreshKeys()
    expect(await collect(store.keys())).toEqual(['a'])
  })

  it('bytes come out plain, over memory of their own', async () => {
    const store = memory()
    const shared = new Uint8Array(new SharedArrayBuffer(3))
    await store.set('shared', shared)
    await store.set('buffer', Buffer.from('abc'))
    for (const key of ['shared', 'buffer']) {
      const value = await store.getOrThrow(key)
      expect(Object.getPrototypeOf(value)).toBe(Uint8Array.prototype)
      expect(value.buffer).toBeInstanceOf(ArrayBuffer)
      expect((await new Response(value).arrayBuffer()).byteLength).toBe(3)
    }
    const made = await getOrInsert(store, 'made', () => Buffer.from('abc'))
    expect(Object.getPrototypeOf(made)).toBe(Uint8Array.prototype)
    const changed = await update(store, 'made', () => Buffer.from('abcd'))
    expect(Object.getPrototypeOf(changed)).toBe(Uint8Array.prototype)
  })

  it('a date is no prefix: it is refused, and nothing is copied', async () => {
    const days = pipe(memory(), mapKeys(template('{day:date}').scalar()))
    await days.set(new Date('2026-11-30'), bytes('x'))
    const prefix = new Date('2026-11-30') as never
    expect(await rejection(collect(days.keys({ prefix })))).toMatchObject({ code: 'InvalidArgument' })
    const target = fromMap<Date, Uint8Array>()
    expect(await rejection(copy(days, target, { prefix }))).toMatchObject({ code: 'InvalidArgument' })
    expect(await target.size()).toBe(0)
  })

  it('an error that has another code is still a StoreError', () => {
    const error = new StoreError('Conflict', 'x')
    expect([isStoreError(error), isStoreError(error, 'NotFound'), isStoreError(error, 'Conflict')]).toEqual([
      true,
      false,
      true,
    ])
  })

  it('what is only decoded cannot be written', async () => {
    const lengths = pipe(
      memory(),
      decodeValues(value => value.length),
    )
    expect(
      await rejection((lengths as never as ReturnType<typeof memory>).set('k', bytes('x'))),
    ).toMatchObject({
      code: 'ReadOnly',
    })
    expect(() => mapValues(((value: Uint8Array) => value.length) as never)).toThrow(/decodeValues/)
  })

  it('a schema fills in defaults, and reads back what it wrote', async () => {
    const user = through((value: { name: string; role?: string }) => ({ role: 'user', ...value }))
    const users = pipe(memory(), jsonValues(), mapValues(schema(user)))
    await users.set('ann', { name: 'Ann', role: 'admin' })
    await (users as never as { set(key: string, value: object): Promise<void> }).set('bob', { name: 'Bob' })
    expect(await users.get('bob')).toEqual({ name: 'Bob', role: 'user' })
    await users.set('bob', await users.getOrThrow('bob'))
    expect(await users.get('bob')).toEqual({ name: 'Bob', role: 'user' })
  })

  it('a schema that changes a value each time is refused when writing', async () => {
    const loud = through((value: string) => `${value}!`)
    const base = pipe(memory(), jsonValues())
    const store = pipe(base, mapValues(schema(loud)))
    expect(await rejection(store.set('k', 'a'))).toMatchObject({ code: 'InvalidValue' })
    expect(await base.has('k')).toBe(false)
    const trimmed = pipe(base, mapValues(schema(through((value: string) => value.trim()))))
    await trimmed.set('k', ' a ')
    expect(await trimmed.get('k')).toBe('a')
  })

  it('tuples in a list of keys are found by their content', async () => {
    const paths = pipe(memory(), mapKeys(segments()))
    await paths.set(['a', 'b'], bytes('x'))
    await paths.set(['c'], bytes('x'))
    const some = pipe(paths, filterKeys(oneOf([['a', 'b']])))
    expect(await collect(some.keys())).toEqual([['a', 'b']])
  })

  describe('a schema over JSON', () => {
    const isDate = (value: { at: unknown }) => value.at instanceof Date
    const dated: StandardSchema<{ at: Date }> = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: value =>
          isDate(value as never)
            ? { value: value as { at: Date } }
            : { issues: [{ message: 'no date', path: ['at'] }] },
      },
    }
    const anything = schema(dated as StandardSchema<unknown, { at: Date }>)
    const value = { at: new Date(0) }
    const reviver = (name: string, part: unknown) => (name === 'at' ? new Date(part as string) : part)
    const refusal = {
      code: 'InvalidValue',
      message: expect.stringMatching(/schema\(test\) does not accept what JSON gives back at at.*reviver/),
    }

    it.each<[string, () => Store<string, { at: Date }>]>([
      ['jsonValues()', () => pipe(memory(), jsonValues(), mapValues(schema(dated)))],
      [
        'other keys between',
        () => pipe(memory(), jsonValues(), mapKeys(suffix('.x')), mapValues(schema(dated))),
      ],
      ['one codec', () => pipe(memory(), mapValues(compose(schema(dated), json(), text())))],
      [
        'a codec in a codec',
        () => pipe(memory(), textValues(), mapValues(compose(compose(anything), json()))),
      ],
      [
        'a composed last part',
        () => pipe(memory(), jsonValues(), mapValues(compose(schema(dated), anything))),
      ],
    ])('refuses to write what it would not read back: %s', async (_, open) => {
      const store = open()
      expect(await rejection(store.set('k', value))).toMatchObject(refusal)
      expect(await collect(store.keys())).toEqual([])
    })

    it.each<[string, () => Store<string, { at: Date }>]>([
      ['a reviver', () => pipe(memory(), jsonValues({ reviver }), mapValues(schema(dated)))],
      ['values that are kept as they are', () => pipe(fromMap<string, unknown>(), mapValues(schema(dated)))],
      [
        'a reviver in one codec',
        () => pipe(memory(), mapValues(compose(schema(dated), json({ reviver }), text()))),
      ],
      [
        'JSON that is decoded otherwise',
        () =>
          pipe(
            memory(),
            textValues(),
            mapValues({ ...json(), decode: (line: string) => JSON.parse(line, reviver) }),
            mapValues(schema(dated)),
          ),
      ],
    ])('writes and reads over %s', async (_, open) => {
      const store = open()
      await store.set('k', value)
      expect(await store.get('k')).toEqual(value)
    })

    it('writes what reads back as something that the schema accepts', async () => {
      const anyDate = through((given: { at: Date | string }) => ({ at: new Date(given.at) }))
      const store = pipe(memory(), jsonValues(), mapValues(schema(anyDate)))
      await store.set('k', value)
      expect(await store.get('k')).toEqual(value)
    })
  })

  describe('a Map whose keys are lists and objects', () => {
    const map = () =>
      new Map<readonly [string, number] | { id: number } | Date | string, string>([
        [['a', 1], 'tuple'],
        [{ id: 1 }, 'record'],
        [new Date(0), 'date'],
        ['a', 'text'],
      ])

    it('finds, changes and deletes them by their content, and keeps its own keys', async () => {
      const given = map()
      const [tuple] = given.keys()
      const store = fromMap(given)
      expect(await store.get(['a', 1])).toBe('tuple')
      expect(await store.get({ id: 1 })).toBe('record')
      expect(await store.has(new Date(0))).toBe(true)
      expect([await store.get(['a', 2]), await store.get('a')]).toEqual([undefined, 'text'])
      await store.set(['a', 1], 'changed')
      await store.setMany([
        [['b', 1], 'x'],
        [['b', 1], 'y'],
      ])
      expect([given.get(tuple as string), given.size]).toEqual(['changed', 5])
      expect(await store.get(['b', 1])).toBe('y')
      await store.deleteMany([['b', 1], { id: 1 }, new Date(0)])
      expect(await collect(store.keys())).toEqual([['a', 1], 'a'])
      await store.delete(['a', 1])
      expect([...given.keys()]).toEqual(['a'])
    })

    it('sees what others do to the map', async () => {
      const given = map()
      const store = fromMap(given)
      for (const key of given.keys()) if (Array.isArray(key)) given.delete(key)
      given.set(['z', 9], 'new')
      expect([await store.get(['z', 9]), await store.get(['a', 1])]).toEqual(['new', undefined])
      await store.set(['z', 9], 'newer')
      expect(given.size).toBe(4)
      for (const key of given.keys()) if (Array.isArray(key)) given.delete(key)
      given.set(['z', 9], 'newest')
      expect(await store.get(['z', 9])).toBe('newest')
      given.clear()
      expect(await store.has(['z', 9])).toBe(false)
    })

    it('sees what others do to a map that is not plain', async () => {
      class Observed<K, V> extends Map<K, V> {
        readonly writes: unknown[] = []
        override set(key: K, value: V) {
          this.writes?.push(key)
          return super.set(key, value)
        }
      }
      const given = new Observed<readonly string[], number>()
      const store = fromMap(given)
      given.set(['a'], 1)
      expect([await store.get(['a']), await store.get(['b'])]).toEqual([1, undefined])
      given.delete([...given.keys()][0] as readonly string[])
      given.set(['b'], 2)
      expect([await store.get(['a']), await store.get(['b'])]).toEqual([undefined, 2])
      await store.set(['c'], 3)
      expect(given.writes).toEqual([['a'], ['b'], ['c']])
    })

    it('finds the other of two keys of one content when the first is removed', async () => {
      const given = new Map<readonly string[], number>()
      const store = fromMap(given)
      const first = ['a']
      given.set(first, 1).set(['a'], 2)
      expect(await store.get(['a'])).toBe(1)
      given.delete(first)
      expect(await store.get(['a'])).toBe(2)
      given.set(['a'], 3)
      await store.delete(['a'])
      expect([await store.get(['a']), await collect(store.keys())]).toEqual([3, [['a']]])
    })

    it('compares functions and instances as the map does, and refuses two keys of one content', async () => {
      class Handle {}
      const [one, other, call] = [new Handle(), new Handle(), () => 5]
      const store = fromMap<object, number>()
      await store.set(one, 1)
      await store.set(call, 5)
      expect([await store.get(one), await store.get(other), await store.get(call)]).toEqual([1, undefined, 5])
      expect(await collect(store.keys())).toEqual([one, call])
      expect(() =>
        fromMap(
          new Map([
            [['a'], 1],
            [['a'], 2],
          ]),
        ),
      ).toThrow(/two keys with the content/)
    })

    it('holds a copy of a store of tuples', async () => {
      const pairs = pipe(memory(), mapKeys(template('{team}/{n:int}').tuple()), textValues())
      await pairs.set(['red', 5], 'x')
      const target = fromMap<readonly [string, number], string>()
      await copy(pairs, target)
      await copy(pairs, target)
      expect([await target.size(), await target.get(['red', 5])]).toEqual([1, 'x'])
    })
  })

  it('a time to live goes through views', async () => {
    let now = 0
    const store = pipe(memory(), textValues(), expiring({ now: () => now }), mapKeys(suffix('.txt')))
    await store.set('a', 'A', { ttl: 5 })
    await store.set('b', 'B')
    now = 5
    expect(await collect(store.keys())).toEqual(['b'])
  })

  it('write options of a driver go through views and layers', async () => {
    const seen: unknown[] = []
    const lasting = createStore({
      name: 'lasting',
      writeOptions: ['ttl'],
      get: () => undefined,
      keys: () => [],
      set: (_key, _value, options) => void seen.push((options as { ttl?: number }).ttl),
      delete: () => {},
    }) as ByteStore & WritesWith<string, Uint8Array, { ttl?: number }>
    const store = pipe(lasting, mapKeys(suffix('.json')), jsonValues(), cachedKeys())
    await store.set('k', 'v', { ttl: 5 })
    await at(lasting, 'a/').set('k', bytes('x'), { ttl: 6 })
    expect(seen).toEqual([5, 6])
    expect(await rejection(store.set('k', 'v', { tll: 5 } as never))).toMatchObject({
      code: 'Unsupported',
    })
  })
})
