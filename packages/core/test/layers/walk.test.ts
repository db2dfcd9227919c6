import { collect, rejection } from '@kvdol/test-support'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromMap, memory } from '../../src/index.ts'
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
