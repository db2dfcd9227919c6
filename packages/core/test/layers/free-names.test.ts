import { bytes, collect, rejection, text } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { memory, readOnly, type Store } from '../../src/index.ts'
import { nonColliding, setUnique } from '../../src/layers.ts'
import { scripted } from './support/scripted.ts'

async function holding(...keys: string[]) {
  const store = memory()
  await store.setMany(keys.map(key => [key, bytes(key)]))
  return store
}

describe('the first free name', () => {
  it.each([
    ['file.txt', [], 'file.txt'],
    ['file.txt', ['file.txt'], 'file (1).txt'],
    ['file.txt', ['file.txt', 'file (1).txt'], 'file (2).txt'],
    ['file.txt', ['file.txt', 'file (2).txt'], 'file (1).txt'],
    ['a.b.txt', ['a.b.txt'], 'a.b (1).txt'],
    ['README', ['README'], 'README (1)'],
    ['.env', ['.env'], '.env (1)'],
    ['v1.0/notes', ['v1.0/notes'], 'v1.0/notes (1)'],
    ['v1.0/.env', ['v1.0/.env'], 'v1.0/.env (1)'],
    ['v1.0/a.txt', ['v1.0/a.txt'], 'v1.0/a (1).txt'],
    ['file (1).txt', ['file (1).txt'], 'file (1) (1).txt'],
  ])('of %s beside %j is %s', async (key, taken, free) => {
    const store = await holding(...taken)
    expect(await nonColliding(store, key)).toBe(free)
    expect(await setUnique(store, key, bytes('new'))).toBe(free)
    expect(text(await store.get(free))).toBe('new')
    for (const each of taken) expect(text(await store.get(each))).toBe(each)
  })

  it('is one of its own for each of many writers', async () => {
    const store = memory()
    const keys = await Promise.all(
      Array.from({ length: 20 }, (_, index) => setUnique(store, 'a.txt', bytes(String(index)))),
    )
    expect(new Set(keys).size).toBe(20)
    expect(new Set((await collect(store.values())).map(text)).size).toBe(20)
  })

  it('is refused where keys are, where nothing can be written, and without ifAbsent', async () => {
    const { store, calls } = scripted({ conditions: false })
    expect(await rejection(setUnique(store, 'a', bytes('1')))).toMatchObject({
      code: 'Unsupported',
      op: 'setUnique',
    })
    expect(calls).toEqual([])
    expect(await rejection(nonColliding(store, ''))).toMatchObject({ code: 'InvalidKey' })
    const reader = readOnly(memory()) as Store<string, Uint8Array>
    expect(['ReadOnly', 'Unsupported']).toContain((await rejection(setUnique(reader, 'a', bytes('1')))).code)
    expect(await rejection(setUnique(memory(), 'a', 'no bytes' as never))).toMatchObject({
      code: 'InvalidValue',
      key: 'a',
    })
    const aborted = { signal: AbortSignal.abort() }
    expect(await rejection(setUnique(memory(), 'a', bytes('1'), aborted))).toMatchObject({ code: 'Aborted' })
    expect(await rejection(nonColliding(memory(), 'a', aborted))).toMatchObject({ code: 'Aborted' })
  })

  it('ends where the store says conflict to every name', async () => {
    const { store, next } = scripted()
    const { StoreError } = await import('../../src/index.ts')
    next.set = Array.from({ length: 500 }, () => new StoreError('Conflict', 'always'))
    expect(await rejection(setUnique(store, 'a', bytes('1')))).toMatchObject({ code: 'Conflict', key: 'a' })
  })
})
