import { bytes, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  createStore,
  filterKeys,
  jsonValues,
  mapKeys,
  mapValues,
  memory,
  pipe,
  readOnly,
  type Store,
  StoreError,
  suffix,
  template,
} from '../../src/index.ts'
import {
  accepts,
  contentAddressed,
  filterEntries,
  noDelete,
  observed,
  onOverwrite,
  retry,
} from '../../src/layers.ts'
import { preparation, prepared } from '../support/door.ts'
import { scripted } from './support/scripted.ts'

type Bytes = Store<string, Uint8Array>

/** The code of what the store would reject with, or that it would take it. */
async function answer(call: Promise<Awaited<ReturnType<typeof accepts>>>): Promise<string> {
  const found = await call
  return found.accepted ? 'accepted' : found.error.code
}

describe('whether a store would take an entry', () => {
  it('is told as set would tell it, of keys and values, without any write', async () => {
    const { store: below, calls } = scripted()
    const years = pipe(
      below,
      mapKeys(template('{year:int}.json').scalar()),
      filterKeys(year => year > 2000),
      jsonValues<{ n: number }>(),
    )
    expect(await answer(accepts(years, 2024, { n: 1 }))).toBe('accepted')
    expect(await answer(accepts(years, 2024))).toBe('accepted')
    expect(await answer(accepts(years, 1999, { n: 1 }))).toBe('ReadOnly')
    expect(await answer(accepts(years, 2024.5, { n: 1 }))).toBe('InvalidKey')
    expect(await answer(accepts(years, 2024, { n: 1n } as never))).toBe('InvalidValue')
    expect(await answer(accepts(below, ''))).toBe('InvalidKey')
    expect(await answer(accepts(below, 'a', 'no bytes' as never))).toBe('InvalidValue')
    expect(await answer(accepts(readOnly(below), 'a'))).toBe('ReadOnly')
    expect(calls).toEqual([])
    const told = await accepts(years, 2024.5)
    expect(told).toMatchObject({ error: { key: 2024.5, op: 'accepts' } })
    const refused = await rejection(years.set(2024.5, { n: 1 }))
    expect(told.accepted ? undefined : told.error.detail).toBe(refused.detail)
  })

  it('is told by what lies below: a limit, layers, names that a place cannot hold', async () => {
    const place = createStore(
      prepared<string, Uint8Array>(
        {
          name: 'place',
          guarantees: { maxValueBytes: 3 },
          get: () => undefined,
          keys: () => [],
          set: () => {},
          delete: () => {},
        },
        {
          locate(key) {
            if (key.includes('*'))
              throw new StoreError('InvalidKey', 'no * here', { reason: 'forbidden-character' })
            return key
          },
          preparation: preparation({ look: () => Promise.reject(new Error('it was looked at')) }),
        },
      ),
    )
    const view = pipe(place, noDelete(), retry(), observed<Bytes>({ end: () => {} }), mapKeys(suffix('.txt')))
    expect(await answer(accepts(view, 'a', bytes('123')))).toBe('accepted')
    expect(await answer(accepts(view, 'a', bytes('1234')))).toBe('TooLarge')
    expect(await accepts(view, 'a*', bytes('1'))).toMatchObject({
      accepted: false,
      error: { code: 'InvalidKey', reason: 'forbidden-character', key: 'a*' },
    })
  })

  it('is told by guards, which ask no policy', async () => {
    const below = memory()
    await below.set('old', bytes('1'))
    expect(await answer(accepts(pipe(below, onOverwrite()), 'old', bytes('2')))).toBe('Conflict')
    expect(await answer(accepts(pipe(below, onOverwrite()), 'new', bytes('2')))).toBe('accepted')
    expect(await answer(accepts(pipe(below, onOverwrite({ same: true })), 'old', bytes('1')))).toBe(
      'accepted',
    )
    const asking = onOverwrite<Bytes>({
      policy: () => {
        throw new Error('asked')
      },
    })
    expect(await answer(accepts(pipe(below, asking), 'old', bytes('2')))).toBe('accepted')
    const long = pipe(
      below,
      filterEntries<Bytes>(value => value.byteLength > 1),
    )
    expect(await answer(accepts(long, 'new', bytes('12')))).toBe('accepted')
    expect(await answer(accepts(long, 'new', bytes('1')))).toBe('ReadOnly')
    expect(await answer(accepts(long, 'old', bytes('12')))).toBe('ReadOnly')
    expect(await answer(accepts(contentAddressed(below), 'old', bytes('12')))).toBe('InvalidKey')
    expect(await below.size()).toBe(1)
  })

  it('is not told where it cannot be: when the backend fails for now, or the store is closed', async () => {
    const { store: below, next } = scripted()
    next.get = [new StoreError('Unavailable', 'busy')]
    const store = pipe(below, onOverwrite())
    expect(await rejection(accepts(store, 'a'))).toMatchObject({ code: 'Unavailable', key: 'a' })
    expect(await rejection(accepts(store, 'a', undefined, { signal: AbortSignal.abort() }))).toMatchObject({
      code: 'Aborted',
    })
    await store.close()
    expect(await rejection(accepts(store, 'a'))).toMatchObject({ code: 'Closed' })
  })

  it('asks codecs for what they make, and blames them', async () => {
    const reason = new Error('broken')
    const store = pipe(
      memory(),
      jsonValues<number>(),
      mapValues({
        decode: value => value,
        encode: (_: number): number => {
          throw reason
        },
      }),
    )
    expect(await accepts(store, 'a', 1)).toMatchObject({
      error: { code: 'InvalidValue', cause: reason, key: 'a' },
    })
  })
})
