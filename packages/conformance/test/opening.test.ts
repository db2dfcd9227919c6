import { createStore, memory } from '@kvdol/core'
import { describe, expect, it } from 'vitest'
import { certify, conformance, type Subject } from '../src/index.ts'

/** What each case of a subject tells: why it fails or is skipped. */
async function told(subject: Subject): Promise<string[]> {
  const results: string[] = []
  for (const { run } of conformance(subject)) {
    let skipped = ''
    const skip = (reason = '') => {
      skipped = reason
    }
    await run({ skip }).then(
      () => results.push(skipped),
      (error: Error) => results.push(error.message),
    )
  }
  return results
}

const hanging = (method: string) => () => {
  const map = new Map<string, Uint8Array>()
  return createStore({
    name: 'hanging',
    get: key => map.get(key)?.slice(),
    keys: () => [...map.keys()],
    set: (key, value) => void map.set(key, value),
    delete: key => void map.delete(key),
    [method]: () => new Promise(() => {}),
  }) as never
}

const shared = memory()
const driven = new Map<string, Uint8Array>()
const onOnePlace = () =>
  createStore({
    name: 'one place',
    get: key => driven.get(key)?.slice(),
    keys: () => [...driven.keys()],
    set: (key, value) => void driven.set(key, value),
    delete: key => void driven.delete(key),
  })

describe('open', () => {
  it.each<[string, () => unknown, RegExp]>([
    ['nothing', () => undefined, /got: {3}undefined; does the function return/],
    ['a Map', () => new Map(), /got: {3}a Map; fromMap\(map\)/],
    ['a function', () => memory, /got: {3}a function; call it in open/],
    ['a driver', () => ({ get() {}, keys() {} }), /without has, stat, .*createStore\(driver\)/],
    ['the same store', () => shared, /the same store again/],
    ['the same place', onOnePlace, /another place each time[\s\S]*a store of 3 keys/],
    ['a failure', () => Promise.reject(new RangeError('no server')), /RangeError: no server/],
    ['a thrown text', () => Promise.reject('no server'), /got: {3}.*no server/],
    ['a thrown undefined', () => Promise.reject(undefined), /got: {3}undefined/],
  ])('that gives %s fails once, and everything else is skipped', async (_, open, message) => {
    const [first, ...rest] = await told({ open: open as never, scale: 'smoke' })
    expect(first).toMatch(message)
    expect(first).toContain('docs/contract.md#o1')
    for (const reason of rest) expect(reason).toMatch(/see O1|the subject has no/)
    expect(rest.filter(reason => reason.includes('see O1')).length).toBeGreaterThan(100)
  })

  it('fails also where its own case is left out', async () => {
    const [first, second] = conformance({ open: () => undefined as never }).filter(
      ({ clause }) => clause === 'K5',
    )
    await expect(first?.run()).rejects.toThrow('open gives a store')
    await expect(second?.run()).resolves.toBeUndefined()
  })

  it('that fails is certified as such', async () => {
    const certificate = await certify({ open: () => undefined as never })
    expect(certificate).toMatchObject({ passed: false, driver: null, guarantees: null })
    expect(certificate.clauses).toMatchObject({ O1: 'failed', K5: 'not tried' })
  })
})

describe('remove', () => {
  it.each<[string, () => unknown, RegExp]>([
    ['hangs', () => new Promise(() => {}), /within 100 ms[\s\S]*what has not ended is remove of the subject/],
    ['fails', () => Promise.reject('no such folder'), /remove of the subject takes[\s\S]*"no such folder"/],
  ])('that %s is named', async (_, remove, message) => {
    const [first] = await told({
      open: () => memory(),
      remove: remove as never,
      scale: 'smoke',
      timeout: 100,
    })
    expect(first).toMatch(message)
  })
})

describe('a driver that hangs', () => {
  it.each(['get', 'set', 'has', 'size', 'stat', 'close'])('in %s is named at the deadline', async method => {
    const [first, ...rest] = await told({ open: hanging(method), scale: 'smoke', timeout: 100 })
    expect(first).toMatch(new RegExp(`within 100 ms[\\s\\S]*the driver has not answered ${method}\\(`))
    expect(rest.filter(reason => !/see O1|the subject has no/.test(reason))).toEqual([])
  })

  it('by pages without end that come at once is named too', async () => {
    const open = () =>
      createStore({
        name: 'endless',
        get: () => undefined,
        async *keyPages() {
          for (;;) yield []
        },
        set() {},
        delete() {},
      })
    const [first, ...rest] = await told({ open, scale: 'smoke', timeout: 100 })
    expect(first).toMatch(/within 100 ms[\s\S]*the driver has not answered keyPages\(/)
    expect(rest.filter(reason => !/see O1|the subject has no/.test(reason))).toEqual([])
  })

  it('in a method that only some cases call is named by these', async () => {
    const cases = conformance({ open: hanging('setMany'), scale: 'smoke', timeout: 100 })
    const { run } = cases.find(({ clause }) => clause === 'W13') ?? { run: undefined }
    await expect(run?.()).rejects.toThrow(/the driver has not answered setMany\(\), for \d+ ms/)
  })
})
