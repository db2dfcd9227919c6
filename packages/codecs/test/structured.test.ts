import { deepStrictEqual } from 'node:assert/strict'
import { inspect } from 'node:util'
import { runInNewContext } from 'node:vm'
import { mapValues, memory, pipe } from '@kvdol/core'
import { bytes as bytesOf } from '@kvdol/test-support'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { oddText } from '../../core/test/odd.ts'
import { structured } from '../src/structured/index.ts'

const codec = structured()

function copy<T>(value: T): T {
  return codec.decode(codec.encode(value, 'k') as Uint8Array, 'k') as T
}

function refusal(run: () => unknown): unknown {
  try {
    return { made: run() }
  } catch (error) {
    return error
  }
}

const cases: [string, unknown][] = [
  ['null', null],
  ['booleans', [true, false]],
  ['undefined inside', { a: undefined, b: [undefined] }],
  ['numbers', [0, 1, -1, 0.5, 2 ** 31, -(2 ** 31), 2 ** 52, 2 ** 53 - 1, -(2 ** 53), 1e308, 5e-324]],
  ['numbers that JSON lacks', [-0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
  ['bigints', [0n, 1n, -1n, 2n ** 64n, -(2n ** 200n)]],
  ['strings', ['', 'a', 'é', '\u{1f600}', '\0', '\ufeff', '\ud800', 'a\udc00b']],
  ['property names', { '': 1, '\ud800': 2, __proto: 3, 'a.b': 4 }],
  ['dates', [new Date(0), new Date(8.64e15), new Date(Number.NaN)]],
  ['regular expressions', [/a/gi, /[\s\S]*\/(?<x>é)/u, /(?:)/]],
  [
    'maps',
    new Map<unknown, unknown>([
      [1, 'a'],
      [Number.NaN, {}],
      [{ k: 1 }, new Map()],
    ]),
  ],
  ['sets', new Set<unknown>([1, '1', null, undefined, new Set([[]])])],
  ['boxed primitives', [Object(1), Object('a'), Object(true), Object(1n), Object(Number.NaN)]],
  ['buffers', [new ArrayBuffer(0), new Uint8Array([1, 2, 3]).buffer]],
  ['errors', [new Error('a'), new TypeError('b', { cause: { c: 1 } }), new RangeError()]],
]

describe('structured', () => {
  it.each(cases)('gives back %s', (_, value) => {
    expect(copy(value)).toStrictEqual(value)
  })

  it('keeps minus zero and not a number', () => {
    expect(copy([-0])).toSatisfy(([zero]: number[]) => Object.is(zero, -0))
    expect(copy(Number.NaN)).toBeNaN()
  })

  it('keeps holes, length and further properties of arrays', () => {
    const sparse = Object.assign(Array(5), { 1: 'a', name: 'b' })
    const back = copy(sparse)
    expect(back).toHaveLength(5)
    expect(Object.entries(back)).toEqual([
      ['1', 'a'],
      ['name', 'b'],
    ])
    expect(0 in back).toBe(false)
    expect(copy(Array(2 ** 32 - 1))).toHaveLength(2 ** 32 - 1)
  })

  it.each([
    [new Int8Array([-1])],
    [new Uint8Array([255])],
    [new Uint8ClampedArray([255])],
    [new Int16Array([-300])],
    [new Uint16Array([65535])],
    [new Int32Array([-(2 ** 31)])],
    [new Uint32Array([2 ** 32 - 1])],
    [new Float32Array([0.5, Number.NaN])],
    [new Float64Array([-0, 1e300])],
    [new BigInt64Array([-1n])],
    [new BigUint64Array([2n ** 64n - 1n])],
    [new DataView(new Uint8Array([1, 2]).buffer)],
    [new Uint8Array(0)],
  ])('gives back the view %o', view => {
    expect(copy(view)).toStrictEqual(view)
  })

  it('keeps cycles and shared parts as they are', () => {
    const part = { x: 1 }
    const value: Record<string, unknown> = {
      a: part,
      b: [part],
      map: new Map<unknown, unknown>([[part, part]]),
    }
    value.self = value
    const back = copy(value) as { a: object; b: object[]; map: Map<object, object>; self: object }
    expect(back.self).toBe(back)
    expect(back.b[0]).toBe(back.a)
    expect(back.map.get(back.a)).toBe(back.a)
    const error = new Error('a')
    error.cause = error
    expect(copy(error)).toSatisfy((copied: Error) => copied.cause === copied)
    const boxed = Object(1)
    expect(copy([boxed, boxed, part, part])).toSatisfy(
      (all: object[]) => all[0] === all[1] && all[2] === all[3],
    )
  })

  it('keeps views of one buffer on one buffer', () => {
    const { buffer } = new Float64Array([1, 2, 3, 4])
    const back = copy({ floats: new Float64Array(buffer, 8, 2), bytes: new Uint8Array(buffer, 12, 8) })
    expect([...back.floats]).toEqual([2, 3])
    expect(back.bytes.buffer).toBe(back.floats.buffer)
    new DataView(back.bytes.buffer).setFloat64(back.floats.byteOffset, 7, true)
    expect(back.floats[0]).toBe(7)
    const uneven = copy([new Uint8Array(buffer, 1, 1), new Float64Array(buffer, 16, 1)])
    expect(uneven[1]).toEqual(new Float64Array([3]))
    const both = copy({ buffer, view: new Uint8Array(buffer, 1, 1) })
    expect(both.view.buffer).toBe(both.buffer)
    expect(both.buffer.byteLength).toBe(32)
  })

  it('stores of a buffer only what views in the value show', () => {
    const { buffer } = new Uint8Array(bytesOf(`aa${'secret'.repeat(20)}bb`))
    const value = [new Uint8Array(buffer, 0, 2), new Uint8Array(buffer, 122, 2)]
    const stored = codec.encode(value, 'k') as Uint8Array
    expect(new TextDecoder().decode(stored)).not.toContain('secret')
    expect(copy(value)).toEqual([bytesOf('aa'), bytesOf('bb')])
    expect((codec.encode(Buffer.from('hello'), 'k') as Uint8Array).length).toBeLessThan(40)
    expect(copy(Buffer.from('hello'))).toEqual(bytesOf('hello'))
  })

  it('keeps names of the prototype as ordinary properties', () => {
    const hostile = JSON.parse('{"__proto__":{"polluted":1},"constructor":1,"toString":2}')
    const back = copy(hostile)
    expect(Object.keys(back)).toEqual(['__proto__', 'constructor', 'toString'])
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype)
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  it('leaves out the stack of errors, and the class of those it does not know', () => {
    class Odd extends Error {
      override name = 'Odd'
    }
    const back = copy(new Odd('a'))
    expect(back).toMatchObject({ name: 'Error', message: 'a', stack: 'Error: a' })
    expect(Object.keys(back)).toEqual([])
  })

  it('takes plain objects and other data of another realm', () => {
    expect(copy(runInNewContext('({ a: [new Date(0), new Map([[1, new Set([/x/])]])] })'))).toEqual({
      a: [new Date(0), new Map([[1, new Set([/x/])]])],
    })
  })

  it.each<[string, unknown]>([
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['a boxed symbol', Object(Symbol('x'))],
    ['a weak map', new WeakMap()],
    ['a promise', Promise.resolve()],
    ['a class instance', new (class Point {})()],
    ['a shared buffer', new SharedArrayBuffer(8)],
    ['a view of a shared buffer', new Int16Array(new SharedArrayBuffer(8))],
    ['an impostor', { [Symbol.toStringTag]: 'Date' }],
    ['a generator', (function* () {})()],
  ])('refuses %s, also inside, and stores nothing', async (_, value) => {
    const inner = memory()
    const store = pipe(inner, mapValues(codec))
    await expect(store.set('a', value)).rejects.toMatchObject({ code: 'InvalidValue', key: 'a' })
    await expect(store.set('a', { deep: [value] })).rejects.toMatchObject({ code: 'InvalidValue' })
    expect(await inner.has('a')).toBe(false)
  })

  it('refuses a detached buffer', () => {
    const view = new Uint8Array(8)
    structuredClone(view, { transfer: [view.buffer] })
    expect(refusal(() => codec.encode([view.buffer], 'k'))).toBeInstanceOf(Error)
  })

  it('nests 1000 deep and no deeper', () => {
    const nested = (depth: number) => {
      let value: unknown = 1
      for (let level = 0; level < depth; level++) value = [value]
      return value
    }
    expect(copy(nested(1000))).toEqual(nested(1000))
    expect(refusal(() => codec.encode(nested(1001), 'k'))).toMatchObject({ code: 'InvalidValue' })
    const deep = new Uint8Array([1, 0, ...Array(5000).fill([9, 1]).flat(), 1])
    expect(refusal(() => codec.decode(deep, 'k'))).toMatchObject({
      code: 'Corrupt',
      detail: expect.stringContaining('deep'),
    })
  })

  it('gives back anything', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withSparseArray: true,
      withTypedArray: true,
      withBoxedValues: true,
      withNullPrototype: false,
      key: oddText,
    })
    fc.assert(
      fc.property(anything, value => {
        // For deepStrictEqual two invalid dates differ.
        fc.pre(!inspect(value, { depth: null, maxArrayLength: null }).includes('Invalid Date'))
        deepStrictEqual(copy(value), structuredClone(value))
      }),
      { numRuns: 500 },
    )
  })
})

describe('structured, given bytes that it never made', () => {
  const long = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]

  it.each<[string, number[]]>([
    ['nothing', []],
    ['another version', [2, 0, 1]],
    ['no value', [1, 0]],
    ['an unknown tag', [1, 0, 99]],
    ['more than one value', [1, 0, 1, 1]],
    ['a string longer than the rest', [1, 0, 7, ...long]],
    ['an array longer than the rest', [1, 0, 9, ...long, 1]],
    ['a map longer than the rest', [1, 0, 12, ...long, 1, 1]],
    ['a set longer than the rest', [1, 0, 13, 5, 1]],
    ['an object longer than the rest', [1, 0, 11, ...long]],
    ['an array without its length', [1, 0, 9]],
    ['a sparse array of an impossible length', [1, 0, 10, ...long, 0]],
    ['a sparse array with its own length', [1, 0, 10, 1, 1, 12, ...bytesOf('length'), 4, 2]],
    ['more buffers than the rest', [1, ...long]],
    ['a buffer longer than the rest', [1, 1, 0, ...long, 1]],
    ['a buffer that is not aligned', [1, 1, 3, 0, 1]],
    ['a number beyond the safe ones', [1, 0, 4, ...Array(20).fill(0xff), 1]],
    ['half a float', [1, 0, 5, 0, 0]],
    ['a bigint that is none', [1, 0, 6, 4, ...bytesOf('zz')]],
    ['an empty bigint', [1, 0, 6, 0]],
    ['text that is not UTF-8', [1, 0, 7, 2, 0xff]],
    ['half a character', [1, 0, 7, 3, 0x61]],
    ['a reference to nothing', [1, 0, 8, 0]],
    ['a reference to what is yet to come', [1, 0, 9, 2, 8, 1, 9, 0]],
    ['a regular expression that is none', [1, 0, 15, 2, ...bytesOf('('), 0]],
    ['flags that are none', [1, 0, 15, 2, ...bytesOf('a'), 2, ...bytesOf('!')]],
    ['a boxed null', [1, 0, 16, 1]],
    ['a boxed array', [1, 0, 16, 9, 0]],
    ['a buffer that is not there', [1, 0, 18, 0]],
    ['a view of an unknown kind', [1, 1, 0, 0, 19, 99, 0, 0, 0]],
    ['a view outside its buffer', [1, 1, 0, 1, 7, 19, 2, 0, 0, 2]],
    ['a view before its buffer', [1, 1, 8, 1, 7, 19, 2, 0, 0, 1]],
  ])('finds %s corrupt', async (_, bytes) => {
    const inner = memory()
    await inner.set('a', new Uint8Array(bytes))
    await expect(pipe(inner, mapValues(codec)).get('a')).rejects.toMatchObject({ code: 'Corrupt', key: 'a' })
  })

  it('finds every beginning of a stored value corrupt', () => {
    const whole = codec.encode(
      cases.map(([, value]) => value),
      'k',
    ) as Uint8Array
    for (let length = 0; length < whole.length; length++)
      expect(() => codec.decode(whole.subarray(0, length), 'k')).toThrow()
  })

  it('never does more than refuse', () => {
    const whole = codec.encode(
      cases.map(([, value]) => value),
      'k',
    ) as Uint8Array
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.boolean(), (place, byte, cut) => {
        const damaged = whole.slice(0, cut ? place + 1 : whole.length)
        damaged[place] = byte
        refusal(() => codec.decode(damaged, 'k'))
        expect(Object.keys(Object.prototype)).toEqual([])
      }),
      { numRuns: 2000 },
    )
  })

  it('decodes bytes and nothing else', () => {
    expect(refusal(() => codec.decode('x' as never, 'k'))).toMatchObject({ code: 'Corrupt' })
  })
})
