import { bytes, collect, rejection, text } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  type JsonValues,
  jsonValues,
  mapKeys,
  memory,
  pipe,
  readOnly,
  type Store,
  StoreError,
  template,
  textValues,
} from '../../src/index.ts'
import {
  appendable,
  counter,
  fromField,
  fromTemplate,
  type Keyer,
  timestamp,
  ulid,
} from '../../src/layers.ts'
import { scripted } from './support/scripted.ts'

interface Login {
  user: string
  ts: number
  from?: string
}

/** Values under numbers. */
const numbered = <V extends JsonValues<V>>() =>
  pipe(memory(), mapKeys(template('{n:int}').scalar()), jsonValues<V>())

describe('append', () => {
  it('gives the key that the keyer made, and appendMany the keys in order', async () => {
    const store = appendable(pipe(memory(), textValues()), counter({ digits: 3 }))
    expect(await store.append('a')).toBe('000')
    expect(await store.appendMany(['b', 'c'])).toEqual(['001', '002'])
    expect(
      await store.appendMany(
        (async function* () {
          yield 'd'
        })(),
      ),
    ).toEqual(['003'])
    expect(await collect(store.values())).toEqual(['a', 'b', 'c', 'd'])
    await store.set('own', 'e')
    expect(await store.append('f')).toBe('004')
  })

  it('takes the key from a field, and never replaces what is there', async () => {
    const store = appendable(numbered<Login>(), fromField('ts'))
    expect(await store.append({ user: 'ann', ts: 1 })).toBe(1)
    expect(await rejection(store.append({ user: 'bob', ts: 1 }))).toMatchObject({
      code: 'Conflict',
      op: 'append',
      key: 1,
    })
    expect(await store.get(1)).toEqual({ user: 'ann', ts: 1 })
    for (const value of [{ user: 'ann' }, null, 'text'])
      expect(await rejection(store.append(value as never))).toMatchObject({ code: 'InvalidValue' })
    expect(await rejection(store.append(Object.create({ ts: 5 })))).toMatchObject({ code: 'InvalidValue' })
    expect(await store.size()).toBe(1)
  })

  it('makes the key by a template, of fields among others', async () => {
    const logins = pipe(memory(), jsonValues<Login>())
    const store = appendable(logins, fromTemplate(template('{user}/{ts:int}.json')))
    expect(await store.append({ user: 'ann', ts: 5, from: 'home' })).toBe('ann/5.json')
    expect(await store.get('ann/5.json')).toEqual({ user: 'ann', ts: 5, from: 'home' })
    expect(await rejection(store.append({ user: 'a/b', ts: 5 }))).toMatchObject({ code: 'InvalidKey' })
    expect(await rejection(store.append({ user: 'ann' } as never))).toMatchObject({ code: 'InvalidValue' })
    const lists = appendable(
      pipe(memory(), jsonValues<readonly string[]>()),
      fromTemplate(template('{{{}-{}}}')) as unknown as Keyer<string, readonly string[]>,
    )
    expect(await lists.append(['x', 'y'])).toBe('{x-y}')
    const byKey = appendable(
      pipe(memory(), mapKeys(template('{user}/{ts:int}')), jsonValues<Login>()),
      ({ user, ts }) => ({ user, ts }),
    )
    expect(await byKey.append({ user: 'ann', ts: 5 })).toEqual({ user: 'ann', ts: 5 })
  })

  it('stores nothing under a key that the keyer should not have made, and blames what fails', async () => {
    const reason = new Error('broken')
    const { store: below, calls } = scripted()
    for (const [keyer, code] of [
      [() => '', 'InvalidKey'],
      [() => 5 as never, 'InvalidKey'],
      [() => undefined as never, 'InvalidArgument'],
      [() => Promise.reject(reason), 'InvalidArgument'],
      [() => Promise.reject(new StoreError('NotFound', 'elsewhere')), 'InvalidArgument'],
    ] as const) {
      const store = appendable(below, keyer)
      expect(await rejection(store.append(bytes('1')))).toMatchObject({ code, op: 'append' })
      expect((await rejection(store.appendMany([bytes('1')]))).failures?.get(0)).toMatchObject({ code })
    }
    const failed = await rejection(appendable(below, () => Promise.reject(reason)).append(bytes('1')))
    expect(failed.cause).toBe(reason)
    expect(calls).toEqual([])
  })

  it('needs a store that can be written, and ifAbsent where keys may collide', async () => {
    const { store: below } = scripted({ conditions: false })
    expect(await rejection(appendable(below, counter({ digits: 2 })).append(bytes('1')))).toMatchObject({
      code: 'Unsupported',
    })
    expect(text(await below.get(await appendable(below, ulid()).append(bytes('1'))))).toBe('1')
    const reader = readOnly(memory()) as Store<string, Uint8Array>
    expect(await rejection(appendable(reader, ulid()).append(bytes('1')))).toMatchObject({ code: 'ReadOnly' })
    expect(await rejection(appendable(memory(), ulid()).append(undefined as never))).toMatchObject({
      code: 'InvalidValue',
    })
    expect(await rejection(appendable(memory(), ulid()).appendMany('ab' as never))).toMatchObject({
      code: 'InvalidArgument',
    })
  })

  it('tells what failed by its place, and stores the rest', async () => {
    const store = appendable(pipe(memory(), jsonValues<Login>()), ({ user }) => user)
    const error = await rejection(
      store.appendMany(['ann', 'ann', '', 'bob'].map((user, ts) => ({ user, ts }))),
    )
    expect([...(error.failures ?? [])].map(([place, { code }]) => [place, code])).toEqual([
      [1, 'Conflict'],
      [2, 'InvalidKey'],
    ])
    expect(await collect(store.keys())).toEqual(['ann', 'bob'])
    const unique = appendable(pipe(scripted().store, jsonValues()), ulid())
    const others = await rejection(unique.appendMany([1, 1n, 2]))
    expect([...(others.failures?.keys() ?? [])]).toEqual([1])
    expect((await collect(unique.values())).sort()).toEqual([1, 2])
    const atomic = appendable(pipe(memory(), jsonValues()), ulid())
    expect(await rejection(atomic.appendMany([1, 1n, 2]))).toMatchObject({ code: 'InvalidValue' })
    expect(await atomic.size()).toBe(0)
  })

  it('keeps its own copy of what it was given, and ends with its store', async () => {
    const store = appendable(memory(), counter({ digits: 1 }))
    const value = bytes('1')
    const appending = store.append(value)
    value.fill(0)
    expect(text(await store.get(await appending))).toBe('1')
    expect(await rejection(store.append(value, { signal: AbortSignal.abort() }))).toMatchObject({
      code: 'Aborted',
    })
    await store.close()
    expect(await rejection(store.append(value))).toMatchObject({ code: 'Closed' })
  })
})

describe('counter', () => {
  it('goes on behind the greatest number, whatever else lies there, and catches up with others', async () => {
    const below = memory()
    for (const key of ['0007', '0003', 'x', '12345', '00a9']) await below.set(key, bytes(key))
    const store = appendable(below, counter({ digits: 4 }))
    expect(await store.append(bytes('a'))).toBe('0008')
    // Another process goes ahead.
    for (let number = 9; number < 200; number++) await below.set(String(number).padStart(4, '0'), bytes('b'))
    expect(await store.append(bytes('c'))).toBe('0200')
  })

  it('gives each of many writers, in several stores at once, a number of its own', async () => {
    const base = numbered<string>()
    const stores = Array.from({ length: 4 }, () => appendable(base, counter({ start: 1 })))
    await Promise.all(
      stores.flatMap((store, who) =>
        Array.from({ length: 10 }, (_, index) => store.append(`${who}-${index}`)),
      ),
    )
    const keys = await collect(base.keys())
    expect(keys.sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1))
    expect(new Set(await collect(base.values())).size).toBe(40)
  })

  it('refuses when its digits are used up, and lists again when listing failed', async () => {
    const { store: below, next } = scripted()
    await below.set('9', bytes('1'))
    const store = appendable(below, counter({ digits: 1 }))
    next.keys = [new StoreError('Unavailable', 'busy')]
    expect(await rejection(store.append(bytes('1')))).toMatchObject({ code: 'Unavailable' })
    expect(await rejection(store.append(bytes('1')))).toMatchObject({ code: 'InvalidKey' })
  })
})

describe('ulid', () => {
  it('is the time and chance in Crockford base 32, and sorts as it was made', async () => {
    const store = appendable(memory(), ulid({ now: () => 1469918176385, random: each => each.fill(0) }))
    const keys = await store.appendMany([bytes('a'), bytes('b'), bytes('c')])
    expect(keys).toEqual([
      '01ARYZ6S410000000000000000',
      '01ARYZ6S410000000000000001',
      '01ARYZ6S410000000000000002',
    ])
  })

  it('sorts also when the clock is set back, and when chance runs over', async () => {
    const times = [1000, 5, 2000, 2000, 2000]
    const store = appendable(
      memory(),
      ulid({ now: () => times.shift() ?? 0, random: each => each.fill(255) }),
    )
    const keys = await store.appendMany(Array.from({ length: 5 }, () => bytes('a')))
    expect([...keys].sort()).toEqual(keys)
    expect(new Set(keys).size).toBe(5)
    expect(keys[0]).toBe('00000000Z8ZZZZZZZZZZZZZZZZ')
  })

  it('never collides between stores and processes', async () => {
    const stores = Array.from({ length: 10 }, () => appendable(memory(), ulid()))
    const keys = await Promise.all(
      stores.flatMap(store => Array.from({ length: 100 }, () => store.append(bytes('a')))),
    )
    expect(new Set(keys).size).toBe(1000)
    expect(keys.every(key => /^[0-9A-HJKMNP-TV-Z]{26}$/.test(key))).toBe(true)
  })

  it('refuses a clock that tells no time', async () => {
    for (const now of [() => Number.NaN, () => -1, () => 2 ** 48, () => 'noon' as never])
      for (const keyer of [ulid({ now }), timestamp({ now })])
        expect(await rejection(appendable(memory(), keyer).append(bytes('a')))).toMatchObject({
          code: 'InvalidArgument',
        })
  })
})

describe('timestamp', () => {
  it('says when, never twice, also when the clock is set back', async () => {
    const times = [0, 0, -0, 5, 3, 4].map(each => Date.UTC(2026, 10, 30, 21, 22) + each)
    const store = appendable(memory(), timestamp({ now: () => times.shift() ?? 0 }))
    const keys: string[] = []
    for (let count = 0; count < 6; count++) keys.push(await store.append(bytes('a')))
    expect(keys).toEqual(['000', '001', '002', '005', '006', '007'].map(each => `20261130T212200.${each}Z`))
  })

  it('takes the next moment that is free where others write at the same time', async () => {
    const below = memory()
    const now = () => 1000
    const stores = [0, 1, 2].map(() => appendable(below, timestamp({ now })))
    const keys = await Promise.all(
      stores.flatMap(store => Array.from({ length: 5 }, () => store.append(bytes('a')))),
    )
    expect(new Set(keys).size).toBe(15)
    expect(await below.size()).toBe(15)
  })
})
