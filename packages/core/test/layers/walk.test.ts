import { collect, rejection } from '@kvdol/test-support'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromMap, jsonValues, memory, pipe } from '../../src/index.ts'
import { mount, walk } from '../../src/layers.ts'

const tree = { a: 1, b: { c: 2, d: {}, e: [3, { f: 4 }] } }

describe('walking through nested values', () => {
  it('gives what is at the ends, and nothing for an empty branch', async () => {
    expect(await collect(walk(tree))).toEqual([
      [['a'], 1],
      [['b', 'c'], 2],
      [
        ['b', 'e'],
        [3, { f: 4 }],
      ],
    ])
    expect(await collect(walk({ a: 1, b: { c: 2, d: {} } }))).toEqual([
      [['a'], 1],
      [['b', 'c'], 2],
    ])
  })

  it('goes through stores, maps and objects alike', async () => {
    const inner = fromMap(new Map<string, unknown>([['x', new Map([[7, { y: null }]])]]))
    const outer = fromMap(
      new Map<string, unknown>([
        ['in', inner],
        ['leaf', new Date(0)],
      ]),
    )
    expect(await collect(walk(outer))).toEqual([
      [['in', 'x', 7, 'y'], null],
      [['leaf'], new Date(0)],
    ])
    expect(await collect(walk(mount({ 'm/': outer })))).toHaveLength(2)
    expect(await collect(walk(memory()))).toEqual([])
  })

  it('breadth first, with branches, down to a depth, and into what one says', async () => {
    const paths = async (options: object) =>
      (await collect(walk(tree, options))).map(([path]) => path.join('.'))
    const lists = (_: unknown, value: unknown) => typeof value === 'object' && value !== null
    expect(await paths({ branches: true })).toEqual(['a', 'b', 'b.c', 'b.d', 'b.e'])
    expect(await paths({ into: lists })).toEqual(['a', 'b.c', 'b.e.0', 'b.e.1.f'])
    expect(await paths({ depth: 1 })).toEqual(['a', 'b'])
    const deep = { x: { y: { z: 1 } }, p: { q: 2 }, k: 3 }
    expect((await collect(walk(deep, { order: 'breadth' }))).map(([path]) => path.join('.'))).toEqual([
      'k',
      'p.q',
      'x.y.z',
    ])
    expect((await collect(walk(deep))).map(([path]) => path.join('.'))).toEqual(['x.y.z', 'p.q', 'k'])
    expect(await paths({ into: (path: string[]) => path[0] === 'b' && path.length === 1 })).toEqual([
      'a',
      'b.c',
      'b.d',
      'b.e',
    ])
  })

  it('finds paths by a condition', async () => {
    const found: unknown[] = []
    for await (const [path] of walk({ a: { b: 1, c: { b: 2 } } })) if (path.at(-1) === 'b') found.push(path)
    expect(found).toEqual([
      ['a', 'b'],
      ['a', 'c', 'b'],
    ])
  })

  it('refuses what contains itself, and tells what a function throws', async () => {
    const self: Record<string, unknown> = { a: {} }
    ;(self.a as Record<string, unknown>).back = self
    expect(await rejection(collect(walk(self)))).toMatchObject({
      code: 'InvalidArgument',
      key: ['a', 'back'],
    })
    const map = new Map<string, unknown>()
    const store = fromMap(map)
    map.set('self', store)
    expect((await rejection(collect(walk(store)))).message).toMatch(/contains itself/)
    // The same value twice is no cycle.
    const twice = { x: 1 }
    expect(await collect(walk({ a: twice, b: twice }))).toHaveLength(2)
    const reason = new Error('no')
    const error = await rejection(
      collect(
        walk(tree, {
          into: () => {
            throw reason
          },
        }),
      ),
    )
    expect(error).toMatchObject({ code: 'InvalidArgument', op: 'walk', key: ['a'] })
    expect(error.cause).toBe(reason)
    expect((await rejection(collect(walk(tree, { into: (async () => true) as never })))).message).toMatch(
      /true or false/,
    )
  })

  it('ends listings when it is left or aborted', async () => {
    let left = 0
    const listing = {
      async *entries() {
        try {
          yield ['a', 1] as const
          yield ['b', 2] as const
        } finally {
          left++
        }
      },
      get: () => undefined,
      keys: () => [],
    }
    for await (const _ of walk({ in: listing })) break
    expect(left).toBe(1)
    const controller = new AbortController()
    const error = await rejection(async () => {
      for await (const _ of walk({ in: listing }, { signal: controller.signal })) controller.abort()
    })
    expect(error.code).toBe('Aborted')
    expect(left).toBe(2)
  })

  it('both orders give the same paths', async () => {
    await fc.assert(
      fc.asyncProperty(fc.object({ maxDepth: 4 }), async value => {
        const all = async (order: 'depth' | 'breadth') =>
          (await collect(walk(value, { order }))).map(([path]) => JSON.stringify(path)).sort()
        expect(await all('breadth')).toEqual(await all('depth'))
      }),
      // A failure prints its seed.
      { numRuns: 100 },
    )
  })
})
describe('what walk says and asks', () => {
  const paths = async (source: object, options?: object) =>
    (await collect(walk(source, options))).map(([path]) => path.join('.'))

  it('refuses what has nothing inside', async () => {
    for (const source of [5, null, 'text', undefined, new Date(0)])
      await expect(collect(walk(source as never))).rejects.toThrow(
        'walk goes through a store, a plain object or a map, not ',
      )
    expect(await paths([1, [2]])).toEqual(['0', '1'])
  })

  it('blames a function that fails or answers nonsense, at the path', async () => {
    const failing = await rejection(
      collect(
        walk(
          { a: { b: 1 } },
          {
            into: () => {
              throw new Error('no')
            },
          },
        ),
      ),
    )
    expect(failing).toMatchObject({ code: 'InvalidArgument', op: 'walk', key: ['a'] })
    expect(failing.message).toContain('the function into of walk failed: no')
    const odd = await rejection(collect(walk({ a: { b: 1 } }, { into: () => 'yes' as never })))
    expect(odd).toMatchObject({ code: 'InvalidArgument', op: 'walk', key: ['a'] })
    expect(odd.message).toContain('into answers true or false, not ')
    const cycle: Record<string, unknown> = { x: 1 }
    cycle.self = { back: cycle }
    const error = await rejection(collect(walk(cycle)))
    expect(error).toMatchObject({ code: 'InvalidArgument', op: 'walk', key: ['self', 'back'] })
    expect(error.message).toContain('the value contains itself')
    // The same value at two places is no cycle.
    const twice = { x: 1 }
    expect(await paths({ a: twice, b: twice })).toEqual(['a.x', 'b.x'])
  })

  it('goes into lists where it is told to, never into what has no inside', async () => {
    const value = { a: [1, { b: 2 }], n: null, d: new Date(0), f: () => 1 }
    expect(await paths(value)).toEqual(['a', 'n', 'd', 'f'])
    expect(await paths(value, { into: (_: unknown, part: unknown) => Array.isArray(part) })).toEqual([
      'a.0',
      'a.1',
      'n',
      'd',
      'f',
    ])
    expect(await paths({ a: null, b: 5, c: { d: 1 } }, { into: () => true })).toEqual(['a', 'b', 'c.d'])
    const map = new Map<unknown, unknown>([['m', new Map([[1, 'x']])]])
    expect(await collect(walk(map))).toEqual([[['m', 1], 'x']])
  })

  it('in both orders, with branches, down to a depth', async () => {
    const value = { a: { b: { c: 1 } }, d: 2 }
    expect(await paths(value, { order: 'depth' })).toEqual(['a.b.c', 'd'])
    expect(await paths(value, { order: 'breadth' })).toEqual(['d', 'a.b.c'])
    expect(await paths(value, { branches: true })).toEqual(['a', 'a.b', 'a.b.c', 'd'])
    expect(await paths(value, { depth: 1 })).toEqual(['a', 'd'])
    expect(await paths(value, { depth: 2 })).toEqual(['a.b', 'd'])
    expect(await paths(value, { depth: 2, branches: true })).toEqual(['a', 'a.b', 'd'])
  })

  it('ends at once when its signal has fired, and hands it to the stores', async () => {
    const store = pipe(memory(), jsonValues())
    await store.set('k', { x: 1 })
    const leaving = new AbortController()
    const walking = walk({ store, plain: { y: 2 } }, { signal: leaving.signal })
    expect((await walking.next()).value).toEqual([['store', 'k', 'x'], 1])
    leaving.abort()
    expect(await rejection(walking.next())).toMatchObject({ code: 'Aborted' })
    expect(await rejection(collect(walk({ a: 1 }, { signal: AbortSignal.abort() })))).toMatchObject({
      code: 'Aborted',
    })
  })
})
