import { createStore, isStoreError, memory } from '@kvdol/core'
import { collect } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { driverFrom, type Fault, faulty, randomFaults, scriptedFaults } from '../src/index.ts'

const bytes = new Uint8Array([1, 2, 3, 4])

function faultyMemory(...script: Fault[]) {
  const inner = memory()
  const faults = scriptedFaults(script)
  const driver = faulty(driverFrom(inner), faults)
  return { inner, driver, faults, store: createStore(driver) }
}

describe('faulty', () => {
  it('fails before the effect', async () => {
    const { inner, store } = faultyMemory({ on: 'set', effect: 'error' })
    await expect(store.set('a', bytes)).rejects.toMatchObject({
      code: 'Unavailable',
      outcome: 'not-applied',
      key: 'a',
    })
    expect(await inner.has('a')).toBe(false)
  })

  it('fails after the effect', async () => {
    const { inner, store } = faultyMemory({ on: 'set', effect: 'error-after' })
    await expect(store.set('a', bytes)).rejects.toMatchObject({ code: 'Unavailable', outcome: 'unknown' })
    expect(await inner.get('a')).toEqual(bytes)
  })

  it('hangs until the caller gives up', async () => {
    const { store } = faultyMemory({ on: 'get', effect: 'hang' })
    const controller = new AbortController()
    const reading = store.get('a', { signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(reading).rejects.toSatisfy(
      error => isStoreError(error, 'Aborted') && error.cause === controller.signal.reason,
    )
  })

  it('ends a listing that hangs', async () => {
    const { store } = faultyMemory({ on: 'keys', effect: 'hang' })
    const controller = new AbortController()
    const listing = store.keys({ signal: controller.signal })[Symbol.asyncIterator]().next()
    controller.abort()
    await expect(listing).rejects.toMatchObject({ code: 'Aborted' })
  })

  it('cuts values, repeats keys, lists what is old and tells wrong etags', async () => {
    const { driver, faults, store } = faultyMemory()
    await store.set('a', bytes)
    const etag = (await store.stat('a'))?.etag
    const keys = () => collect(store.keys())
    expect(await keys()).toEqual(['a'])
    await store.set('b', bytes)
    for (const effect of ['short', 'etag', 'stale'] as const) faults.add({ effect })
    expect(await store.get('a')).toEqual(bytes.slice(0, 2))
    expect((await store.stat('a'))?.etag).not.toBe(etag)
    expect(await keys()).toEqual(['a'])
    faults.add({ effect: 'duplicate' })
    // The store leaves out what comes twice.
    expect(await keys()).toEqual(['a', 'b'])
    faults.add({ effect: 'duplicate' })
    expect(await collect(driver.keys?.({}) ?? [])).toEqual(['a', 'a', 'b', 'b'])
  })

  it('fails in the middle of a listing', async () => {
    const { store } = faultyMemory({ on: 'keys', effect: 'error' })
    await store.setMany([
      ['a', bytes],
      ['b', bytes],
    ])
    const iterator = store.keys()[Symbol.asyncIterator]()
    expect(await iterator.next()).toEqual({ done: false, value: 'a' })
    await expect(iterator.next()).rejects.toMatchObject({ code: 'Unavailable' })
  })

  it('meets the calls that the script names', async () => {
    const { faults, store } = faultyMemory({ on: 'get', key: 'b', effect: 'error', after: 1, times: 2 })
    const outcomes: string[] = []
    for (const key of ['a', 'b', 'b', 'b', 'b'])
      outcomes.push(
        await store.get(key).then(
          () => 'ok',
          () => 'failed',
        ),
      )
    expect(outcomes).toEqual(['ok', 'ok', 'failed', 'failed', 'ok'])
    expect(faults.calls.filter(({ fault }) => fault !== undefined)).toHaveLength(2)
  })

  it('repeats random faults by their seed, until it is healed', async () => {
    const run = async (seed: number) => {
      const faults = randomFaults({ seed, rate: 0.3, effects: ['error', 'error-after'] })
      const store = createStore(faulty(driverFrom(memory()), faults))
      for (let index = 0; index < 50; index++) await store.set(`k${index}`, bytes).catch(() => {})
      const met = faults.calls.map(({ fault }) => fault ?? 'none')
      faults.heal()
      await store.set('healed', bytes)
      return met.join()
    }
    const first = await run(5)
    expect(first).toContain('error-after')
    expect(await run(5)).toBe(first)
    expect(await run(6)).not.toBe(first)
  })
})
