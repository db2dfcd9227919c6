import { bytes, collect, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { createStore, pipe, type Store, StoreError } from '../../src/index.ts'
import { skipErrors } from '../../src/layers.ts'

type Bytes = Store<string, Uint8Array>

/** A store of three keys, of which `bad` fails as often as is said. */
function flaky(errors: readonly unknown[]) {
  const left = [...errors]
  const asked: (AbortSignal | undefined)[] = []
  const store = createStore({
    name: 'flaky',
    get: (key, { signal }) => {
      asked.push(signal)
      if (key === 'bad' && left.length > 0) throw left.shift()
      return key === 'gone' ? undefined : bytes(key)
    },
    keys: () => ['bad', 'gone', 'good'],
  })
  return { store, asked }
}

const corrupt = () => new StoreError('Corrupt', 'cut')

describe('values that cannot be read', () => {
  it('are left out of entries and values, and out of later listings', async () => {
    const { store: below } = flaky([corrupt()])
    const store = pipe(below as Bytes, skipErrors<Bytes>())
    expect(await collect(store.entries())).toEqual([['good', bytes('good')]])
    expect(await collect(store.keys())).toEqual(['gone', 'good'])
    expect(await collect(store.values())).toEqual([bytes('good')])
    expect(await store.get('bad')).toEqual(bytes('bad'))
  })

  it('are tried again where nobody is to remember them', async () => {
    const told: string[] = []
    const { store: below } = flaky([corrupt(), corrupt()])
    const onError = (error: StoreError, key: string) => void told.push(`${key} ${error.code}`)
    const store = pipe(below as Bytes, skipErrors<Bytes>({ remember: false, onError }))
    for (const keys of [['good'], ['good'], ['bad', 'good']])
      expect((await collect(store.entries())).map(([key]) => key)).toEqual(keys)
    expect(told).toEqual(['bad Corrupt', 'bad Corrupt'])
    expect(await collect(store.keys())).toEqual(['bad', 'gone', 'good'])
  })

  it('do not hide that the call was aborted or the store is closed', async () => {
    for (const code of ['Aborted', 'Closed'] as const) {
      const told: unknown[] = []
      const { store: below } = flaky([new StoreError(code, 'over')])
      const store = pipe(below as Bytes, skipErrors<Bytes>({ onError: error => void told.push(error) }))
      expect(await rejection(collect(store.entries()))).toMatchObject({ code })
      expect(told).toEqual([])
      expect(await collect(store.keys())).toHaveLength(3)
    }
  })

  it('are read with the signal of the call', async () => {
    const { store: below, asked } = flaky([])
    const store = pipe(below as Bytes, skipErrors<Bytes>())
    const { signal } = new AbortController()
    await collect(store.entries({ signal }))
    expect(asked.every(each => each instanceof AbortSignal)).toBe(true)
    expect(asked).toHaveLength(3)
  })
})

it.each([{ remember: 1 }, { onError: true }])('%j makes no sense', options => {
  expect(() => skipErrors(options as never)).toThrow(/^skipErrors: /)
})
