import { bundle } from '@kvdol/test-support'
import { beforeAll, describe, expect, it } from 'vitest'
import * as here from '../../src/index.ts'
import * as layers from '../../src/layers.ts'

type Core = typeof here & typeof layers

const program = bundle({
  core: new URL('../../src/index.ts', import.meta.url),
  layers: new URL('../../src/layers.ts', import.meta.url),
})
let there: Core

beforeAll(async () => {
  there = { ...(await import(program('core'))), ...(await import(program('layers'))) }
})

const bytes = (text: string) => new TextEncoder().encode(text)

/** A store of one copy whose first write is overtaken by another writer. */
function contested(core: Core) {
  const store = core.pipe(core.memory(), core.jsonValues<number>())
  let overtaken = false
  const racing = core.layer(store, 'racing', {
    set: async (key, value, options) => {
      if (!overtaken) {
        overtaken = true
        await store.set(key, 40)
      }
      await store.set(key, value, options)
    },
  })
  return racing
}

describe('two copies of core in one program', () => {
  it('are really two', () => {
    expect(there.StoreError).not.toBe(here.StoreError)
  })

  it('know each other’s errors', () => {
    const error = new there.StoreError('Conflict', 'x', { reason: 'r' })
    expect(error).toBeInstanceOf(here.StoreError)
    expect(here.isStoreError(error, 'Conflict')).toBe(true)
    expect(new Error('x')).not.toBeInstanceOf(here.StoreError)
    expect(Object.create(null)).not.toBeInstanceOf(here.StoreError)
  })

  it('a subclass is told from its class', () => {
    class Special extends here.StoreError {}
    expect(new here.StoreError('Unknown', 'x')).not.toBeInstanceOf(Special)
    expect(new Special('Unknown', 'x')).toBeInstanceOf(here.StoreError)
  })

  it('update tries again over the other copy’s store', async () => {
    const store = contested(there) as unknown as here.Store<string, number>
    expect(await here.update(store, 'n', (n: number | undefined) => (n ?? 0) + 1)).toBe(41)
    expect(await here.getOrInsert(store, 'n', () => 7)).toBe(41)
  })

  it('a driver that throws the other copy’s errors keeps their meaning', async () => {
    const store = here.createStore({
      name: 'old',
      get: () => {
        throw new there.StoreError('RateLimited', 'slow down', { retryAfterMs: 5 })
      },
      keys: () => [],
    })
    await expect(store.get('a')).rejects.toMatchObject({
      code: 'RateLimited',
      retryable: true,
      retryAfterMs: 5,
      key: 'a',
      store: 'old',
    })
  })

  it('transforms, filters, layers and inner go over the other copy’s stores', async () => {
    const base = there.memory() as unknown as here.Store<string, Uint8Array>
    const view = here.pipe(
      base,
      here.mapKeys(here.prefix('p/')),
      here.filterKeys(key => key !== 'hidden'),
      layers.cachedKeys(),
    )
    await view.set('a', bytes('1'))
    await base.set('p/hidden', bytes('2'))
    expect(await view.get('hidden')).toBeUndefined()
    await expect(view.set('hidden', bytes('3'))).rejects.toMatchObject({ code: 'ReadOnly' })
    expect(await base.has('p/a')).toBe(true)
    expect(await here.inner(view).has('p/a')).toBe(true)
    await here.rename(view, 'a', 'b')
    expect(await view.has('b')).toBe(true)
    await view.close()
    await expect(base.get('p/b')).rejects.toMatchObject({ code: 'Closed' })
  })
})
