import { mapValues, memory, pipe } from '@kvdol/core'
import { refusal } from '@kvdol/test-support'
import { encode as write } from '@msgpack/msgpack'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { msgpack } from '../src/msgpack/index.ts'
import { roundTrip } from './round-trip.ts'

const name = fc.string({ unit: 'binary', maxLength: 40 }).filter(text => text !== '__proto__')
const leaves = [
  fc.constantFrom<unknown>(null, true, false),
  fc.double().filter(value => !Object.is(value, -0)),
  fc.maxSafeInteger(),
  name,
  fc.uint8Array({ maxLength: 20 }),
  fc.date({ noInvalidDate: true }),
] as const

/** Data with some more kinds of leaves. */
function dataOf(...more: fc.Arbitrary<unknown>[]): fc.Arbitrary<unknown> {
  return fc.letrec(tie => ({
    any: fc.oneof(
      { maxDepth: 4 },
      ...leaves,
      ...more,
      fc.array(tie('any'), { maxLength: 20 }),
      fc.dictionary(name, tie('any'), { maxKeys: 20, noNullPrototype: true }),
    ),
  })).any
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)
const ascii = (text: string): number[] => [...text].map(character => character.charCodeAt(0))

describe('msgpack', () => {
  it('writes and reads', async () => {
    const store = memory()
    const sessions = pipe(store, mapValues(msgpack<{ at: Date; n: number }>()))
    await sessions.set('a', { at: new Date(1000), n: 1 })
    expect(await store.get('a')).toEqual(
      bytes(0x82, 0xa2, ...ascii('at'), 0xd6, 0xff, 0, 0, 0, 1, 0xa1, ...ascii('n'), 1),
    )
    expect(await sessions.get('a')).toEqual({ at: new Date(1000), n: 1 })
  })

  it('gives back any data', () => {
    fc.assert(
      fc.property(dataOf(), value => {
        expect(roundTrip(msgpack(), value)).toStrictEqual(value)
      }),
    )
  })

  it('gives back bigints of 64 bits on request, and numbers as numbers', () => {
    const bigints = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n })
    fc.assert(
      fc.property(dataOf(bigints), value => {
        expect(roundTrip(msgpack({ bigint: true }), value)).toStrictEqual(value)
      }),
    )
  })

  it('reads or refuses any bytes, and what it has read is stable', () => {
    const anyBytes = fc.oneof(
      fc.uint8Array({ maxLength: 30 }),
      fc
        .array(
          fc.constantFrom(0x81, 0x92, 0xa1, 0x61, 0xc4, 0xc7, 0xcf, 0xd6, 0xd9, 0xdc, 0xde, 0xff, 0, 1, 4),
        )
        .map(values => bytes(...values)),
    )
    fc.assert(
      fc.property(anyBytes, stored => {
        let value: unknown
        try {
          value = msgpack().decode(stored, 'k')
        } catch (error) {
          expect(error).toMatchObject({ code: 'Corrupt' })
          return
        }
        expect(roundTrip(msgpack(), value)).toEqual(value)
      }),
      { numRuns: 2000 },
    )
  })

  it('accepts whatever the library makes of long texts, arrays, maps and bytes', () => {
    const long = {
      texts: ['a'.repeat(31), 'a'.repeat(32), 'é'.repeat(300), 'a'.repeat(70_000)],
      arrays: [Array(16).fill(1), Array(70_000).fill(null)],
      map: Object.fromEntries(Array.from({ length: 70_000 }, (_, index) => [`k${index}`, index])),
      bytes: [new Uint8Array(256), new Uint8Array(70_000)],
      numbers: [127, 128, -32, -33, 255, 256, 65_536, 2 ** 32, -129, -32_769, -(2 ** 31) - 1, 0.5],
    }
    expect(roundTrip(msgpack<object>(), long)).toEqual(long)
  })

  it('leaves out properties that are undefined', () => {
    expect(roundTrip(msgpack(), { a: undefined, b: 1 })).toStrictEqual({ b: 1 })
  })

  it('gives bytes of its own, and a Uint8Array for a Buffer', () => {
    const stored = Buffer.from(write({ a: bytes(1, 2) }))
    const { a } = msgpack<{ a: Uint8Array }>().decode(stored, 'k') as { a: Uint8Array }
    stored.fill(0)
    expect(a).toStrictEqual(bytes(1, 2))
    expect(roundTrip(msgpack(), Buffer.from([1]))).toStrictEqual(bytes(1))
  })

  it.each([
    ['nothing', bytes()],
    ['bytes after the value', bytes(1, 1)],
    ['a text that is cut off', bytes(0xa2, 0x61)],
    ['a number that is cut off', bytes(0xcd, 1)],
    ['an array that is cut off', bytes(0x92, 1)],
    ['an array that claims four thousand million elements', bytes(0xdd, 0xff, 0xff, 0xff, 0xff)],
    ['a map that claims four thousand million entries', bytes(0xdf, 0xff, 0xff, 0xff, 0xff)],
    ['bytes that claim four gigabytes', bytes(0xc6, 0xff, 0xff, 0xff, 0xff)],
    [
      'arrays that each claim all that is left',
      bytes(...Array(50).fill([0xdc, 0, 90]).flat(), ...Array(90).fill(1)),
    ],
    ['the byte without a meaning', bytes(0xc1)],
    ['an extension type', bytes(0xd4, 1, 0)],
    ['a timestamp of another size', bytes(0xd4, 0xff, 0)],
    ['a timestamp that no Date can hold', bytes(0xc7, 12, 0xff, 0, 0, 0, 0, 0x7f, ...Array(7).fill(0xff))],
    ['text that is not UTF-8', bytes(0xa1, 0xff)],
    ['a lone surrogate', bytes(0xa3, 0xed, 0xa0, 0x80)],
    ['a key that is a number', bytes(0x81, 1, 1)],
    ['a second key that is a number', bytes(0x82, 0xa1, 0x61, 0x91, 1, 1, 1)],
    ['a key that is an array', bytes(0x81, 0x90, 1)],
    ['a property named __proto__', bytes(0x81, 0xa9, ...ascii('__proto__'), 0x80)],
    ['an integer beyond the safe ones', bytes(0xcf, 0xff, 0, 0, 0, 0, 0, 0, 0)],
    ['101 levels', bytes(...Array(101).fill(0x91), 1)],
    ['endless nesting', new Uint8Array(100_000).fill(0x91)],
  ])('finds %s corrupt', (_, stored) => {
    expect(refusal(() => msgpack().decode(stored, 'k'))).toMatchObject({ code: 'Corrupt' })
  })

  it('reads an integer beyond the safe ones as a bigint on request', () => {
    const stored = bytes(0xcf, 0xff, 0, 0, 0, 0, 0, 0, 0)
    expect(msgpack({ bigint: true }).decode(stored, 'k')).toBe(0xffn << 56n)
  })

  it.each([[1], [undefined], ['a']])('finds %j corrupt', stored => {
    expect(refusal(() => msgpack().decode(stored as never, 'k'))).toMatchObject({ code: 'Corrupt' })
  })

  it.each<[unknown, string]>([
    [undefined, 'undefined'],
    [[undefined], 'undefined at [0]'],
    [{ a: 1n }, 'a bigint'],
    [new Map(), 'a value of type Map'],
    [{ a: new Float64Array(1) }, 'a value of type Float64Array at .a'],
    [new Date(Number.NaN), 'a value of type Date'],
    [{ a: Symbol('s') }, 'symbol at .a'],
    ['\ud800', 'surrogate pair'],
    [JSON.parse('{"__proto__": 1}'), 'a property named "__proto__"'],
  ])('refuses %s', (value, what) => {
    const error = refusal(() => msgpack().encode(value, 'k'))
    expect(error.code).toBe('InvalidValue')
    expect(error.message).toContain(what)
  })

  it.each([[2n ** 64n], [-(2n ** 63n) - 1n]])('refuses a bigint of more than 64 bits, %s', value => {
    expect(refusal(() => msgpack({ bigint: true }).encode(value, 'k'))).toMatchObject({
      code: 'InvalidValue',
    })
  })

  it('refuses cycles and more than 100 levels', () => {
    const cycle: unknown[] = []
    cycle.push(cycle)
    expect(refusal(() => msgpack().encode(cycle, 'k')).message).toContain('a cycle at [0]')
    const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)])
    expect(roundTrip(msgpack(), nested(100))).toEqual(nested(100))
    expect(refusal(() => msgpack().encode(nested(101), 'k'))).toMatchObject({ code: 'InvalidValue' })
  })
})
