import { bytes, collect, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { memory, pipe } from '../../src/index.ts'
import { limit, type ObservedEnd, observed } from '../../src/layers.ts'

function broken(): never {
  throw new Error('no time')
}

describe('a clock that fails', () => {
  it('changes no result of a store that is observed', async () => {
    const ends: ObservedEnd[] = []
    let calls = 0
    for (const now of [broken, () => (calls++ === 0 ? 1 : broken())]) {
      const place = memory()
      const store = pipe(place, observed({ end: call => ends.push(call) }, { now }))
      await store.set('a', bytes('1'))
      expect(await place.has('a')).toBe(true)
      expect(await collect(store.keys())).toEqual(['a'])
    }
    expect(ends.map(({ op, duration }) => [op, duration])).toEqual([
      ['set', Number.NaN],
      ['keys', Number.NaN],
      ['set', Number.NaN],
      ['keys', Number.NaN],
    ])
  })

  it.each<[string, () => number]>([
    ['throws', broken],
    ['gives no time', () => Number.NaN],
  ])('that %s fails the call that a limit makes wait, and holds up no other', async (_, fail) => {
    let fails = true
    let time = 0
    const clock = {
      now: () => (fails ? fail() : time++),
      after: (_: number, run: () => void) => {
        setImmediate(run)
        return () => {}
      },
    }
    const place = memory()
    const store = pipe(place, limit({ concurrency: 1, rate: { calls: 1, per: 2 }, clock }))
    const wanted = { code: 'InvalidArgument', key: 'a', outcome: 'not-applied' }
    expect(await rejection(store.set('a', bytes('1')))).toMatchObject(wanted)
    expect(await place.size()).toBe(0)
    fails = false
    await Promise.all(['b', 'c', 'd'].map(key => store.set(key, bytes('1'))))
    expect(await place.size()).toBe(3)
  })

  it('fails those that wait in line, when it fails while they wait', async () => {
    const runs: (() => void)[] = []
    let fails = false
    const clock = {
      now: () => (fails ? broken() : 0),
      after: (_: number, run: () => void) => {
        runs.push(run)
        return () => {}
      },
    }
    const store = pipe(memory(), limit({ rate: { calls: 1, per: 10 }, clock }))
    await store.set('a', bytes('1'))
    const waiting = ['b', 'c'].map(key => rejection(store.set(key, bytes('1'))))
    fails = true
    runs[0]?.()
    for (const error of await Promise.all(waiting))
      expect(error).toMatchObject({ code: 'InvalidArgument', cause: { message: 'no time' } })
  })
})
