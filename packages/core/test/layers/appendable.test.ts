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
import { promising } from './support/promising.ts'
import { scripted } from './support/scripted.ts'
import { signalled } from './support/signalled.ts'

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
describe('what is wrong with a keyer is told', () => {
  const why = async (call: Promise<unknown>) => (await rejection(call)).message
  const values = () => pipe(memory(), jsonValues<Record<string, unknown>>())

  it('when it is given', () => {
    for (const keyer of [undefined, 'ulid', {}, { keysFor: 5 }])
      expect(() => appendable(values(), keyer as never)).toThrow(
        'appendable takes a keyer, such as ulid(), or a function from value to key, not ',
      )
    for (const name of ['', undefined, 5])
      expect(() => fromField(name as never)).toThrow('fromField takes the name of a field, not ')
    for (const given of ['{user}', undefined, { pattern: 'x' }, { format: () => '' }])
      expect(() => fromTemplate(given as never)).toThrow(
        "fromTemplate takes a template, as template('{user}.json') gives, not ",
      )
  })

  it('when it makes a key', async () => {
    const byField = appendable(values(), fromField('id') as never)
    expect(await why(byField.append({ name: 'x' }))).toContain('the value has no field "id"')
    expect(await why(byField.append(Object.create({ id: 'inherited' })))).toContain(
      'the value has no field "id"',
    )
    const numbers = appendable(pipe(memory(), jsonValues<number | null>()), fromField('id') as never)
    expect(await why(numbers.append(5))).toContain('the value has no fields: it is 5')
    expect(await why(numbers.append(null))).toContain('the value has no fields: it is null')
    const byNothing = appendable(values(), () => undefined as never)
    expect(await why(byNothing.append({}))).toContain('gave no key')
    const named = appendable(values(), function byName() {
      throw new Error('no name')
    })
    expect(await why(named.append({}))).toContain('the keyer byName failed: no name')
    const lambda = appendable(
      values(),
      (() => () => {
        throw new Error('no name')
      })(),
    )
    expect(await why(lambda.append({}))).toContain('the keyer function failed: no name')
    const fielded = appendable(values(), fromField('id') as never)
    expect(await rejection(fielded.append({ id: '' }))).toMatchObject({ code: 'InvalidKey' })
    const full = appendable(values(), counter({ digits: 1, start: 9 }))
    expect(await full.append({})).toBe('9')
    expect(await why(full.append({}))).toContain('counter has 1 digits, which are used up')
    for (const now of [() => -1, () => Number.NaN, () => 2 ** 60]) {
      expect(await why(appendable(values(), ulid({ now })).append({}))).toMatch(
        /ulid: now gives milliseconds from 0 to 281474976710655, not /,
      )
      expect(await why(appendable(values(), timestamp({ now })).append({}))).toMatch(
        /timestamp: now gives milliseconds from 0 to 253402300799999, not /,
      )
    }
  })

  it('what is no list of values is refused', async () => {
    const store = appendable(pipe(memory(), textValues()), ulid())
    for (const odd of ['text', 5, undefined, {}])
      expect(await why(store.appendMany(odd as never))).toContain(
        'appendMany takes an array or another iterable, not ',
      )
    expect(await store.appendMany([])).toEqual([])
    expect(await store.size()).toBe(0)
    expect(await store.appendMany(new Set(['a', 'b']))).toHaveLength(2)
    expect(
      await store.appendMany(
        (async function* () {
          yield 'c'
        })(),
      ),
    ).toHaveLength(1)
  })

  it('a store that cannot be written, or has no ifAbsent, takes only what cannot collide', async () => {
    const plain = () => promising({ conditions: [] })
    expect(await rejection(appendable(plain(), counter({ digits: 3 })).append(bytes('1')))).toMatchObject({
      code: 'Unsupported',
    })
    const unique = appendable(plain(), ulid())
    expect(await unique.has(await unique.append(bytes('1')))).toBe(true)
    const reader = appendable(readOnly(memory()) as ReturnType<typeof memory>, ulid())
    for (const call of [() => reader.append(bytes('1')), () => reader.appendMany([])])
      expect(await rejection(call)).toMatchObject({ code: 'ReadOnly' })
  })
})

describe('counting', () => {
  it('by numbers, from where it is told to, and past what is there', async () => {
    const numbered = () =>
      pipe(
        memory(),
        mapKeys({ decode: (key: string) => Number(key), encode: (key: number) => `${key}` }),
        textValues(),
      )
    const store = numbered()
    for (const key of [7, -30, 20.5]) await store.set(key, 'x')
    const counted = appendable(store, counter({ start: 5 }))
    expect([await counted.append('a'), await counted.append('b')]).toEqual([8, 9])
    const empty = appendable(numbered(), counter({ start: 5 }))
    expect([await empty.append('a'), await empty.append('b')]).toEqual([5, 6])
    expect(await appendable(numbered(), counter()).append('a')).toBe(0)
  })

  it('by digits, past keys of that form alone', async () => {
    const store = pipe(memory(), textValues())
    for (const key of ['007', '0099', '12', 'x12', '12x']) await store.set(key, key)
    expect(await appendable(store, counter({ digits: 3 })).append('a')).toBe('008')
  })

  it('finds its way past many that others have added', async () => {
    const below = pipe(memory(), textValues())
    const counted = appendable(below, counter({ digits: 6 }))
    expect(await counted.append('first')).toBe('000000')
    await below.setMany(
      Array.from({ length: 1000 }, (_, index) => [String(index + 1).padStart(6, '0'), 'theirs'] as const),
    )
    expect(await counted.append('mine')).toBe('001001')
    expect(await counted.append('next')).toBe('001002')
  })

  it('what was deleted below the greatest stays free, and a number that failed is used again', async () => {
    const store = appendable(pipe(memory(), jsonValues()), counter({ digits: 2 }))
    expect(await store.append(1)).toBe('00')
    expect(await rejection(store.append(1n))).toMatchObject({ code: 'InvalidValue' })
    await store.delete('00')
    expect(Number(await store.append(2))).toBeGreaterThan(0)
  })
})

describe('keys of time', () => {
  it('timestamps count on where the clock stands still or goes back', async () => {
    let time = Date.UTC(2026, 10, 30, 21, 22, 0, 123)
    const store = appendable(pipe(memory(), textValues()), timestamp({ now: () => time }))
    expect(await store.append('a')).toBe('20261130T212200.123Z')
    expect(await store.append('b')).toBe('20261130T212200.124Z')
    time -= 5000
    expect(await store.append('c')).toBe('20261130T212200.125Z')
    time += 10_000.9
    expect(await store.append('d')).toBe('20261130T212205.123Z')
    const zero = appendable(pipe(memory(), textValues()), timestamp({ now: () => 0 }))
    expect(await zero.append('a')).toBe('19700101T000000.000Z')
  })

  it('ulids are those of the specification', async () => {
    const fill = (byte: number) => (random: Uint8Array) => void random.fill(byte)
    const at = (now: number, byte: number) =>
      appendable(pipe(memory(), textValues()), ulid({ now: () => now, random: fill(byte) }))
    const first = at(1_469_918_176_385, 0)
    expect(await first.append('a')).toBe('01ARYZ6S410000000000000000')
    expect(await first.append('b')).toBe('01ARYZ6S410000000000000001')
    const full = at(1_469_918_176_385, 255)
    expect(await full.append('a')).toBe('01ARYZ6S41ZZZZZZZZZZZZZZZZ')
    // Chance runs over, so the time goes on.
    expect(await full.append('b')).toBe('01ARYZ6S42ZZZZZZZZZZZZZZZZ')
    expect(await at(2 ** 48 - 1, 0).append('a')).toBe('7ZZZZZZZZZ0000000000000000')
    expect(await at(0, 0).append('a')).toBe('0'.repeat(26))
  })

  it('keys by template have all of its fields, also those without names', async () => {
    const by = (pattern: string) =>
      appendable(
        pipe(memory(), jsonValues<Record<string, unknown>>()),
        fromTemplate(template(pattern as '{user}/{ts:int}')) as never,
      )
    expect(await by('{user}/{ts:int}').append({ user: 'ann', ts: 5, more: 1 })).toBe('ann/5')
    expect(await by('{{x}}/{user}').append({ user: 'ann' })).toBe('{x}/ann')
    expect(await rejection(by('{user}/{ts:int}').append({ user: 'ann' }))).toMatchObject({
      code: 'InvalidValue',
    })
    expect(await by('{}/{}').append({ 0: 'a', 1: 'b' })).toBe('a/b')
  })
})

describe('adding many', () => {
  it('tells each that failed by its place, and stores the others', async () => {
    for (const keyer of [ulid(), counter({ digits: 4 }), fromField('id')]) {
      const store = appendable(
        pipe(
          promising({ batchAtomic: false }, { setMany: undefined as never }),
          jsonValues<{ id: unknown }>(),
        ),
        keyer as never,
      )
      const error = await rejection(
        store.appendMany([{ id: 'a' }, { id: 1n }, { id: 'c' }, { id: 2n }] as never),
      )
      expect([...(error.failures ?? new Map()).keys()]).toEqual([1, 3])
      expect(await store.size()).toBe(2)
    }
  })

  it('tells failures in the order of the values, whatever the order of the store', async () => {
    const full = new StoreError('OutOfSpace', 'full')
    const below = promising(
      {},
      { setMany: entries => new Map(entries.map(([key]) => [key, full]).reverse() as []) },
    )
    const error = await rejection(appendable(below, ulid()).appendMany(['1', '2', '3'].map(bytes)))
    expect(error).toMatchObject({ op: 'appendMany' })
    expect([...(error.failures ?? new Map()).keys()]).toEqual([0, 1, 2])
  })

  it('adds no more to a store that was closed meanwhile', async () => {
    const below = memory()
    const store = appendable(below, (value: Uint8Array) => `key ${value.length}`)
    const values = async function* () {
      yield bytes('1')
      void below.close()
      yield bytes('12')
    }
    const error = await rejection(store.appendMany(values()))
    expect(error).toMatchObject({ code: 'Closed', op: 'appendMany' })
    expect(error.failures).toBeUndefined()
  })

  it('ends with the signal, which every write gets', async () => {
    const { store: below, without } = signalled()
    const { signal } = new AbortController()
    for (const keyer of [ulid(), timestamp(), (value: Uint8Array) => `key ${value.length}`]) {
      const store = appendable(below, keyer as never)
      await store.append(bytes('1'), { signal })
      await store.appendMany([bytes('12')], { signal })
      expect(await rejection(store.append(bytes('1'), { signal: AbortSignal.abort() }))).toMatchObject({
        code: 'Aborted',
      })
      expect(await rejection(store.appendMany([bytes('1')], { signal: AbortSignal.abort() }))).toMatchObject({
        code: 'Aborted',
      })
    }
    expect(without).toEqual([])
    await below.close()
    expect(await rejection(appendable(below, counter({ digits: 2 })).appendMany([bytes('1')]))).toMatchObject(
      {
        code: 'Closed',
      },
    )
  })
})
describe('a counter beside others', () => {
  it('asks for as few numbers as it can', async () => {
    const { store: below, calls } = scripted()
    const counted = appendable(below, counter({ digits: 6 }))
    await counted.append(bytes('first'))
    await below.setMany(
      Array.from({ length: 1000 }, (_, index) => [String(index + 1).padStart(6, '0'), bytes('x')] as const),
    )
    calls.length = 0
    expect(await counted.append(bytes('mine'))).toBe('001001')
    expect(calls.filter(call => call.startsWith('has')).length).toBeLessThan(30)
    expect(calls).not.toContain('keys')
    calls.length = 0
    expect(await counted.append(bytes('next'))).toBe('001002')
    expect(calls.filter(call => call.startsWith('has'))).toEqual([])
  })

  it('goes on behind 0 as behind any number', async () => {
    const store = numbered<string>()
    await store.set(0, 'x')
    expect(await appendable(store, counter()).append('a')).toBe(1)
  })
})

it('keyers are named in what is said of them', async () => {
  const store = pipe(memory(), jsonValues<Record<string, unknown>>())
  const why = async (keyer: unknown) =>
    (
      await rejection(
        appendable(store, { ...(keyer as object), keysFor: () => () => undefined } as never).append({}),
      )
    ).message
  for (const [keyer, name] of [
    [ulid(), 'ulid'],
    [timestamp(), 'timestamp'],
    [counter({ digits: 2 }), 'counter'],
    [fromField('id'), 'fromField("id")'],
    [fromTemplate(template('{user}')), 'fromTemplate'],
  ] as const)
    expect(await why(keyer)).toContain(`the keyer ${name} gave no key`)
})

it('a key made of fields that is taken is tried once, and rejects Conflict', async () => {
  for (const keyer of [fromTemplate(template('{user}')), fromField('user')]) {
    const { store: below, calls } = scripted()
    const store = appendable(pipe(below, jsonValues<{ user: string }>()), keyer as never)
    await store.append({ user: 'ann' })
    calls.length = 0
    expect(await rejection(store.append({ user: 'ann' }))).toMatchObject({ code: 'Conflict' })
    expect(calls).toEqual(['set ann'])
  }
})

describe('the last key that there is', () => {
  const last = { code: 'InvalidKey' }

  it('of ulid', async () => {
    const now = () => 2 ** 48 - 1
    const store = appendable(memory(), ulid({ now, random: chance => void chance.fill(0xff) }))
    expect(await store.append(bytes('1'))).toBe('7ZZZZZZZZZZZZZZZZZZZZZZZZZ')
    for (let count = 0; count < 2; count++)
      expect(await rejection(store.append(bytes('2')))).toMatchObject(last)
  })

  it('of timestamp', async () => {
    const store = appendable(memory(), timestamp({ now: () => Date.UTC(10_000, 0) - 1 }))
    expect(await store.append(bytes('1'))).toBe('99991231T235959.999Z')
    for (let count = 0; count < 2; count++)
      expect(await rejection(store.append(bytes('2')))).toMatchObject(last)
  })

  it('of counter', async () => {
    const start = Number.MAX_SAFE_INTEGER
    const numbers = mapKeys<Store<string, Uint8Array>, number>({ decode: Number, encode: String })
    const place = memory()
    const open = () => appendable(pipe(place, numbers), counter({ start }))
    const [store, other] = [open(), open()]
    expect(await store.append(bytes('1'))).toBe(start)
    for (const each of [store, other]) expect(await rejection(each.append(bytes('2')))).toMatchObject(last)
    expect(await place.size()).toBe(1)
  })
})
