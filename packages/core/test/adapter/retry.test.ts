import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { isPassing, retry } from '../../src/adapter.ts'
import { StoreError } from '../../src/error.ts'

const passing = () => new StoreError('Unavailable', 'busy')

describe('retry', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
  })

  /** The times at which an endless failure was tried, with every pause as long as it can be. */
  async function attempts(
    policy: Parameters<typeof retry>[1],
    failure: unknown = passing(),
  ): Promise<number[]> {
    const begun = performance.now()
    const times: number[] = []
    const result = Promise.resolve(
      retry(() => {
        times.push(Math.round(performance.now() - begun))
        return Promise.reject(failure)
      }, policy),
    ).catch((error: unknown) => error)
    await vi.runAllTimersAsync()
    expect(await result).toBe(failure)
    return times
  }

  it('answers at once when the work does', () => {
    expect(retry(attempt => attempt)).toBe(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('throws at once what will not pass', () => {
    const error = new StoreError('PermissionDenied', 'no')
    expect(() =>
      retry(() => {
        throw error
      }),
    ).toThrow(error)
  })

  it('tries again after failures that are thrown or rejected, with the number of the attempt', async () => {
    const seen: number[] = []
    const result = retry(attempt => {
      seen.push(attempt)
      if (attempt === 1) throw passing()
      return attempt === 2 ? Promise.reject(passing()) : 'done'
    })
    await vi.runAllTimersAsync()
    expect(await result).toBe('done')
    expect(seen).toEqual([1, 2, 3])
  })

  it('asks `when` before anything else can happen', () => {
    const order: string[] = []
    const result = retry(
      () => {
        order.push('failed')
        throw passing()
      },
      {
        when: () => {
          order.push('when')
          return true
        },
      },
    )
    order.push('caller')
    expect(order).toEqual(['failed', 'when', 'caller'])
    return expect(Promise.all([result, vi.runAllTimersAsync()])).rejects.toMatchObject({
      code: 'Unavailable',
    })
  })

  it('pauses up to a limit that doubles, and grows to the longest', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1)
    expect(await attempts({})).toEqual([0, 25, 75, 175, 375])
    expect(await attempts({ attempts: 6, pause: 100, longest: 300 })).toEqual([0, 100, 300, 600, 900, 1200])
    vi.spyOn(Math, 'random').mockReturnValue(0)
    expect((await attempts({})).at(-1)).toBeLessThan(10)
  })

  it('waits at least as long as the error says', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0)
    const slow = new StoreError('RateLimited', 'slower', { retryAfterMs: 5000 })
    expect(await attempts({ attempts: 3 }, slow)).toEqual([0, 5000, 10_000])
  })

  it('begins nothing after the total time', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1)
    expect(await attempts({ attempts: 100, pause: 100, longest: 100, within: 350 })).toEqual([
      0, 100, 200, 300,
    ])
    const slow = new StoreError('RateLimited', 'slower', { retryAfterMs: 5000 })
    expect(await attempts({ within: 4000 }, slow)).toEqual([0])
  })

  it('begins what would begin at the end of the total time, counted from the first attempt', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(await attempts({ attempts: 100, pause: 100, longest: 100, within: 300 })).toEqual([
      0, 100, 200, 300,
    ])
  })

  it('tries failures of any kind again where `when` says so', async () => {
    expect(await attempts({ attempts: 3, when: () => true }, new RangeError('raw'))).toHaveLength(3)
  })

  it('says of an aborted call that its outcome is unknown where that of the last attempt is', async () => {
    const signal = AbortSignal.abort()
    const outcomeAfter = (failure: unknown) =>
      Promise.resolve(retry(() => Promise.reject(failure), { when: () => true, signal })).catch(
        ({ outcome }) => outcome,
      )
    expect(await outcomeAfter(new StoreError('Unavailable', '', { outcome: 'unknown' }))).toBe('unknown')
    expect(await outcomeAfter(new StoreError('Unavailable', '', { outcome: 'not-applied' }))).toBe(
      'not-applied',
    )
    expect(await outcomeAfter(new RangeError('raw'))).toBe('not-applied')
  })

  it('stops at the number of attempts', async () => {
    expect(await attempts({ attempts: 1 })).toHaveLength(1)
    expect(await attempts({ attempts: 2 })).toHaveLength(2)
  })

  it('rejects Aborted during a pause, and leaves neither listener nor timer', async () => {
    const controller = new AbortController()
    const work = vi.fn(() => Promise.reject(passing()))
    const result = retry(work, {
      pause: 60_000,
      longest: 60_000,
      signal: controller.signal,
    }) as Promise<never>
    const failed = result.catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(0)
    controller.abort()
    expect(await failed).toMatchObject({ code: 'Aborted', outcome: 'not-applied' })
    expect(work).toHaveBeenCalledOnce()
    expect(vi.getTimerCount()).toBe(0)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })

  it('does not try again once the signal has fired', async () => {
    const work = vi.fn(() => Promise.reject(passing()))
    await expect(retry(work, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'Aborted' })
    expect(work).toHaveBeenCalledOnce()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('leaves neither listener nor timer after 1,000 calls', async () => {
    const { signal } = new AbortController()
    const calls = Array.from({ length: 1000 }, () =>
      retry(attempt => (attempt < 3 ? Promise.reject(passing()) : attempt), { signal }),
    )
    await vi.runAllTimersAsync()
    expect(new Set(await Promise.all(calls))).toEqual(new Set([3]))
    expect(vi.getTimerCount()).toBe(0)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })
})

describe('isPassing', () => {
  it.each([
    [new StoreError('Unavailable', ''), true],
    [new StoreError('RateLimited', ''), true],
    [new StoreError('Unavailable', '', { outcome: 'unknown' }), false],
    [new StoreError('Conflict', '', { retryable: true }), false],
    [new StoreError('NotFound', ''), false],
    [new Error('raw'), false],
    [undefined, false],
  ])('%o: %s', (error, expected) => expect(isPassing(error)).toBe(expected))
})
