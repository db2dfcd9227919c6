import { collect, rejection } from '@kvdol/test-support'
import { describe, expect, expectTypeOf, it } from 'vitest'
import type { Reader } from '../../src/index.ts'
import { lazy } from '../../src/layers.ts'

describe('values that are made when they are asked for', () => {
  it('once, whoever asks, and none by has and keys', async () => {
    const made: string[] = []
    const store = lazy({
      one: () => {
        made.push('one')
        return 1
      },
      two: async () => {
        made.push('two')
        return 'two'
      },
    })
    expectTypeOf(store).toEqualTypeOf<Reader<'one' | 'two', number | string>>()
    expect(await collect(store.keys())).toEqual(['one', 'two'])
    expect([await store.has('one'), await store.has('three' as 'one'), await store.size()]).toEqual([
      true,
      false,
      2,
    ])
    expect(await store.stat('one')).toEqual({})
    expect(made).toEqual([])
    expect(await Promise.all([store.get('two'), store.get('two'), store.get('one')])).toEqual([
      'two',
      'two',
      1,
    ])
    expect(await collect(store.entries())).toEqual([
      ['one', 1],
      ['two', 'two'],
    ])
    expect(made).toEqual(['two', 'one'])
    expect(await store.get('three' as 'one')).toBeUndefined()
    expect(await store.get('toString' as 'one')).toBeUndefined()
  })

  it('a failure is told with its key and cause, and tried again', async () => {
    const reason = new Error('not yet')
    let tries = 0
    const store = lazy({
      a: () => {
        if (tries++ === 0) throw reason
        return null
      },
      nothing: () => undefined,
    })
    const error = await rejection(store.get('a'))
    expect(error).toMatchObject({ code: 'Unknown', key: 'a', store: 'lazy' })
    expect(error.cause).toBe(reason)
    expect(await store.get('a')).toBeNull()
    expect((await rejection(store.get('nothing'))).cause).toMatchObject({ message: /undefined/ })
  })

  it('may need each other; a cycle is refused by name, from wherever it is entered', async () => {
    const store = lazy({
      two: async ({ get }) => ((await get('one')) as number) + 1,
      one: () => 1,
      a: ({ get }) => get('b'),
      b: async ({ get }) => await get('c'),
      c: ({ get }) => get('a'),
      self: ({ get }) => get('self'),
    })
    expect(await store.get('two')).toBe(2)
    const errors = await Promise.all(
      (['a', 'b', 'c', 'self'] as const).map(name => rejection(store.get(name))),
    )
    for (const error of errors) expect(error.message).toMatch(/failed/)
    expect((await rejection(store.get('self'))).message).toMatch(/"self" waits for "self"/)
    expect((await rejection(store.get('a'))).message).toMatch(/waits for/)
  })

  it('a caller can leave; the last one ends the work', async () => {
    const signals: AbortSignal[] = []
    const store = lazy({
      slow: ({ signal }) =>
        new Promise<string>((_, reject) => {
          signals.push(signal)
          signal.addEventListener('abort', () => reject(signal.reason))
        }),
    })
    const controller = new AbortController()
    const call = rejection(store.get('slow', { signal: controller.signal }))
    await expect.poll(() => signals.length).toBe(1)
    controller.abort()
    expect((await call).code).toBe('Aborted')
    expect(signals[0]?.aborted).toBe(true)
  })
})
describe('what lazy says', () => {
  it('of what it was given, and of what fails', async () => {
    for (const makers of [undefined, 5, [], () => 1])
      expect(() => lazy(makers as never)).toThrow(
        'lazy takes functions by name, such as { a: () => value }, not ',
      )
    expect(() => lazy({ a: 5 } as never)).toThrow(TypeError)
    const store = lazy({
      nothing: () => undefined as never,
      failing: () => {
        throw new Error('no way')
      },
    })
    for (const [name, why] of [
      ['nothing', 'it gave undefined, which means absent; let it give null'],
      ['failing', 'the function of lazy failed: no way'],
    ] as const) {
      const error = await rejection(store.get(name))
      expect(error).toMatchObject({ code: 'Unknown', key: name })
      expect(error.message).toContain(why)
    }
  })
})
