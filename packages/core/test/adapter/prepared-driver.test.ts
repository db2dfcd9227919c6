import { bytes, refusal, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { type LocatedDriver, type Place, preparation, prepared, StoreError } from '../../src/adapter.ts'
import { createStore, type WritableDriver } from '../../src/index.ts'
import { accepts } from '../../src/layers.ts'

interface At {
  readonly at: string
}

const value = bytes('v')
const full = new StoreError('OutOfSpace', 'full')
const illegal = new StoreError('InvalidKey', 'no such name', { reason: 'bang' })

function locate(key: string): At {
  if (key.startsWith('!')) throw illegal
  return { at: key }
}

/** The least that a driver has, with `more`, prepared for a place. */
function opened<V = Uint8Array>(
  more: Partial<LocatedDriver<At, V>>,
  place: Place = { look: () => true },
): WritableDriver<string, V> {
  const least = { name: 'folder', get: () => undefined, keys: () => [], set() {}, delete() {} }
  return prepared<At, V>({ ...least, ...more } as LocatedDriver<At, V>, {
    locate,
    preparation: preparation(place),
  })
}

describe('a prepared driver', () => {
  it('has the methods that the driver has, and no other', () => {
    expect(Object.keys(opened({})).sort()).toEqual(['delete', 'get', 'keys', 'name', 'set'])
    expect(Object.keys(opened({ urlOf: () => '', size: () => 1 }))).toContain('urlOf')
  })

  it('closes what the driver opened', async () => {
    const closed: string[] = []
    class Closing {
      readonly name = 'closing'
      get = () => undefined
      keys = () => []
      set() {}
      delete() {}
      close() {
        closed.push(this.name)
      }
    }
    const how = { locate, preparation: preparation({ look: () => true }) }
    await createStore(prepared<At, Uint8Array>(new Closing(), how)).close()
    expect(closed).toEqual(['closing'])
  })

  it('tells before a write that a key cannot be located', async () => {
    const store = createStore(opened({}))
    expect(await accepts(store, 'a')).toEqual({ accepted: true })
    expect(await accepts(store, '!')).toMatchObject({
      accepted: false,
      error: { code: 'InvalidKey', reason: 'bang' },
    })
  })

  it('fails at once where nothing is to be waited for', () => {
    const driver = opened({
      set() {
        throw full
      },
    })
    expect(refusal(() => driver.set('a', value, {}))).toBe(full)
  })

  it.each([
    [
      'by what the driver says of errors',
      { errorOf: (error: unknown) => new StoreError('OutOfSpace', String(error)) },
      { code: 'OutOfSpace', detail: 'Error: native' },
    ],
    ['as a step of the write', {}, { code: 'Unknown', detail: 'a step of the write failed' }],
  ])('explains a failure to finish its place %s', async (_, more, explained) => {
    const place: Place = {
      look: () => false,
      make: () => async () => {
        throw new Error('native')
      },
    }
    const error = await rejection(async () => await opened(more, place).set('a', value, {}))
    expect(error).toMatchObject({ ...explained, outcome: 'unknown' })
  })
})

describe('a batch', () => {
  it('of which no key can be located touches nothing', async () => {
    const log: string[] = []
    const driver = opened(
      {
        setMany: () => void log.push('setMany'),
        deleteMany: () => void log.push('deleteMany'),
        batch: () => void log.push('batch'),
      },
      { look: () => log.push('look') > 0, make: () => void log.push('make') },
    )
    const failures = new Map([['!', illegal]])
    expect(await driver.setMany?.([['!', value]], {})).toEqual(failures)
    expect(await driver.deleteMany?.(['!'], {})).toEqual(failures)
    expect(await driver.batch?.([{ delete: '!' }], {})).toEqual(failures)
    expect(log).toEqual([])
  })

  it('of which nothing failed says nothing', async () => {
    const driver = opened({ setMany: () => new Map() })
    expect(await driver.setMany?.([['a', value]], {})).toBeUndefined()
  })
})

describe('a value that has to wait', () => {
  /** What the driver gets of `given` by `set`, `setMany` and `batch`, each the first write. */
  async function handedOn<V>(given: V, copies: boolean | undefined, make: () => void | Promise<void>) {
    const seen: unknown[] = []
    const fresh = () =>
      opened<V>(
        {
          ...(copies !== undefined && { copies }),
          set: (_, value) => void seen.push(value),
          setMany: entries => void seen.push(entries[0]?.[1]),
          batch: ([change]) => void seen.push(change && 'set' in change && change.value),
        },
        { look: () => false, make },
      )
    await fresh().set('a', given, {})
    await fresh().setMany?.([['a', given]], {})
    await fresh().batch?.([{ set: 'a', value: given }], {})
    return seen
  }

  it('is copied for a driver that copies by itself', async () => {
    const seen = await handedOn(value, true, async () => {})
    expect(seen).toEqual([value, value, value])
    expect(seen).not.toContain(value)
  })

  it.each([
    ['need not wait', value, true, () => {}],
    ['is no array of bytes', { a: 1 }, true, async () => {}],
    ['was copied by the store', value, undefined, async () => {}],
    ['was copied by the store, as the driver says', value, false, async () => {}],
  ] as const)('is handed on as it is where it %s', async (_, given, copies, make) => {
    const seen = await handedOn<unknown>(given, copies, make)
    expect(seen).toHaveLength(3)
    for (const one of seen) expect(one).toBe(given)
  })
})
