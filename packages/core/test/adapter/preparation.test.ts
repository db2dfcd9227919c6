import { describe, expect, it } from 'vitest'
import { type Finish, type Place, preparation } from '../../src/adapter.ts'
import { deferred } from './deferred.ts'

/** A place that notes what is done. `finish` stands for each making that has ended. */
function noted(place: Partial<Place>) {
  const log: string[] = []
  const known = preparation({
    look() {
      log.push('look')
      return place.look?.() ?? true
    },
    make() {
      log.push('make')
      return place.make?.()
    },
  })
  return { log, known }
}

const finishing = (log: string[]) => {
  let made = 0
  return (): Finish => {
    const number = ++made
    return () => void log.push(`finish ${number}`)
  }
}

describe('what is known of a place', () => {
  it('is found out by one look', async () => {
    for (const look of [() => true, async () => true]) {
      const { log, known } = noted({ look })
      expect(await Promise.all([known.reading(), known.reading()])).toEqual([true, true])
      expect(known.reading()).toBe(true)
      expect(log).toEqual(['look'])
    }
  })

  it('is looked at again as long as there is none', async () => {
    const found = [false, false, true]
    const { log, known } = noted({ look: async () => found.shift() ?? false })
    expect([await known.reading(), await known.reading(), await known.reading()]).toEqual([
      false,
      false,
      true,
    ])
    expect(log).toEqual(['look', 'look', 'look'])
  })

  it('needs no look once it was made', () => {
    const { log, known } = noted({})
    expect(known.writing()).toBeUndefined()
    expect(known.reading()).toBe(true)
    expect(log).toEqual(['make'])
  })

  it('may be that there is nothing to make', () => {
    const known = preparation({ look: () => true })
    expect(known.writing()).toBeUndefined()
    expect(known.begin()).toBeUndefined()
  })
})

describe('a place that is being made', () => {
  it('is made once for all who wait, after a look under way', async () => {
    const looking = deferred<boolean>()
    const making = deferred<void>()
    const { log, known } = noted({ look: () => looking.promise, make: () => making.promise })
    const found = known.reading()
    const writers = [known.writing(), known.writing()]
    expect(log).toEqual(['look'])
    looking.resolve(false)
    expect(await found).toBe(false)
    await Promise.resolve()
    expect(log).toEqual(['look', 'make'])
    writers.push(known.writing())
    making.resolve()
    await Promise.all(writers)
    expect(known.writing()).toBeUndefined()
    expect(log).toEqual(['look', 'make'])
  })

  it('is made though the look under way fails', async () => {
    const { log, known } = noted({ look: () => Promise.reject(new Error('no')) })
    const found = known.reading()
    const made = known.writing()
    await expect(found).rejects.toThrow('no')
    expect(await made).toBeUndefined()
    expect(log).toEqual(['look', 'make'])
  })

  it('is waited for by readers', async () => {
    const { promise, resolve } = deferred<void>()
    const { log, known } = noted({ look: () => false, make: () => promise })
    const made = known.writing()
    const found = [known.reading(), known.reading()]
    resolve()
    expect(await Promise.all(found)).toEqual([true, true])
    await made
    expect(log).toEqual(['make'])
  })

  it.each([true, false])('that cannot be made is looked at: %s', async is => {
    const { promise, reject } = deferred<void>()
    const { log, known } = noted({ look: () => is, make: () => promise })
    const made = known.writing()
    const found = [known.reading(), known.reading()]
    reject(new Error('no'))
    expect(await Promise.all(found)).toEqual([is, is])
    await expect(made).rejects.toThrow('no')
    expect(log).toEqual(is ? ['make', 'look'] : ['make', 'look', 'look'])
  })

  it('is made by the next write when that failed', async () => {
    let full = true
    const make = async () => {
      if (full) throw new Error('full')
    }
    const { log, known } = noted({ make })
    await expect(known.writing()).rejects.toThrow('full')
    full = false
    await known.writing()
    expect(known.writing()).toBeUndefined()
    expect(log).toEqual(['make', 'make'])
  })
})

describe('the first value in a place', () => {
  function made() {
    const steps: string[] = []
    const { known } = noted({ make: finishing(steps) })
    known.writing()
    const begin = () => {
      const end = known.begin()
      if (end === undefined) throw new Error('nobody waits for the first value')
      return end
    }
    return { steps, known, begin }
  }

  it('finishes it once, whatever other writes do', () => {
    const { steps, known, begin } = made()
    const ends = [begin(), begin(), begin()]
    ends[0]?.(true)
    expect(steps).toEqual(['finish 1'])
    ends[1]?.(true)
    ends[2]?.(false)
    expect(steps).toEqual(['finish 1'])
    expect(known.begin()).toBeUndefined()
    expect(known.writing()).toBeUndefined()
    expect(known.generation).toBe(0)
  })

  it('is still to come when a write fails beside another', () => {
    const { steps, begin } = made()
    const [one, other] = [begin(), begin()]
    one(false)
    expect(steps).toEqual([])
    other(true)
    expect(steps).toEqual(['finish 1'])
  })

  it('does not come when all writes fail: it is finished, and made anew for the next', () => {
    const { steps, known, begin } = made()
    const [one, other] = [begin(), begin()]
    one(false)
    other(false)
    expect(steps).toEqual(['finish 1'])
    expect(known.generation).toBe(1)
    known.writing()
    begin()(true)
    expect(steps).toEqual(['finish 1', 'finish 2'])
  })

  it('is waited for until finishing is over', async () => {
    const { promise, resolve } = deferred<void>()
    const known = preparation({ look: () => false, make: () => () => promise })
    await known.writing()
    const ended = known.begin()?.(true)
    expect(ended).toBe(promise)
    resolve()
  })
})

describe('a place that is gone', () => {
  it('is looked at and made again', () => {
    const { log, known } = noted({})
    known.writing()
    known.forget(known.generation)
    expect(known.generation).toBe(1)
    expect(known.reading()).toBe(true)
    known.writing()
    expect(log).toEqual(['make', 'look', 'make'])
  })

  it('is forgotten once, however many calls tell it', () => {
    const { log, known } = noted({})
    known.writing()
    const { generation } = known
    known.forget(generation)
    known.writing()
    known.forget(generation)
    expect(known.writing()).toBeUndefined()
    expect(known.generation).toBe(1)
    expect(log).toEqual(['make', 'make'])
  })

  it('is not finished by the writes that met it, nor is its successor', () => {
    const steps: string[] = []
    const { known } = noted({ make: finishing(steps) })
    known.writing()
    const early = known.begin()
    const beside = known.begin()
    known.forget(known.generation)
    expect(known.begin()).toBeUndefined()
    known.writing()
    const late = known.begin()
    early?.(true)
    beside?.(false)
    expect(steps).toEqual([])
    late?.(false)
    expect(steps).toEqual(['finish 2'])
  })
})
