import { bytes, collect, refusal, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { createStore, mapKeys, memory, pipe, prefix, type Store, StoreError } from '../src/index.ts'
import { closed } from '../src/view/abort.ts'
import { atOnce } from '../src/view/at-once.ts'
import { viewBehind } from '../src/view/over.ts'

describe('a store that does not come from createStore', () => {
  /** A store written out by hand, which notes what it is asked. */
  function foreign() {
    const asked: unknown[][] = []
    const answer =
      <T>(method: string, value: T) =>
      (...given: unknown[]) => {
        asked.push([method, ...given])
        return value
      }
    const reader = {
      get: answer('get', Promise.resolve('v')),
      has: answer('has', Promise.resolve(true)),
      stat: answer('stat', Promise.resolve({ size: 7 })),
      size: answer('size', Promise.resolve(9)),
      keys: answer('keys', ['p/a', 'x']),
    }
    const writer = { set: answer('set', Promise.resolve()), delete: answer('delete', Promise.resolve()) }
    return { asked, reader, writer, close: answer('close', Promise.resolve()) }
  }

  it('is asked by its own methods, through transforms too', async () => {
    const { asked, reader, writer, close } = foreign()
    const store = pipe(
      { ...reader, ...writer, close } as unknown as Store<string, string>,
      mapKeys(prefix('p/')),
    )
    const { signal } = new AbortController()
    expect(await store.get('a', { signal })).toBe('v')
    expect(await store.has('a')).toBe(true)
    expect(await store.stat('a')).toEqual({ size: 7 })
    expect(await collect(store.keys())).toEqual(['a'])
    await store.set('a', 'w', { signal })
    await store.delete('a')
    await store.close()
    expect(asked.map(([method, key]) => [method, typeof key === 'string' ? key : ''])).toEqual([
      ['get', 'p/a'],
      ['has', 'p/a'],
      ['stat', 'p/a'],
      ['keys', ''],
      ['set', 'p/a'],
      ['delete', 'p/a'],
      ['close', ''],
    ])
    expect(asked[4]).toEqual(['set', 'p/a', 'w', { signal }])
  })

  it('is counted by itself, named in errors, and can only be read without `set`', async () => {
    const { asked, reader } = foreign()
    const view = viewBehind(reader as unknown as Store<string, string>)
    expect(await view.size()).toBe(9)
    expect(asked.map(([method]) => method)).toEqual(['size'])
    expect(await rejection(view.set('a', 'w'))).toMatchObject({ code: 'ReadOnly', store: 'store' })
    // It need not be closed.
    await view.close()
  })
})

describe('a call at once', () => {
  const view = (more: object = {}) =>
    viewBehind(
      createStore({
        name: 'one',
        get: () => undefined,
        keys: () => [],
        set: () => {},
        delete: () => {},
        ...more,
      }),
    )

  it('answers at once what is there at once, and later what comes later', async () => {
    const of = view()
    expect(atOnce(of, 'get', 'k', 7, {}, (_, key, value) => [key, value])).toEqual(['k', 7])
    expect(of.source.active).toBe(0)
    const later = atOnce(of, 'get', 'k', 7, {}, async (_, key) => key)
    expect(of.source.active).toBe(1)
    expect(await later).toBe('k')
    expect(of.source.active).toBe(0)
  })

  it('tells of failures what and of which key, whether they come at once or later', async () => {
    const of = view()
    const fail = () => {
      throw new StoreError('Unavailable', 'lost')
    }
    const wanted = { code: 'Unavailable', op: 'get', key: 'k', store: 'one' }
    expect(refusal(() => atOnce(of, 'get', 'k', undefined, {}, fail))).toMatchObject(wanted)
    expect(of.source.active).toBe(0)
    const later = async () => fail()
    expect(await rejection(() => atOnce(of, 'get', 'k', undefined, {}, later))).toMatchObject(wanted)
    expect(of.source.active).toBe(0)
    const signal = AbortSignal.abort()
    expect(refusal(() => atOnce(of, 'get', 'k', undefined, { signal }, fail))).toMatchObject({
      code: 'Aborted',
    })
  })

  it('tells of an illegal key before an illegal value in a set alone', () => {
    const of = view()
    const invalid = () => {
      throw new StoreError('InvalidValue', 'no')
    }
    expect(refusal(() => atOnce(of, 'set', '', 7, {}, invalid))).toMatchObject({
      code: 'InvalidKey',
      op: 'set',
    })
    expect(refusal(() => atOnce(of, 'set', 'k', 7, {}, invalid))).toMatchObject({
      code: 'InvalidValue',
      op: 'set',
    })
    expect(refusal(() => atOnce(of, 'get', '', 7, {}, invalid))).toMatchObject({
      code: 'InvalidValue',
      op: 'get',
    })
  })

  it('is waited for by closing where there is something to release', () => {
    const over = memory()
    const counted = (more: object) => {
      let active = -1
      const of = view(more)
      void atOnce(of, 'get', 'k', undefined, {}, () => {
        active = of.source.active
      })
      expect(of.source.active).toBe(0)
      return active
    }
    expect(counted({})).toBe(1)
    expect(counted({ over })).toBe(0)
    expect(counted({ over, close: () => {} })).toBe(1)
    expect(counted({ close: () => {} })).toBe(1)
  })
})

describe('errors of closed stores', () => {
  it('say by what the store was closed', async () => {
    expect(closed()).toMatchObject({ code: 'Closed', detail: 'the store is closed' })
    expect(closed('them')).toMatchObject({ code: 'Closed', detail: 'the store was closed by them' })
    const store = memory()
    const view = pipe(store, mapKeys(prefix('p/')))
    await view.close()
    expect(await rejection(store.set('k', bytes('v')))).toMatchObject({
      code: 'Closed',
      detail: expect.stringContaining('closed by'),
    })
  })
})
