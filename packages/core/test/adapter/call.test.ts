import { getEventListeners } from 'node:events'
import { createServer } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { assertNotAborted, call, callEach } from '../../src/adapter.ts'
import { deferred } from './deferred.ts'

const never = () => new Promise<never>(() => {})
const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length

afterEach(() => void vi.useRealTimers())

describe('call', () => {
  it('gives the answer, at once or later', async () => {
    expect(await call(() => 5, { timeout: 1000 })).toBe(5)
    expect(await call(async () => 6, { timeout: 1000 })).toBe(6)
    expect(await call(async () => 7, { timeout: Number.POSITIVE_INFINITY })).toBe(7)
  })

  it('passes on what the client throws, at once or later', async () => {
    const error = new Error('of the client')
    const throwing = () => {
      throw error
    }
    await expect(call(throwing, { timeout: 1000 })).rejects.toBe(error)
    await expect(call(() => Promise.reject(error), { timeout: 1000 })).rejects.toBe(error)
  })

  it('rejects Timeout after the time, tells the signal, and abandons', async () => {
    vi.useFakeTimers()
    const abandon = vi.fn()
    let told: AbortSignal | undefined
    const answer = call(
      signal => {
        told = signal
        return never()
      },
      { timeout: 250, abandon },
    )
    const failed = answer.catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(249)
    expect(told?.aborted).toBe(false)
    await vi.advanceTimersByTimeAsync(10)
    expect(await failed).toMatchObject({
      code: 'Timeout',
      outcome: 'unknown',
      message: 'no answer within 250 ms; if that is too short, raise timeout',
    })
    expect(told?.reason).toMatchObject({ code: 'Timeout' })
    expect(abandon).toHaveBeenCalledOnce()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('takes an answer that arrived while the process was too busy to see it', async () => {
    const server = createServer(socket => void socket.end('x'))
    await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    try {
      const { connect } = await import('node:net')
      const socket = connect(port, '127.0.0.1')
      await new Promise(resolve => void socket.once('connect', resolve))
      const answered = deferred<string>()
      const answer = call(() => answered.promise, { timeout: 20 })
      socket.once('data', data => answered.resolve(data.toString()))
      const until = performance.now() + 60
      while (performance.now() < until);
      expect(await answer).toBe('x')
      socket.destroy()
    } finally {
      await new Promise(resolve => void server.close(resolve))
    }
  })

  it('rejects Aborted at once, with the reason, though the client does not heed the signal', async () => {
    const controller = new AbortController()
    const abandon = vi.fn()
    let told: AbortSignal | undefined
    const answer = call(
      signal => {
        told = signal
        return never()
      },
      { timeout: 60_000, signal: controller.signal, abandon },
    )
    const reason = new Error('no more')
    controller.abort(reason)
    await expect(answer).rejects.toMatchObject({ code: 'Aborted', outcome: 'unknown', cause: reason })
    expect(told?.aborted).toBe(true)
    expect(abandon).toHaveBeenCalledOnce()
    expect(listeners(controller.signal)).toBe(0)
  })

  it('rejects Aborted when the work itself fires the signal', async () => {
    const controller = new AbortController()
    const work = () => {
      controller.abort()
      return never()
    }
    await expect(call(work, { timeout: 60_000, signal: controller.signal })).rejects.toMatchObject({
      code: 'Aborted',
      outcome: 'unknown',
    })
  })

  it('begins nothing when the signal has fired before', async () => {
    const work = vi.fn(never)
    const signal = AbortSignal.abort()
    await expect(call(work, { timeout: 60_000, signal })).rejects.toMatchObject({
      code: 'Aborted',
      outcome: 'not-applied',
    })
    expect(work).not.toHaveBeenCalled()
  })

  it('releases an answer that comes too late, and only that', async () => {
    const release = vi.fn()
    expect(await call(async () => 'in time', { timeout: 60_000, release })).toBe('in time')
    const controller = new AbortController()
    const { promise, resolve } = deferred<string>()
    const answer = call(() => promise, { timeout: 60_000, signal: controller.signal, release })
    controller.abort()
    await expect(answer).rejects.toMatchObject({ code: 'Aborted' })
    expect(release).not.toHaveBeenCalled()
    resolve('late')
    await vi.waitFor(() => expect(release).toHaveBeenCalledWith('late'))
    expect(release).toHaveBeenCalledOnce()
  })

  it('handles late rejections, and what abandon and release throw or reject', async () => {
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    try {
      for (const broken of [
        () => {
          throw new Error('broken')
        },
        () => Promise.reject(new Error('broken')),
      ]) {
        for (const settle of ['resolve', 'reject'] as const) {
          const controller = new AbortController()
          const { promise, ...settlers } = deferred<unknown>()
          const answer = call(() => promise, {
            timeout: 60_000,
            signal: controller.signal,
            abandon: broken,
            release: broken,
          })
          controller.abort()
          await expect(answer).rejects.toMatchObject({ code: 'Aborted' })
          settlers[settle](new Error('late'))
        }
      }
      await new Promise(resolve => void setImmediate(resolve))
      await new Promise(resolve => void setImmediate(resolve))
      expect(unhandled).not.toHaveBeenCalled()
    } finally {
      process.off('unhandledRejection', unhandled)
    }
  })

  it('leaves no listener and no timer after 1,000 calls, and shares one listener meanwhile', async () => {
    const { signal } = new AbortController()
    const begin = deferred<void>()
    const timers = () => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length
    const before = timers()
    const calls = Array.from({ length: 1000 }, async (_, index) => {
      const answer = call(() => begin.promise.then(() => index), { timeout: 60_000, signal })
      return await (index % 2 === 0 ? answer : answer.catch(() => {}))
    })
    expect(listeners(signal)).toBe(1)
    expect(timers() - before).toBe(1000)
    begin.resolve()
    await Promise.all(calls)
    expect(listeners(signal)).toBe(0)
    expect(timers()).toBe(before)
  })
})

describe('callEach', () => {
  async function* numbers(ended: () => void): AsyncGenerator<number, void, undefined> {
    try {
      for (let number = 1; number <= 3; number++) yield number
    } finally {
      ended()
    }
  }

  it('gives every item and leaves nothing behind', async () => {
    const { signal } = new AbortController()
    const seen: number[] = []
    for await (const number of callEach(numbers(vi.fn()), { timeout: 60_000, signal })) seen.push(number)
    expect(seen).toEqual([1, 2, 3])
    expect(listeners(signal)).toBe(0)
  })

  it('ends the source when the loop is left, and waits for that', async () => {
    const ended = vi.fn()
    for await (const _ of callEach(numbers(ended), { timeout: 60_000 })) break
    expect(ended).toHaveBeenCalledOnce()
  })

  it('leaves a source that has no end of its own', async () => {
    const source = { [Symbol.asyncIterator]: () => ({ next: async () => ({ done: false, value: 1 }) }) }
    for await (const number of callEach(source, { timeout: 60_000 })) {
      expect(number).toBe(1)
      break
    }
    expect(await callEach(source, { timeout: 60_000 }).return()).toEqual({ done: true, value: undefined })
  })

  it('ends a source of which nothing was asked for yet, once', async () => {
    const end = vi.fn(async () => ({ done: true as const, value: undefined }))
    const next = vi.fn(never)
    const source = { [Symbol.asyncIterator]: () => ({ next, return: end }) }
    const items = callEach(source, { timeout: 60_000 })
    await items.return()
    await items.return()
    expect(end).toHaveBeenCalledOnce()
    expect(await items.next()).toEqual({ done: true, value: undefined })
    expect(next).not.toHaveBeenCalled()
  })

  it('waits for the end of a source of which nothing was asked for no longer than for an item', async () => {
    vi.useFakeTimers()
    const abandon = vi.fn()
    const source = { [Symbol.asyncIterator]: () => ({ next: never, return: never }) }
    const left = callEach(source, { timeout: 100, abandon })
      .return()
      .catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(110)
    expect(await left).toMatchObject({ code: 'Timeout' })
    expect(abandon).toHaveBeenCalledOnce()
  })

  it('rejects when an item does not come, abandons, and ends the source without waiting', async () => {
    vi.useFakeTimers()
    const abandon = vi.fn()
    const end = vi.fn(never)
    const source = { [Symbol.asyncIterator]: () => ({ next: never, return: end }) }
    const failed = callEach(source, { timeout: 100, abandon })
      .next()
      .catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(110)
    expect(await failed).toMatchObject({ code: 'Timeout', outcome: 'unknown' })
    expect(abandon).toHaveBeenCalledOnce()
    await vi.advanceTimersByTimeAsync(0)
    expect(end).toHaveBeenCalledOnce()
  })

  it('does not count the time that the caller takes', async () => {
    vi.useFakeTimers()
    const items = callEach(numbers(vi.fn()), { timeout: 100 })
    expect(await items.next()).toMatchObject({ value: 1 })
    await vi.advanceTimersByTimeAsync(100_000)
    expect(await items.next()).toMatchObject({ value: 2 })
    await items.return()
  })

  it('rejects Aborted between two items, and ends the source', async () => {
    const controller = new AbortController()
    const ended = vi.fn()
    const items = callEach(numbers(ended), { timeout: 60_000, signal: controller.signal })
    await items.next()
    controller.abort()
    await expect(items.next()).rejects.toMatchObject({ code: 'Aborted' })
    expect(ended).toHaveBeenCalledOnce()
    expect(listeners(controller.signal)).toBe(0)
  })

  it('ends a source whose first item is asked for after an abort, and asks it for none', async () => {
    const end = vi.fn(async () => ({ done: true as const, value: undefined }))
    const next = vi.fn(never)
    const source = { [Symbol.asyncIterator]: () => ({ next, return: end }) }
    const items = callEach(source, { timeout: 60_000, signal: AbortSignal.abort() })
    await expect(items.next()).rejects.toMatchObject({ code: 'Aborted' })
    expect(end).toHaveBeenCalledOnce()
    expect(next).not.toHaveBeenCalled()
  })

  it('passes on the error of the source, which has then ended', async () => {
    const error = new Error('of the source')
    const end = vi.fn()
    const source = { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error), return: end }) }
    await expect(callEach(source, { timeout: 60_000 }).next()).rejects.toBe(error)
    expect(end).not.toHaveBeenCalled()
  })
})

describe('assertNotAborted', () => {
  it('throws once the signal has fired', () => {
    assertNotAborted(undefined)
    const controller = new AbortController()
    assertNotAborted(controller.signal)
    controller.abort()
    expect(() => assertNotAborted(controller.signal)).toThrow(
      expect.objectContaining({ code: 'Aborted', outcome: 'not-applied' }),
    )
  })
})
