import { rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { type Flight, flights } from '../../src/layers/flights.ts'

/** A promise that somebody else settles. */
function deferred<T = void>() {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>(done => {
    resolve = done
  })
  return { promise, resolve }
}

const turns = () => new Promise(resolve => setImmediate(resolve))

describe('shared work', () => {
  it('runs once for all who ask while it is under way, and anew for who asks later', async () => {
    const shared = flights<string>()
    const answer = deferred<string>()
    let runs = 0
    const work = () => {
      runs++
      return answer.promise
    }
    const both = [shared.join('k', work), shared.join('k', work)]
    expect([shared.isUnderWay('k'), shared.isUnderWay('other')]).toEqual([true, false])
    const { ended } = shared
    answer.resolve('v')
    expect(await Promise.all(both)).toEqual([
      { value: 'v', shared: false },
      { value: 'v', shared: true },
    ])
    expect([runs, shared.ended - ended, shared.isUnderWay('k')]).toEqual([1, 1, false])
    await shared.join('k', work)
    expect(runs).toBe(2)
  })

  it('ends when nobody waits any more, and is not begun for who does not wait', async () => {
    const shared = flights<string>()
    const [one, two] = [new AbortController(), new AbortController()]
    let flight: Flight | undefined
    const work = (given: Flight) => {
      flight = given
      return new Promise<string>(() => {})
    }
    const [first, second] = [shared.join('k', work, one.signal), shared.join('k', work, two.signal)].map(
      rejection,
    )
    await turns()
    one.abort()
    expect(await first).toMatchObject({ code: 'Aborted' })
    expect([flight?.signal.aborted, shared.isUnderWay('k')]).toEqual([false, true])
    two.abort()
    expect(await second).toMatchObject({ code: 'Aborted' })
    expect([flight?.signal.aborted, flight?.dropped.aborted, shared.isUnderWay('k')]).toEqual([
      true,
      true,
      false,
    ])
    let begun = false
    const never = shared.join(
      'n',
      async () => {
        begun = true
        return 'v'
      },
      AbortSignal.abort(),
    )
    expect(await rejection(never)).toMatchObject({ code: 'Aborted' })
    await turns()
    expect(begun).toBe(false)
  })

  it('all of it ends when it is closed', async () => {
    const shared = flights<string>()
    const joined = shared.join(
      'k',
      ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    )
    await turns()
    shared.close()
    const error = await rejection(joined)
    expect(error.code).toBe('Closed')
    expect(error.message).toContain('the store is closed')
  })
})

describe('a write', () => {
  it('keeps what began before its end from being stored', async () => {
    const shared = flights<boolean>()
    const [fetched, stored] = [deferred(), deferred()]
    let kept = 0
    const work = async ({ keep }: Flight) => {
      await fetched.promise
      return await keep(async () => void kept++)
    }
    const before = shared.join('k', work)
    await turns()
    const writing = shared.write('k', () => stored.promise)
    const during = shared.join('k', work)
    const elsewhere = shared.join('other', work)
    await turns()
    fetched.resolve()
    expect((await before).value).toBe(false)
    expect((await during).value).toBe(false)
    expect((await elsewhere).value).toBe(true)
    const { ended } = shared
    stored.resolve()
    await writing
    expect(shared.ended).toBe(ended + 1)
    expect((await shared.join('k', work)).value).toBe(true)
    expect(kept).toBe(2)
  })

  it('of several that overlap the last one counts', async () => {
    const shared = flights<boolean>()
    const [first, second] = [deferred(), deferred()]
    const work = ({ keep }: Flight) => keep(async () => {})
    const writes = [shared.write('k', () => first.promise), shared.writeAll(['k', 'l'], () => second.promise)]
    await turns()
    second.resolve()
    await writes[1]
    expect((await shared.join('l', work)).value).toBe(true)
    expect((await shared.join('k', work)).value).toBe(false)
    first.resolve()
    await writes[0]
    expect((await shared.join('k', work)).value).toBe(true)
  })

  it('waits for what is being stored, also when that fails, and frees its key when it fails itself', async () => {
    const shared = flights<string>()
    const order: string[] = []
    const storing = deferred()
    const joined = shared.join('k', async ({ keep }) => {
      await keep(async () => {
        await storing.promise
        order.push('kept')
        throw new Error('no disk')
      }).catch(() => {})
      return 'v'
    })
    await turns()
    const writing = rejection(
      shared.write('k', async () => {
        order.push('written')
        throw new Error('no write')
      }),
    ).catch(error => error)
    await turns()
    expect(order).toEqual([])
    storing.resolve()
    await writing
    expect((await joined).value).toBe('v')
    expect(order).toEqual(['kept', 'written'])
    expect((await shared.join('k', async ({ keep }) => String(await keep(async () => {})))).value).toBe(
      'true',
    )
  })
})
