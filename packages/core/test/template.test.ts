import { bytes, collect } from '@kvdol/test-support'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  filterKeys,
  type KeyCodec,
  mapKeys,
  memory,
  pipe,
  StoreError,
  template,
  textValues,
} from '../src/index.ts'
import { matchTemplate } from '../src/keys/template-match.ts'
import { parseTemplate } from '../src/keys/template-parts.ts'
import { oddText } from './odd.ts'

const favourites = template('data/{user}/fav/{num:int}.txt')
const sounds = template('{name}_{n:int}.wav')

function refusal(run: () => unknown): unknown {
  try {
    return { made: run() }
  } catch (error) {
    return error
  }
}

function refuse(problem: string): never {
  throw new RangeError(problem)
}

async function holding(...keys: string[]) {
  const store = memory()
  for (const key of keys) await store.set(key, bytes(key))
  return store
}

describe('a template', () => {
  it('parses and formats', () => {
    expect(favourites.parse('data/ann/fav/123.txt')).toEqual({ user: 'ann', num: 123 })
    expect(favourites.format({ user: 'ann', num: 123 })).toBe('data/ann/fav/123.txt')
    expect(favourites.tuple().decode('data/ann/fav/123.txt')).toEqual(['ann', 123])
    expect(favourites.tuple().encode(['ann', 123])).toBe('data/ann/fav/123.txt')
    expect(template('{n:int}.txt').scalar().decode('7.txt')).toBe(7)
    expect(template('{n:int}.txt').scalar().encode(7)).toBe('7.txt')
  })

  it('is a key codec', async () => {
    const inner = await holding('data/ann/fav/3.txt')
    const store = pipe(inner, mapKeys(favourites.tuple()))
    expect(await collect(store.keys())).toEqual([['ann', 3]])
    await store.set(['bob', 9], bytes('v'))
    expect(await inner.has('data/bob/fav/9.txt')).toBe(true)
  })

  it('is anchored, and its fields do not cross a slash', () => {
    expect(favourites.decode('data/ann/fav/12zzz')).toBeUndefined()
    expect(favourites.decode('x/data/ann/fav/12.txt')).toBeUndefined()
    expect(favourites.decode('data/ann/fav/12.txt.bak')).toBeUndefined()
    expect(template('{a}/{b}').decode('x/y/z')).toBeUndefined()
    expect(template('{a}/{b:path}').decode('x/y/z')).toEqual({ a: 'x', b: 'y/z' })
  })

  it.each([[['ann']], [['ann', 1, 2]], [[]], ['ann'], [null], [{ 0: 'ann', 1: 1 }]])(
    'refuses the tuple %j',
    tuple => {
      expect(refusal(() => favourites.tuple().encode(tuple as never))).toMatchObject({ code: 'InvalidKey' })
    },
  )

  it('gives the prefix of leading fields', () => {
    expect(favourites.prefix()).toBe('data/')
    expect(favourites.prefix({ user: 'ann' })).toBe('data/ann/fav/')
    expect(favourites.prefix({ num: 1 })).toBe('data/')
    expect(favourites.prefix({ user: 'ann', num: 1 })).toBe('data/ann/fav/1.txt')
    expect(favourites.tuple().prefix?.(['ann'])).toBe('data/ann/fav/')
    expect(template('x/{a}.y').scalar().prefix?.('an')).toBe('x/an')
    expect(template('x/{a:int}.y').scalar().prefix?.()).toBe('x/')
    expect(favourites.replace('data/ann/fav/123.txt', { num: 13 })).toBe('data/ann/fav/13.txt')
  })

  it('refuses to parse a key that does not match, and matches it not', async () => {
    const error = refusal(() => favourites.parse('data/ann'))
    expect(error).toMatchObject({ code: 'InvalidKey', reason: 'no-match' })
    expect(String(error)).toContain('"data/ann"')
    expect(String(error)).toContain('data/{user}/fav/{num:int}.txt')
    expect(favourites.matches('data/ann')).toBe(false)
    expect(favourites.matches(1 as never)).toBe(false)
    const store = pipe(await holding('data/ann', 'data/ann/fav/1.txt'), filterKeys(favourites.matches))
    expect(await collect(store.keys())).toEqual(['data/ann/fav/1.txt'])
  })

  it('a field before a number may hold what separates them', () => {
    expect(sounds.parse('abc_12.wav')).toEqual({ name: 'abc', n: 12 })
    expect(sounds.parse('a_b_7_12.wav')).toEqual({ name: 'a_b_7', n: 12 })
    expect(sounds.format({ name: 'a_b_7', n: 12 })).toBe('a_b_7_12.wav')
    expect(sounds.matches('abc_x.wav')).toBe(false)
    expect(sounds.matches('abc_12.wav.bak')).toBe(false)
    expect(template('{}.wav').matches('foo.txt')).toBe(false)
    expect(template('{}.wav').scalar().decode('foo.wav')).toBe('foo')
  })

  it('refuses a write that does not fit, before the driver hears of it', async () => {
    const inner = memory()
    const store = pipe(inner, mapKeys(favourites))
    await expect(store.set({ user: 'a/b', num: 1 }, bytes(''))).rejects.toMatchObject({
      code: 'InvalidKey',
    })
    expect(await inner.size()).toBe(0)
  })
})

describe('the fields of a template', () => {
  it.each([
    ['int', '7', 7],
    ['int', '0', 0],
    ['int', '-12', -12],
    ['int', '9007199254740991', Number.MAX_SAFE_INTEGER],
    ['float', '0.5', 0.5],
    ['float', '-12', -12],
    ['float', '1e+21', 1e21],
    ['float', '1.5e-7', 1.5e-7],
    ['date', '2024-02-29', new Date(Date.UTC(2024, 1, 29))],
    ['date', '0000-01-01', new Date('0000-01-01T00:00:00.000Z')],
    ['datetime', '2024-02-29T12:30:00.001Z', new Date(Date.UTC(2024, 1, 29, 12, 30, 0, 1))],
    ['path', '/a//b/', '/a//b/'],
    ['string', ' ', ' '],
  ])('%s reads %s and writes it', (kind, text, value) => {
    const one = template(`<{x:${kind}}>` as string)
    expect(one.parse(`<${text}>`)).toEqual({ x: value })
    expect(one.format({ x: value as never })).toBe(`<${text}>`)
  })

  it.each([
    ['int', ['007', '+1', '-0', '1.0', '1e3', ' 1', '', '٣', '9007199254740993', '--1', '-']],
    ['float', ['.5', '1.', '1.50', '1e21', '1E+21', '-0', 'NaN', 'Infinity', '0x1', '1e400', '01', '1_0']],
    ['date', ['2024-02-30', '2023-02-29', '2024-2-3', '24-02-03', '2024-13-01', '2024-02-29T00:00:00Z', '']],
    ['datetime', ['2024-02-29T12:30:00Z', '2024-02-29T24:00:00.000Z', '2024-02-29 12:30:00.001Z']],
    ['string', ['', '/', 'a/b']],
  ])('%s does not read what it would not write', (kind, texts) => {
    for (const text of texts) expect(template(`<{x:${kind}}>`).matches(`<${text}>`), text).toBe(false)
  })

  it.each<[string, unknown[]]>([
    ['int', [Number.NaN, Number.POSITIVE_INFINITY, -0, 1.5, 2 ** 53, '1', null, undefined, 1n, new Date()]],
    ['float', [Number.NaN, Number.NEGATIVE_INFINITY, -0, '0.5', null]],
    ['date', [new Date(Number.NaN), new Date(1), '2024-02-29', 0, new Date(Date.UTC(12024, 0, 1)), null]],
    ['datetime', [new Date(Number.NaN), new Date(8.64e15), '2024-02-29']],
    ['string', ['', 'a/b', '/', 1, null, undefined, {}, ['a'], new String('a'), '\ud800']],
    ['path', ['', 7, '\udc00']],
  ])('%s refuses to write what it would not read', (kind, values) => {
    for (const x of values)
      expect(
        refusal(() => template(`<{x:${kind}}>`).format({ x } as never)),
        String(x),
      ).toMatchObject({
        code: 'InvalidKey',
      })
  })

  it('gives each field, from the left, as much as it can take, and refuses every other division', () => {
    const pair = template('{a}_{b}')
    expect(pair.parse('x_y_z')).toEqual({ a: 'x_y', b: 'z' })
    expect(pair.format({ a: 'x_y', b: 'z' })).toBe('x_y_z')
    expect(refusal(() => pair.format({ a: 'x', b: 'y_z' }))).toMatchObject({ reason: 'ambiguous' })
  })

  it('tells a sign from a separator', () => {
    const numbers = template('{a:int}-{b:int}')
    expect(numbers.parse('5--3')).toEqual({ a: 5, b: -3 })
    expect(numbers.parse('-5-3')).toEqual({ a: -5, b: 3 })
    expect(numbers.format({ a: -5, b: -3 })).toBe('-5--3')
  })

  it('takes fields of fixed length side by side', () => {
    const log = template('{day:date}{rest}')
    expect(log.parse('2024-02-29x')).toEqual({ day: new Date(Date.UTC(2024, 1, 29)), rest: 'x' })
    expect(template('{rest}{day:date}').format({ rest: '2', day: new Date(0) })).toBe('21970-01-01')
  })

  it('looks ahead where one of several fields may hold what follows it', () => {
    expect(template('{a}/{b:path}.{c}').parse('x/y.z.w')).toEqual({ a: 'x', b: 'y.z', c: 'w' })
    expect(template('{n:int}{day:date}').parse('52024-02-29')).toEqual({
      n: 5,
      day: new Date(Date.UTC(2024, 1, 29)),
    })
  })

  it('takes `{{` and `}}` as braces', () => {
    const braces = template('{{{a}}}/{{b}}')
    expect(braces.format({ a: 'x' })).toBe('{x}/{b}')
    expect(braces.parse('{x}/{b}')).toEqual({ a: 'x' })
  })

  it('takes regular expressions literally', () => {
    expect(template('.*[{a}](x)+$').parse('.*[b](x)+$')).toEqual({ a: 'b' })
    expect(template('.{a}').matches('xb')).toBe(false)
  })

  it('names unnamed fields by their place', () => {
    expect(template('{}/{x}/{}').parse('a/b/c')).toEqual({ 0: 'a', x: 'b', 2: 'c' })
    expect(template('{}-{}').tuple().encode(['a', 'b'])).toBe('a-b')
  })

  it('treats names of the prototype as ordinary names', () => {
    const hostile = template('{__proto__}/{constructor}')
    const record = hostile.parse('__proto__/toString')
    expect(Object.entries(record)).toEqual([
      ['__proto__', '__proto__'],
      ['constructor', 'toString'],
    ])
    expect(Object.getPrototypeOf(record)).toBe(Object.prototype)
    expect(hostile.format(record)).toBe('__proto__/toString')
    expect(hostile.replace('a/b', record)).toBe('__proto__/toString')
    expect(refusal(() => hostile.format({} as never))).toMatchObject({ reason: 'missing-field' })
  })

  it.each([[{}], [{ name: 'a' }], [{ name: 'a', n: 1, more: 1 }], [null], ['a_1.wav'], [['a', 1]]])(
    'refuses the record %j',
    record => {
      expect(refusal(() => sounds.format(record as never))).toMatchObject({ code: 'InvalidKey' })
    },
  )
})

describe('custom converters', () => {
  const hex = {
    decode: (text: string) => Number.parseInt(text, 16),
    encode: (value: number) => value.toString(16),
  }

  it('read and write one to one', () => {
    const ids = template('{id:hex}.bin', { converters: { hex } })
    expect(ids.parse('ff.bin')).toEqual({ id: 255 })
    expect(ids.format({ id: 255 })).toBe('ff.bin')
    expect(ids.matches('FF.bin')).toBe(false)
    expect(ids.matches('0f.bin')).toBe(false)
    expect(ids.matches('zz.bin')).toBe(false)
  })

  it('hide the key when they throw, and refuse it with their message', () => {
    const big = {
      decode: BigInt,
      encode: (value: bigint) => (value < 0n ? refuse('is negative') : String(value)),
    }
    const ids = template('{id:big}', { converters: { big } })
    expect(ids.matches('12')).toBe(true)
    expect(ids.matches('x')).toBe(false)
    expect(refusal(() => ids.format({ id: -1n }))).toMatchObject({
      code: 'InvalidKey',
      detail: 'the field id is negative',
    })
  })

  it('refuse what they would not read back as they wrote it', () => {
    const of = (decode: (text: string) => unknown) =>
      template('{a}.{b:x}', { converters: { x: { decode, encode: String } } })
    for (const decode of [() => undefined, () => 'other', () => refuse('no')])
      expect(refusal(() => of(decode).format({ a: 'a', b: 'v' }))).toMatchObject({
        code: 'InvalidKey',
        reason: 'invalid-field',
        detail: 'the converter of the field b does not read "v" back',
      })
    expect(of(text => text).format({ a: 'a', b: 'v' })).toBe('a.v')
  })

  it('may refuse a value with an error of their own', () => {
    const own = new StoreError('InvalidKey', 'no such team', { reason: 'no-team' })
    const team = {
      decode: String,
      encode: () => {
        throw own
      },
    }
    expect(refusal(() => template('{a:team}', { converters: { team } }).format({ a: 'x' } as never))).toBe(
      own,
    )
  })

  it('say which characters and how many, so that neighbours are told apart', () => {
    const short = { ...hex, character: /[0-9a-f]/g, length: 2 }
    const blobs = template('{a:short}{b:short}{rest}', { converters: { short } })
    expect(blobs.parse('a1b2xyz')).toEqual({ a: 0xa1, b: 0xb2, rest: 'xyz' })
    expect(blobs.parse('a1b2xyz')).toEqual({ a: 0xa1, b: 0xb2, rest: 'xyz' })
    expect(blobs.matches('zzb2x')).toBe(false)
    expect(refusal(() => blobs.format({ a: 1, b: 0xb2, rest: 'x' }))).toMatchObject({
      reason: 'invalid-field',
    })
  })

  it('hold the characters alone that they name, and up to 256 of them', () => {
    const word = { decode: String, encode: String, character: /[a-z]/ }
    const words = template('{a:word}{n:two}', { converters: { word, two: { ...word, length: 2 } } })
    expect(words.parse('abcd')).toEqual({ a: 'ab', n: 'cd' })
    expect(words.matches('ab1d')).toBe(false)
    expect(refusal(() => words.format({ a: 'a1', n: 'cd' }))).toMatchObject({
      detail: 'the field a cannot hold "1" here',
    })
    const long = template('{a:long}', { converters: { long: { ...word, length: 256 } } })
    expect(long.matches('a'.repeat(256))).toBe(true)
    expect(long.matches('a'.repeat(255))).toBe(false)
  })

  it('come before built-in ones and never from the prototype', () => {
    expect(template('{a:int}', { converters: { int: hex } }).parse('ff')).toEqual({ a: 255 })
    expect(() => template('{a:toString}' as string, { converters: { hex } })).toThrow(/no converter toString/)
  })
})

describe('mistakes in a template', () => {
  it.each([
    ['a{', 2, /no partner/],
    ['a}b', 2, /no partner/],
    ['{a{b}', 1, /no partner/],
    ['{a}/{a}', 5, /two fields a/],
    ['{a:nope}', 1, /no converter nope/],
    ['{a:}', 1, /no converter/],
    ['{:int}', 1, /no name/],
    ['{a}{b}', 4, /where a ends and b begins/],
    ['{a:int}{b}', 8, /where a ends and b begins/],
    ['{a}{b:path}', 4, /where a ends/],
    ['plain.txt', 1, /no field/],
    ['{}/{0}', 4, /two fields 0/],
  ])('%s: character %i', (pattern, place, problem) => {
    expect(() => template(pattern)).toThrow(TypeError)
    expect(() => template(pattern)).toThrow(problem)
    expect(() => template(pattern)).toThrow(new RegExp(`character ${place}:`))
  })

  it('are found in converters and arguments too', () => {
    expect(() => template(7 as never)).toThrow(TypeError)
    expect(() => template('{a:x}', { converters: { x: { decode: String } as never } })).toThrow(
      /both decode and/,
    )
    const noLength = { decode: String, encode: String, length: 0 }
    expect(() => template('{a:x}', { converters: { x: noLength } })).toThrow(/length/)
    expect(() => (favourites as unknown as { scalar(): unknown }).scalar()).toThrow(/2 fields/)
  })
})

describe('listing through a template', () => {
  it('asks the driver for one prefix', async () => {
    const inner = await holding('data/ann/fav/1.txt', 'data/anna/fav/2.txt', 'data/ann/fav/x.txt', 'other')
    const asked: unknown[] = []
    const watch = (outer = '') => {
      asked.push(outer)
      return outer
    }
    const spied: KeyCodec<string, string> = { decode: key => key, encode: key => key, prefix: watch }
    const store = pipe(inner, mapKeys(spied), mapKeys(favourites))
    expect(await collect(store.keys({ prefix: { user: 'ann' } }))).toEqual([{ user: 'ann', num: 1 }])
    expect(asked.at(-1)).toBe('data/ann/fav/')
    expect(await collect(store.keys({ prefix: { user: 'an' } }))).toEqual([])
    expect(await collect(store.keys())).toHaveLength(2)
  })

  it('takes tuples and scalars as prefixes', async () => {
    const inner = await holding('data/ann/fav/1.txt', 'data/anna/fav/12.txt')
    const tuples = pipe(inner, mapKeys(favourites.tuple()))
    expect(await collect(tuples.keys({ prefix: ['ann'] }))).toEqual([['ann', 1]])
    expect(await collect(tuples.keys({ prefix: ['anna', 1] }))).toEqual([])
    const names = pipe(inner, mapKeys(template('data/{name:path}.txt').scalar()))
    expect(await collect(names.keys({ prefix: 'anna' }))).toEqual(['anna/fav/12'])
  })

  it('finds dates', async () => {
    const store = pipe(
      await holding('2024-02-29/a', '2024-03-01/b'),
      mapKeys(template('{day:date}/{x}').tuple()),
    )
    const day = new Date(Date.UTC(2024, 1, 29))
    expect(await collect(store.keys({ prefix: [day] }))).toEqual([[day, 'a']])
  })
})

describe('the laws', () => {
  const templates = [
    template('{a}'),
    template('{a}_{b}'),
    template('x{a}/{b:path}y'),
    template('{a:path}.{b:path}'),
    template('{a:int}-{b}'),
    template('{a}.{b:float}e'),
    template('{{{a}}}{{'),
    template('{a}aa{b}'),
  ]

  it('a key in the view comes from its fields, and fields that are accepted come back', () => {
    const value = fc.oneof(oddText, fc.integer(), fc.double())
    fc.assert(
      fc.property(fc.constantFrom(...templates), oddText, value, value, (codec, key, a, b) => {
        const record = codec.decode(key)
        if (record !== undefined) expect(codec.encode(record as never)).toBe(key)
        const outer = codec.pattern.includes('{b') ? { a, b } : { a }
        const encoded = refusal(() => codec.encode(outer as never))
        if (typeof encoded === 'object' && encoded !== null && 'made' in encoded) {
          expect(codec.decode(encoded.made as string)).toEqual(outer)
          expect((encoded.made as string).startsWith(codec.prefix({ a } as never))).toBe(true)
        } else {
          expect(encoded).toMatchObject({ code: 'InvalidKey' })
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('agrees with a naive matcher about which keys fit', () => {
    const naive = /^((?:[^/])+)_((?:[^/])+)$/su
    fc.assert(
      fc.property(oddText, key => {
        const [, a, b] = naive.exec(key) ?? []
        const record = template('{a}_{b}').decode(key)
        expect(record).toEqual(a === undefined ? undefined : { a, b })
      }),
      { numRuns: 1000 },
    )
  })

  it('a key that can be divided in one way only is divided so by either matcher', () => {
    const patterns = [
      '{a}/{b:int}.{c}',
      'x{a:date}x{b:path}',
      '{a:int}_{b:float}/{c:path}',
      'data/{a}/{b}.json',
    ]
    const parts = patterns.map(pattern => parseTemplate(pattern, {}))
    const text = fc.oneof(
      oddText,
      fc.constantFrom('1', '-20', '0.5', '2024-02-29', 'x', '1_2/3', 'data/a/b.json'),
    )
    const key = fc.array(fc.oneof(text, fc.constantFrom('/', '_', '.', 'x'))).map(pieces => pieces.join(''))
    fc.assert(
      fc.property(fc.constantFrom(...parts), key, (some, candidate) => {
        expect(some.obvious).toBe(true)
        expect(matchTemplate(some, candidate)).toEqual(matchTemplate({ ...some, obvious: false }, candidate))
      }),
      { numRuns: 1000 },
    )
  })

  it('commutes with a value codec', async () => {
    const inner = memory()
    const keysFirst = pipe(inner, mapKeys(sounds), textValues())
    const valuesFirst = pipe(inner, textValues(), mapKeys(sounds))
    await keysFirst.set({ name: 'a', n: 1 }, 'x')
    await valuesFirst.set({ name: 'b', n: 2 }, 'y')
    expect(await collect(keysFirst)).toEqual(await collect(valuesFirst))
    expect(await collect(inner.keys())).toEqual(['a_1.wav', 'b_2.wav'])
  })
})

describe('hostile keys', () => {
  // A backtracking matcher would take about 1024^7 steps, and never come to an end.
  it('are matched in linear time', () => {
    const many = template('{a}a{b}a{c}a{d}a{e}a{f}a{g}X')
    const paths = template('{a:path}a{b:path}a{c:path}a{d:path}a{e:path}a{f:path}a{g:path}/X')
    expect(many.matches('a'.repeat(1024))).toBe(false)
    expect(many.matches(`${'a'.repeat(1023)}X`)).toBe(true)
    expect(paths.matches('a'.repeat(1024))).toBe(false)
    expect(paths.matches(`${'a/'.repeat(511)}X`)).toBe(true)
    expect(template('{a:float}-{b:float}-{c:float}').matches('1-'.repeat(512))).toBe(false)
    const { a, g } = many.parse(`${'a'.repeat(1023)}X`)
    expect([a.length, g]).toEqual([1011, 'a'])
  })

  it('are matched in a number of steps that grows as their length', () => {
    const parts = parseTemplate('{a:path}a{b:path}a{c:path}a{d}X', {})
    const steps = (length: number) => {
      let count = 0
      const fields = parts.fields.map(field => {
        const { next } = field.automaton
        const counting = (state: number, unit: number) => {
          count++
          return next(state, unit)
        }
        return { ...field, automaton: { ...field.automaton, next: counting } }
      })
      expect(matchTemplate({ ...parts, fields }, `${'a'.repeat(length - 1)}X`)).toBeDefined()
      return count
    }
    expect(steps(1024)).toBe(64 * steps(16))
  })
})
