import { bytes, collect, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { fromMap, jsonValues, memory, pipe, type Store } from '../../src/index.ts'
import { expiring, memoize } from '../../src/layers.ts'
import { spied } from './support/spied.ts'

/** A function that counts its runs. */
function counted<A extends unknown[], R>(run: (...args: A) => R) {
  const calls: A[] = []
  return {
    calls,
    run: (...args: A): R => {
      calls.push(args)
      return run(...args)
    },
  }
}

describe('a function that remembers', () => {
  it('runs once for each arguments, sync or async', async () => {
    const squares: ((n: number) => number | Promise<number>)[] = [n => n * n, async n => n * n]
    for (const square of squares) {
      const { calls, run } = counted(square)
      const memo = memoize(run)
      expect([await memo(3), await memo(3), await memo(4)]).toEqual([9, 9, 16])
      expect(calls).toEqual([[3], [4]])
    }
  })

  it('runs once for 1,000 calls at the same time', async () => {
    const { calls, run } = counted(async (n: number) => {
      await new Promise(resolve => setImmediate(resolve))
      return n
    })
    const memo = memoize(run)
    expect(new Set(await Promise.all(Array.from({ length: 1000 }, () => memo(7))))).toEqual(new Set([7]))
    expect(calls).toHaveLength(1)
  })

  it('does not keep failures, which come as they are, nor undefined', async () => {
    const reason = new Error('no power')
    let fails = true
    const { calls, run } = counted(() => {
      if (fails) throw reason
      return undefined
    })
    const memo = memoize(run)
    await expect(memo()).rejects.toBe(reason)
    fails = false
    expect([await memo(), await memo()]).toEqual([undefined, undefined])
    expect(calls).toHaveLength(3)
  })

  it('keeps no more than it may', async () => {
    const { calls, run } = counted((n: number) => n)
    const memo = memoize(run, { max: 2 })
    for (const n of [1, 2, 1, 3, 1, 2]) await memo(n)
    expect(calls.flat()).toEqual([1, 2, 3, 2])
  })
})

describe('what makes two calls the same', () => {
  const different: readonly (readonly unknown[])[] = [
    [],
    [undefined],
    [undefined, undefined],
    [null],
    [1],
    ['1'],
    [1n],
    [true],
    ['true'],
    ['undefined'],
    [0],
    [-0],
    [Number.NaN],
    ['NaN'],
    [Number.POSITIVE_INFINITY],
    [1, 2],
    ['1,2'],
    [[1, 2]],
    [[1], 2],
    [[1, [2]]],
    [[]],
    [[[]]],
    [[undefined]],
    [{}],
    [{ a: 1 }],
    [{ a: '1' }],
    [{ a: undefined }],
    [{ a: { b: 1 } }],
    [{ a: { b: 1 }, c: 2 }],
    [{ 'a":1,"b': 1 }],
    [{ a: 1, b: 1 }],
    [{ 0: 1 }],
    [new Date(0)],
    [new Date(1)],
    [new Date(Number.NaN)],
    ['Date(0)'],
    [new Map()],
    [new Map([[1, 2]])],
    [new Map([['1', 2]])],
    [new Set()],
    [new Set([1, 2])],
    [bytes('a')],
    [bytes('b')],
    [new Uint8Array([1])],
    [[1]],
    [new Uint16Array([1])],
    [new Uint8Array([1]).buffer],
    [/a/],
    [/a/i],
    ['/a/'],
    [new URL('http://a/')],
    ['http://a/'],
    ['\ud800'],
    ['\ufffd'],
    ['x'.repeat(500)],
    [`${'x'.repeat(499)}y`],
  ]

  it('is their content and type: none of these collide, in one cache of two functions', async () => {
    const cache = fromMap(new Map<string, string>())
    const results = await Promise.all(
      ['f', 'g'].flatMap(name => {
        let runs = 0
        const memo = memoize((..._args: unknown[]) => `${name}${runs++}`, { cache })
        return different.map(args => memo(...args))
      }),
    )
    expect(new Set(results).size).toBe(different.length * 2)
    expect(await cache.size()).toBe(different.length * 2)
  })

  it('is content alone: copies are the same', async () => {
    const { calls, run } = counted((..._args: unknown[]) => 1)
    const memo = memoize(run)
    const copies = () => [
      { b: [1, { c: new Date(5) }], a: 'x' },
      new Map([[{ k: 1 }, new Set(['v'])]]),
      Buffer.from('b'),
    ]
    await memo(...copies())
    await memo({ a: 'x', b: [1, { c: new Date(5) }] }, ...copies().slice(1))
    expect(calls).toHaveLength(1)
  })

  it('is what key says, with defaults filled in and what does not matter left out', async () => {
    const add = (x: number, y?: number, _mode?: string) => x + (y ?? 2)
    const { calls, run } = counted(add)
    const memo = memoize(run, { key: (x, y = 2) => [x, y] })
    expect([await memo(1), await memo(1, 2), await memo(1, 2, 'slow'), await memo(1, 3)]).toEqual([
      3, 3, 3, 4,
    ])
    expect(calls).toHaveLength(2)
    const typed = memoize(run, { key: x => (x === 1 ? '1' : 1) })
    expect([await typed(1), await typed(2)]).toEqual([3, 4])
  })

  it('cannot be told of functions, symbols, instances and cycles', async () => {
    class Point {
      x = 1
    }
    const cycle: Record<string, unknown> = {}
    cycle.self = cycle
    const { calls, run } = counted((_: unknown) => 1)
    for (const value of [
      () => 1,
      Symbol('s'),
      new Point(),
      new (class extends Map {})(),
      new WeakMap(),
      cycle,
      { [Symbol('s')]: 1 },
    ])
      expect(await rejection(memoize(run)(value))).toMatchObject({ code: 'InvalidArgument' })
    expect(calls).toEqual([])
    const error = await rejection(
      memoize(run, {
        key: () => {
          throw new Error('no key')
        },
      })(1),
    )
    expect(error).toMatchObject({ code: 'InvalidArgument' })
  })
})

describe('a cache of results', () => {
  it('is any store: with a name it is shared, and it may expire', async () => {
    let time = 1000
    const place = memory()
    const cache = () => pipe(place, jsonValues<{ n: number }>(), expiring({ ttl: 100, now: () => time }))
    const { calls, run } = counted((n: number) => ({ n }))
    expect(await memoize(run, { cache: cache(), name: 'square' })(2)).toEqual({ n: 2 })
    expect(await memoize(run, { cache: cache(), name: 'square' })(2)).toEqual({ n: 2 })
    expect(calls).toHaveLength(1)
    expect(await memoize(run, { cache: cache() })(2)).toEqual({ n: 2 })
    expect(await memoize(run, { cache: cache() })(2)).toEqual({ n: 2 })
    expect(calls).toHaveLength(3)
    time += 100
    await memoize(run, { cache: cache(), name: 'square' })(2)
    expect(calls).toHaveLength(4)
  })

  it('that fails never fails a call', async () => {
    const { store, before } = spied(memory())
    const told: unknown[] = []
    const memo = memoize((n: number) => bytes(`${n}`), {
      cache: store,
      onCacheError: ({ op }, args) => told.push([op, args]),
    })
    for (const name of ['get', 'set'])
      before[name] = () => {
        throw new Error('the disk is on fire')
      }
    expect(await memo(1)).toEqual(bytes('1'))
    expect(told).toEqual([
      ['get', [1]],
      ['set', [1]],
    ])
  })

  it('refuses what makes no sense', () => {
    expect(() => memoize(5 as never)).toThrow('a function')
    expect(() => memoize(() => 1, { cache: memory() as never, max: 5 })).toThrow('max')
  })
})
describe('what memoize says', () => {
  it('of what it cannot take', async () => {
    for (const run of [undefined, 5, {}])
      expect(() => memoize(run as never)).toThrow('memoize takes a function, not ')
    expect(() => memoize(() => 1, { cache: fromMap<string, number>(), max: 5 })).toThrow(
      'memoize: max is for the memory that is used without cache; bound the cache itself',
    )
    for (const name of ['', 'x'.repeat(201), '\ud800', 5])
      expect(() => memoize(() => 1, { name } as never)).toThrow('a well-formed string of 1 to 200 characters')
    expect(() => memoize(() => 1, { name: '\u{1f600}'.repeat(200) })).not.toThrow()
    const failing = memoize((value: number) => value, {
      key: () => {
        throw new Error('no key')
      },
    })
    expect((await rejection(failing(1))).message).toContain('the key function of memoize failed: no key')
  })

  it('of the cache, to which each result goes under the name and the arguments', async () => {
    const cache = fromMap<string, number>()
    let runs = 0
    const named = memoize((a: number, b?: number) => a + (b ?? 0) + 0 * ++runs, { cache, name: 'sum' })
    expect([await named(1, 2), await named(1, 2), await named(1)]).toEqual([3, 3, 1])
    expect(runs).toBe(2)
    const keys = await collect(cache.keys())
    expect(keys).toHaveLength(2)
    for (const key of keys) expect(key.startsWith('sum(')).toBe(true)
    // Of long arguments only a hash stays, so that every store can hold the key.
    const long = memoize((value: string) => value.length, { cache, name: 'long' })
    expect([await long('x'.repeat(5000)), await long(`${'x'.repeat(4999)}y`)]).toEqual([5000, 5000])
    const hashed = (await collect(cache.keys())).filter(key => key.startsWith('long'))
    expect(hashed).toHaveLength(2)
    for (const key of hashed) expect(key).toMatch(/^long#[0-9a-f]{64}$/)
  })

  it('two functions without a name never meet in one cache', async () => {
    const cache = fromMap<string, number>()
    const [one, two] = [memoize(() => 1, { cache }), memoize(() => 2, { cache })]
    expect([await one(), await two(), await one(), await two()]).toEqual([1, 2, 1, 2])
    expect(await cache.size()).toBe(2)
  })

  it('runs again for a failure of the cache, and tells of it with the arguments', async () => {
    const told: unknown[] = []
    const cache: Store<string, unknown> = pipe(memory(), jsonValues())
    const run = memoize((value: unknown) => value, {
      cache,
      name: 'f',
      onCacheError: (error, args) => told.push([error.code, args.length]),
    })
    expect(await run(1n)).toBe(1n)
    expect(told).toEqual([['InvalidValue', 1]])
    const silent = memoize((value: unknown) => value, { cache, name: 'g' })
    expect(await silent(2n)).toBe(2n)
  })

  it('keeps a thousand results unless told otherwise', async () => {
    let runs = 0
    const run = memoize((value: number) => {
      runs++
      return value
    })
    for (let value = 0; value < 1000; value++) await run(value)
    await run(0)
    expect(runs).toBe(1000)
    await run(1000)
    await run(1)
    expect(runs).toBe(1002)
  })
})
describe('arguments that can be told apart', () => {
  it.each([
    [0, -0],
    [1, '1'],
    [1, 1n],
    [undefined, null],
    [undefined, 'undefined'],
    [true, 'true'],
    [[], {}],
    [[1, 2], [12]],
    [
      [1, [2]],
      [[1], 2],
    ],
    [
      { a: 1, b: 2 },
      { a: 1, b: 3 },
    ],
    [{ a: undefined }, {}],
    [new Date(0), new Date(1)],
    [new Date(0), 0],
    [/a/, /a/i],
    [new URL('http://a/'), 'http://a/'],
    [new Set([1]), new Set([2])],
    [new Set([1]), [1]],
    [new Map([[1, 2]]), new Map([[1, 3]])],
    [Uint8Array.of(1, 16), Uint8Array.of(17, 0)],
    [Uint8Array.of(1), new Uint16Array([1])],
    [Uint8Array.of(1).buffer, Uint8Array.of(2).buffer],
  ])('%o and %o', async (one, other) => {
    const seen: unknown[] = []
    const run = memoize((value: unknown) => seen.push(value))
    await run(one)
    await run(other)
    await run(one instanceof URL ? new URL(one) : structuredClone(one))
    expect(seen).toEqual([one, other])
  })

  it('fields count in any order, and bytes by where they lie', async () => {
    const seen: unknown[] = []
    const run = memoize((value: unknown) => seen.push(value))
    await run({ a: 1, b: 2 })
    await run({ b: 2, a: 1 })
    await run(Uint8Array.of(0, 7, 0).subarray(1, 2))
    await run(Uint8Array.of(7))
    expect(seen).toHaveLength(2)
  })

  it('others are refused, and say what helps', async () => {
    const run = memoize((_: unknown) => 1)
    const cycle: unknown[] = []
    cycle.push([cycle])
    expect((await rejection(run(cycle))).message).toContain('an argument contains itself; give key')
    const twice = [1]
    expect(await run([twice, twice])).toBe(1)
    class Own extends Date {}
    for (const odd of [
      () => 1,
      Symbol('s'),
      new Own(),
      { [Symbol('s')]: 1 },
      new WeakMap(),
      Object.create(new Date()),
    ])
      expect((await rejection(run(odd))).message).toContain(
        'cannot be told from others; give key, a function',
      )
  })
})

it('every name that is taken leaves room for the arguments, however long they are', async () => {
  const errors: unknown[] = []
  for (const letter of ['\u{1F600}', '\u3042\u3042']) {
    let runs = 0
    const cache = pipe(memory(), jsonValues<number>())
    const name = letter.repeat(200 / [...letter].length)
    const run = memoize((_: string) => ++runs, { cache, name, onCacheError: error => errors.push(error) })
    for (const length of [1, 35, 68, 72, 138, 500]) {
      expect(await run('\u3042'.repeat(length))).toBe(await run('\u3042'.repeat(length)))
      expect(await run('\u{1F600}'.repeat(length))).toBe(await run('\u{1F600}'.repeat(length)))
    }
  }
  expect(errors).toEqual([])
})
