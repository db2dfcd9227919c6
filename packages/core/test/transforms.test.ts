import { bytes, collect } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  at,
  decodeValues,
  endsWith,
  filterKeys,
  fromMap,
  mapKeys,
  mapValues,
  matching,
  memory,
  oneOf,
  pipe,
  pipeline,
  prefix,
  startsWith,
  suffix,
  text,
} from '../src/index.ts'
import { dialect } from '../src/layers.ts'

describe('at', () => {
  it('refuses what does not end in a slash, and names it', () => {
    const message = (given: string) =>
      new TypeError(`at takes a folder that ends in '/', such as 'drafts/', not ${given}`)
    expect(() => at(memory(), 'a' as never)).toThrow(message('"a"'))
    expect(() => at(memory(), 5 as never)).toThrow(message('5'))
    expect(() => at(memory(), { endsWith: () => true } as never)).toThrow(message('a value of type Object'))
  })
})

describe('dialect', () => {
  it('calls the methods of the store by other names, and makes those that are functions', async () => {
    const shelf = dialect(memory(), {
      load: 'get',
      dump: store => (value: Uint8Array, key: string) => store.set(key, value),
    })
    const value = bytes('v')
    await shelf.dump(value, 'a')
    expect(await shelf.load('a')).toEqual(value)
  })

  it('refuses names that stand for no method, and says which', () => {
    const store = memory()
    const named = (names: unknown) => () => dialect(store, names as never)
    const wanted = 'dialect takes your names, each with a method of the store, not '
    expect(named(null)).toThrow(new TypeError(`${wanted}null`))
    expect(named('get')).toThrow(new TypeError(`${wanted}"get"`))
    expect(named({ load: 'gte' })).toThrow(
      new TypeError('dialect: "load" stands for "gte", which is no method of the store'),
    )
    expect(named({ load: undefined })).toThrow(
      new TypeError('dialect: "load" stands for undefined, which is no method of the store'),
    )
  })
})

describe('predicates of keys', () => {
  const of = async (keep: (key: string) => boolean) =>
    await collect(
      pipe(
        fromMap(new Map(['a.csv', 'b.tsv', 'C.TXT', 'd'].map(key => [key, 1]))),
        filterKeys((key: string) => keep(key)),
      ).keys(),
    )

  it('take what begins or ends with any of several', async () => {
    expect(await of(endsWith('.csv', '.tsv'))).toEqual(['a.csv', 'b.tsv'])
    expect(await of(startsWith('a', 'd'))).toEqual(['a.csv', 'd'])
    expect(await of(endsWith())).toEqual([])
  })

  it('take an expression with its flags, of which `g` and `y` make no difference', async () => {
    expect(await of(matching(/txt$/i))).toEqual(['C.TXT'])
    expect(await of(matching(/[.]/g))).toEqual(['a.csv', 'b.tsv', 'C.TXT'])
    expect(await of(matching(/[.]/y))).toEqual(['a.csv', 'b.tsv', 'C.TXT'])
  })

  it('say what they take', () => {
    expect(() => oneOf(5 as never)).toThrow(new TypeError('oneOf takes a list of keys, not 5'))
    expect(() => oneOf('abc' as never)).toThrow(
      new TypeError("oneOf takes a list of keys; for one key write ['abc']"),
    )
    expect(() => filterKeys(5 as never)).toThrow(
      new TypeError('filterKeys takes a function from key to boolean, not 5'),
    )
  })
})

describe('transforms refuse, and say what they take', () => {
  const given = (make: unknown, ...args: unknown[]) => (make as (...args: unknown[]) => unknown)(...args)

  it.each<[string, () => unknown, string]>([
    ['pipe', () => given(pipe, memory(), 5), 'transform 1 of pipe is 5, not a function from store to store'],
    [
      'pipe',
      () => given(pipe, memory(), (store: unknown) => store, suffix),
      'transform 2 of pipe: suffix was not called; write suffix()',
    ],
    ['pipe', () => given(pipe, memory(), () => Promise.resolve(memory())), 'transform 1 of pipe gave '],
    ['pipe', () => given(pipe, memory(), () => null), 'transform 1 of pipe gave null, not a store'],
    ['mapKeys', () => given(mapKeys, suffix), 'mapKeys: suffix was not called; write suffix()'],
    [
      'mapKeys',
      () => given(mapKeys, 5),
      'mapKeys takes a key codec: { decode, encode }, both of them, not 5',
    ],
    ['mapValues', () => given(mapValues, text), 'mapValues: text was not called; write text()'],
    ['mapValues', () => given(mapValues, 5), 'mapValues takes a value codec: { decode, encode }'],
    ['mapValues', () => given(mapValues, () => 1), 'mapValues takes a codec, { decode, encode }; a lone'],
    ['decodeValues', () => given(decodeValues, text), 'decodeValues: text was not called; write text()'],
    ...[5, null, undefined, {}].map((wrong): [string, () => unknown, string] => [
      'decodeValues',
      () => given(decodeValues, wrong),
      'decodeValues takes a function from value and key, or a codec, not ',
    ]),
  ])('%s: %#', (_, run, message) => {
    expect(run).toThrow(TypeError)
    expect(run).toThrow(message)
  })
})

describe('pipeline', () => {
  it('names itself and the transform that is none', () => {
    const wrong = (...transforms: unknown[]) =>
      (pipeline as (...transforms: unknown[]) => (store: unknown) => unknown)(...transforms)
    expect(() => wrong(mapKeys(prefix('a/')), 5)).toThrow(
      new TypeError('transform 2 of pipeline is 5, not a function from store to store'),
    )
    expect(() => wrong(() => 7)(memory())).toThrow(
      new TypeError('transform 1 of pipeline gave 7, not a store'),
    )
    expect(() => wrong(prefix('a/'))).toThrow(
      new TypeError('transform 1 of pipeline is a codec; give it to mapValues or mapKeys'),
    )
  })
})
