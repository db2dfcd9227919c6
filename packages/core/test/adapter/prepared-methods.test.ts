import { bytes, collect, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  type DriverMethod,
  type LocatedDriver,
  type Place,
  PlaceGone,
  preparation,
  prepared,
  StoreError,
} from '../../src/adapter.ts'
import type { WritableDriver } from '../../src/index.ts'
import { METHOD_NAMES } from '../../src/methods.ts'
import { deferred } from './deferred.ts'

interface At {
  readonly at: string
}

const at = (key: string): At => ({ at: key })
const value = bytes('v')
const other = bytes('w')
const options = { signal: new AbortController().signal }
const full = new StoreError('OutOfSpace', 'full')
const wanted = () => true

/** A method, what it is called with, what the driver is asked, what it answers, and what is given where no place is. */
type Row = readonly [
  method: DriverMethod,
  args: readonly unknown[],
  asked: readonly unknown[],
  answer: unknown,
  absent: unknown,
]

const READS: readonly Row[] = [
  ['get', ['a', options], [at('a'), options], value, undefined],
  ['has', ['a', options], [at('a'), options], true, false],
  ['stat', ['a', options], [at('a'), options], { size: 1 }, undefined],
  ['size', [options], [options], 3, 0],
  ['getMany', [['a', 'b'], options], [[at('a'), at('b')], options], [value, value], [undefined, undefined]],
  ['readStream', ['a', { start: 1 }, options], [at('a'), { start: 1 }, options], [value], undefined],
  ['getWithStat', ['a', options], [at('a'), options], { value, stat: { size: 1 } }, undefined],
]
const REMOVALS: readonly Row[] = [
  ['delete', ['a', options], [at('a'), options], undefined, undefined],
  ['remove', ['a', options], [at('a'), options], true, false],
  ['deleteMany', [['a', 'b'], options], [[at('a'), at('b')], options], undefined, undefined],
  ['rename', ['a', 'b', options], [at('a'), at('b'), options], true, false],
]
const LISTINGS: readonly Row[] = [
  ['keys', [options], [options], ['a', 'b'], []],
  ['keyPages', [options], [options], [['a', 'b']], []],
  ['entryPages', [options, wanted], [options, wanted], [[['a', value]]], []],
  ['children', [options], [options], [[{ key: 'a' }]], []],
]
const WRITES: readonly Row[] = [
  ['set', ['a', value, options], [at('a'), value, options], undefined, undefined],
  ['setMany', [[['a', value]], options], [[[at('a'), value]], options], undefined, undefined],
  [
    'batch',
    [[{ set: 'a', value }, { delete: 'b' }], options],
    [[{ set: at('a'), value }, { delete: at('b') }], options],
    undefined,
    undefined,
  ],
]
const ADDRESSES: readonly Row[] = [
  ['pathOf', ['a', options], [at('a'), options], '/a', '/a'],
  ['urlOf', ['a', options], [at('a'), options], 'https://a', 'https://a'],
]
const WATCHING: Row = ['watch', [options], [options], [[], ['a']], [[], ['a']]]

type Log = (readonly [what: string, ...args: unknown[]])[]

/** A driver with every method, over a place; what is asked of both stands in `log`. */
function opened(place: Partial<Place>, answers: Partial<Record<string, unknown>> = {}) {
  const log: Log = []
  const methods = [...READS, ...REMOVALS, ...LISTINGS, ...WRITES, ...ADDRESSES, WATCHING].map(
    ([method, , , answer]) => [
      method,
      (...args: unknown[]) => {
        log.push([method, ...args])
        const given = method in answers ? answers[method] : answer
        return typeof given === 'function' ? given(...args) : given
      },
    ],
  )
  const driver = { name: 'folder', ...Object.fromEntries(methods) } as LocatedDriver<At, Uint8Array>
  const logged: Place = {
    look() {
      log.push(['look'])
      return place.look?.() ?? true
    },
    make() {
      log.push(['make'])
      return place.make?.()
    },
  }
  return { log, driver: prepared(driver, { locate: at, preparation: preparation(logged) }) }
}

/** Calls a method, and takes a listing to its end. */
function run(driver: WritableDriver, [method, args]: Row): unknown {
  const result = (driver[method] as (...args: readonly unknown[]) => unknown)(...args)
  return LISTINGS.some(([listing]) => listing === method) ? collect(result as Iterable<unknown>) : result
}

const turn = () => new Promise(resolve => void setImmediate(resolve))

it('every method is tried below', () => {
  const { driver } = opened({})
  expect(METHOD_NAMES.filter(method => driver[method] === undefined)).toEqual(['writeStream'])
})

describe('where the place is there', () => {
  it.each([...READS, ...REMOVALS, ...LISTINGS])(
    '%s asks the driver, and gives its answer',
    async (...row) => {
      const [method, , asked, answer] = row
      const { log, driver } = opened({ look: () => true })
      expect(await run(driver, row)).toEqual(answer)
      expect(log.at(-1)).toEqual([method, ...asked])
      expect(log[0]).toEqual(['look'])
    },
  )

  it.each(LISTINGS)('%s gives the listing of the driver itself once the place is known', (...row) => {
    const [method, args, , answer] = row
    const { log, driver } = opened({ look: () => true })
    driver.get('a', {})
    expect((driver[method] as (...args: readonly unknown[]) => unknown)(...args)).toBe(answer)
    expect(log.filter(([what]) => what === 'look')).toHaveLength(1)
  })

  it.each([...READS, ...REMOVALS, ...LISTINGS])('%s waits until that is known', async (...row) => {
    const [method, , asked, answer] = row
    const { promise, resolve } = deferred<boolean>()
    const { log, driver } = opened({ look: () => promise })
    const result = run(driver, row)
    await turn()
    expect(log).toEqual([['look']])
    resolve(true)
    expect(await result).toEqual(answer)
    expect(log.at(-1)).toEqual([method, ...asked])
  })
})

describe('where there is no place', () => {
  it.each([...READS, ...REMOVALS, ...LISTINGS])('%s finds nothing, and asks nothing', async (...row) => {
    const [, , , , absent] = row
    for (const look of [() => false, async () => false]) {
      const { log, driver } = opened({ look })
      expect(await run(driver, row)).toEqual(absent)
      expect(log).toEqual([['look']])
    }
  })

  it('a delete of a certain version is a conflict', async () => {
    for (const look of [() => false, async () => false]) {
      const { driver } = opened({ look })
      expect(await rejection(async () => await driver.delete('a', { ifMatch: '"1"' }))).toMatchObject({
        code: 'Conflict',
        detail: 'there is no value any more',
      })
    }
  })

  it('changes are told nevertheless, as soon as somebody listens', async () => {
    const { log, driver } = opened({ look: async () => false })
    const changes = driver.watch?.(options) as AsyncIterable<unknown>
    await turn()
    expect(log).toEqual([['look']])
    expect(await collect(changes)).toEqual([[], ['a']])
    expect(log).toEqual([['look'], ['watch', options]])
  })

  it.each(ADDRESSES)('%s tells where the value would lie, and looks at nothing', (...row) => {
    const [method, , asked, answer] = row
    const { log, driver } = opened({ look: () => false })
    expect(run(driver, row)).toBe(answer)
    expect(log).toEqual([[method, ...asked]])
  })
})

describe('where the place has to be made', () => {
  it.each(WRITES)('%s makes it, then asks the driver', async (...row) => {
    const [method, , asked] = row
    const { promise, resolve } = deferred<void>()
    const { log, driver } = opened({ make: () => promise })
    const result = run(driver, row)
    await turn()
    expect(log).toEqual([['make']])
    resolve()
    expect(await result).toBeUndefined()
    expect(log).toEqual([['make'], [method, ...asked]])
  })

  it.each(WRITES)('%s neither makes it again nor waits afterwards', (...row) => {
    const [method, , asked] = row
    const { log, driver } = opened({})
    driver.set('first', value, {})
    expect(run(driver, row)).toBeUndefined()
    expect(log.slice(2)).toEqual([[method, ...asked]])
  })

  it('a stream is written into it', async () => {
    const log: unknown[] = []
    const driver = prepared<At, Uint8Array>(
      {
        name: 'folder',
        get: () => undefined,
        keys: () => [],
        set() {},
        delete() {},
        async writeStream(place, chunks, given) {
          log.push(place, await collect(chunks), given)
        },
      },
      { locate: at, preparation: preparation({ look: () => false, make: () => void log.push('make') }) },
    )
    async function* chunks() {
      yield value
      yield other
    }
    await driver.writeStream?.('a', chunks(), options)
    expect(log).toEqual(['make', at('a'), [value, other], options])
  })

  it.each([...READS, ...REMOVALS, ...LISTINGS])(
    '%s waits while it is made, without a look',
    async (...row) => {
      const [method, , asked, answer] = row
      const { promise, resolve } = deferred<void>()
      const { log, driver } = opened({ make: () => promise })
      const writing = driver.set('first', value, {})
      const result = run(driver, row)
      await turn()
      expect(log).toEqual([['make']])
      resolve()
      expect(await result).toEqual(answer)
      await writing
      expect(log).toContainEqual([method, ...asked])
      expect(log).not.toContainEqual(['look'])
    },
  )

  it('a listing that nobody begins fails nowhere', async () => {
    const unhandled: unknown[] = []
    const note = (error: unknown) => void unhandled.push(error)
    process.on('unhandledRejection', note)
    try {
      const broken = async () => {
        throw full
      }
      const { driver } = opened({ look: broken, make: broken })
      const writing = rejection(async () => await driver.set('first', value, {}))
      const listings = LISTINGS.map(([method, args]) =>
        (driver[method] as (...args: readonly unknown[]) => AsyncIterable<unknown>)(...args),
      )
      expect((await writing).code).toBe('OutOfSpace')
      await turn()
      await turn()
      expect(unhandled).toEqual([])
      expect(await rejection(collect(listings[0] as AsyncIterable<unknown>))).toMatchObject({
        code: 'OutOfSpace',
      })
    } finally {
      process.off('unhandledRejection', note)
    }
  })
})

describe('a place that is gone', () => {
  it.each([...REMOVALS, ...WRITES])('is made again for %s, which gives its answer', async (...row) => {
    const [method, , asked, answer] = row
    for (const gone of [
      () => {
        throw new PlaceGone()
      },
      async () => {
        throw new PlaceGone()
      },
    ]) {
      let first = true
      const { log, driver } = opened(
        {},
        {
          [method]() {
            if (!first) return answer
            first = false
            return gone()
          },
        },
      )
      await driver.has?.('a', {})
      expect(await run(driver, row)).toEqual(answer)
      expect(log.filter(([what]) => what === method)).toEqual([
        [method, ...asked],
        [method, ...asked],
      ])
      expect(log.at(-2)).toEqual(['make'])
    }
  })

  it('each time fails with a sentence that says so', async () => {
    const { driver } = opened(
      {},
      {
        set() {
          throw new PlaceGone()
        },
      },
    )
    expect(await rejection(async () => await driver.set('a', value, {}))).toMatchObject({
      code: 'Unavailable',
      detail: 'the place of the store was removed during the call',
    })
  })
})

describe('a write that is the first to end', () => {
  const failing = ([first]: readonly (readonly [At, unknown])[]) => new Map([[first?.[0], full]])
  const rows = [...REMOVALS, ...WRITES].filter(([method]) => method !== 'set')

  it.each(rows)('finishes the place, and gives what the driver answers: %s', async (...row) => {
    const [method, , , answer] = row
    const finished: string[] = []
    const make = () => async () => {
      await turn()
      finished.push('finished')
    }
    const { driver } = opened({ make }, { set: () => deferred().promise, setMany: failing })
    driver.set('first', value, {})
    expect(await run(driver, row)).toEqual(method === 'setMany' ? new Map([['a', full]]) : answer)
    expect(finished).toEqual(['finished'])
  })
})
