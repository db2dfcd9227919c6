import { beforeEach, describe, expect, it } from 'vitest'
import { breakAbandoned, LEASE as DEFAULT_LEASE, type Lock, withLock } from '../../src/file/index.ts'
import { parseLock, printLock, RELEASED } from '../../src/file/lock-content.ts'
import { MemoryLocks, type SimulatedHost, World } from '../support/hosts.ts'

const LEASE = 9000
const DAY = 24 * 60 * 60 * 1000
const LOCK = '/data/lock'

let world: World
let locks: MemoryLocks
beforeEach(() => {
  world = new World()
  locks = new MemoryLocks()
})

interface Held {
  readonly lock: Lock
  /** Ends the work, and gives what became of the call. */
  end(): Promise<unknown>
}

/** A host takes the lock and keeps it. */
async function hold(host: SimulatedHost): Promise<Held> {
  let end = () => {}
  const work = new Promise<void>(resolve => {
    end = resolve
  })
  const call = new Promise<Held>((resolve, reject) => {
    const running = withLock(
      locks,
      LOCK,
      async lock => {
        resolve({
          lock,
          end() {
            end()
            return world.until(running)
          },
        })
        await work
      },
      { lease: LEASE, host },
    )
    running.catch(reject)
  })
  return await world.until(call)
}

/** When another host gets the lock, in milliseconds from now. */
async function wait(host: SimulatedHost, patience: number): Promise<number> {
  const began = world.time
  await world.until(
    withLock(locks, LOCK, async lock => lock.assertHeld(), { lease: LEASE, host, wait: patience }),
  )
  return world.time - began
}

describe('a holder at another place', () => {
  it.each([0, DAY, -DAY])(
    'that has ended is replaced after its lease, with clocks %i ms apart',
    async offset => {
      const other = world.host({ place: 'a' })
      const { lock } = await hold(other)
      lock.assertHeld()
      await world.pass(LEASE / 2)
      other.still = true
      const waited = await wait(world.host({ place: 'b', offset }), 10 * LEASE)
      expect(waited).toBeGreaterThanOrEqual(1.25 * LEASE)
      expect(waited).toBeLessThan(1.25 * LEASE + 500)
      expect([...locks.files.keys()]).toEqual([])
    },
  )

  it.each([0, DAY, -DAY])('that lives is never replaced, with clocks %i ms apart', async offset => {
    const { lock, end } = await hold(world.host({ place: 'a', offset }))
    await expect(wait(world.host({ place: 'b' }), 50 * LEASE)).rejects.toMatchObject({
      code: 'Unavailable',
      retryable: true,
      outcome: 'not-applied',
    })
    lock.assertHeld()
    await end()
    expect(locks.files.size).toBe(0)
    expect(locks.open).toBe(0)
  })

  it('that has ended is replaced also by those who never wait for long', async () => {
    const other = world.host({ place: 'a' })
    await hold(other)
    other.still = true
    const host = world.host({ place: 'b' })
    let tries = 0
    for (let done = false; !done; tries++)
      done = await wait(host, LEASE / 5).then(
        () => true,
        () => false,
      )
    expect(tries).toBeGreaterThan(5)
    expect(tries).toBeLessThan(9)
  })

  it('is not judged by a look that began before the one who waits stood still', async () => {
    const { end } = await hold(world.host({ place: 'a' }))
    const host = world.host({ place: 'b' })
    const read = locks.read.bind(locks)
    let looks = 0
    locks.read = async path => {
      const content = await read(path)
      // The answer is there, but the host that asked gets it much later.
      if (++looks === 2)
        await new Promise<void>(resolve =>
          world.start({ at: world.time + 3 * LEASE, host, run: resolve, every: undefined }),
        )
      return content
    }
    await expect(wait(host, 10 * LEASE)).rejects.toMatchObject({ code: 'Unavailable' })
    expect(locks.made.filter(path => path !== LOCK)).toEqual([])
    await end()
  })
})

describe('a holder that stood still', () => {
  it('learns that it may have lost the lock, and leaves that of its successor alone', async () => {
    const other = world.host({ place: 'a' })
    const first = await hold(other)
    other.still = true
    await wait(world.host({ place: 'b' }), 10 * LEASE)
    const second = await hold(world.host({ place: 'c' }))
    other.still = false
    expect(() => first.lock.assertHeld()).toThrow(
      expect.objectContaining({ code: 'Unavailable', retryable: true, outcome: 'not-applied' }),
    )
    const content = locks.files.get(LOCK)?.content
    await first.end()
    expect(locks.files.get(LOCK)?.content).toBe(content)
    second.lock.assertHeld()
    await second.end()
    expect(locks.files.size).toBe(0)
  })

  it('learns it also when only its monotonic clock stood still', async () => {
    const host = world.host()
    const { lock, end } = await hold(host)
    host.still = true
    await world.pass(2 * LEASE)
    host.slept = 2 * LEASE
    host.still = false
    expect(() => lock.assertHeld()).toThrow(/lease/)
    await end()
    expect(locks.files.size).toBe(0)
  })

  it('learns it also when its clock was set back meanwhile', async () => {
    const host = world.host()
    const { lock } = await hold(host)
    host.still = true
    await world.pass(2 * LEASE)
    host.set = -DAY
    expect(() => lock.assertHeld()).toThrow(/lease/)
  })

  it('has lost it for good, whatever its clock says later', async () => {
    const host = world.host()
    const { lock } = await hold(host)
    host.set = DAY
    expect(() => lock.assertHeld()).toThrow(/lease/)
    host.set = 0
    expect(() => lock.assertHeld()).toThrow(/lease/)
  })

  it('does not take up a lease again that has run out', async () => {
    const host = world.host()
    const { lock } = await hold(host)
    host.still = true
    await world.pass(2 * LEASE)
    host.still = false
    await world.pass(LEASE)
    expect(() => lock.assertHeld()).toThrow(/lease/)
  })

  it('notices that it could not renew its lock', async () => {
    const { lock } = await hold(world.host())
    locks.readOnly = true
    await world.pass(LEASE * 0.9)
    lock.assertHeld()
    await world.pass(LEASE * 0.3)
    expect(() => lock.assertHeld()).toThrow(/lease/)
  })
})

describe('a holder at the same place', () => {
  it('that lives is never replaced, even if it cannot renew its lock', async () => {
    const other = world.host({ place: 'a', process: 1 })
    await hold(other)
    other.still = true
    await expect(wait(world.host({ place: 'a', process: 2 }), 20 * LEASE)).rejects.toMatchObject({
      code: 'Unavailable',
    })
  })

  it('that has ended is replaced at once', async () => {
    const ended = new Set<number>()
    const other = world.host({ place: 'a', process: 1 })
    await hold(other)
    other.still = true
    ended.add(1)
    expect(await wait(world.host({ place: 'a', process: 2, ended }), 1000)).toBeLessThan(10)
    expect(locks.files.size).toBe(0)
  })
})

describe('a lock', () => {
  it('is held by one of 60 tasks at a time, and nothing is left', async () => {
    const ended = new Set([99])
    const hosts = Array.from({ length: 6 }, (_, index) =>
      world.host({ offset: index * DAY, place: 'abc'[index % 3] as string, process: index, ended }),
    )
    // A process that has ended holds it, and another one was removing its lock.
    const dead = { maker: { place: 'a', process: 99, started: '1' }, lease: LEASE, count: 0 }
    locks.files.set(LOCK, { content: printLock({ ...dead, random: '0'.repeat(18) }) })
    locks.files.set(`/data/.kvdol-k-${'0'.repeat(18)}`, {
      content: printLock({ ...dead, random: '1'.repeat(18) }),
    })
    let inside = 0
    let done = 0
    const work = async (host: SimulatedHost, lock: Lock) => {
      if (++inside > 1) throw new Error('two have met')
      await host.clock.sleep(20)
      lock.assertHeld()
      inside--
      done++
    }
    const tasks = Array.from({ length: 60 }, (_, index) => {
      const host = hosts[index % 6] as SimulatedHost
      return withLock(locks, LOCK, lock => work(host, lock), { lease: LEASE, host, wait: 10 * DAY })
    })
    await world.until(Promise.all(tasks))
    expect(done).toBe(60)
    expect([...locks.files.keys()]).toEqual([])
    expect(locks.open).toBe(0)
  })

  it('that cannot be removed says that it is free', async () => {
    const { end } = await hold(world.host({ place: 'a' }))
    locks.stuck.add(LOCK)
    await end()
    expect(parseLock(locks.files.get(LOCK)?.content ?? '')?.count).toBe(RELEASED)
    locks.stuck.clear()
    expect(await wait(world.host({ place: 'b' }), 1000)).toBeLessThan(10)
  })

  it.each(['', 'half of a loc'])(
    'with the text %j ends with the lease of the one who waits',
    async content => {
      locks.files.set(LOCK, { content })
      const host = world.host()
      expect(await world.until(breakAbandoned(locks, LOCK, { lease: LEASE, host }))).toBe(false)
      await world.pass(LEASE)
      expect(await world.until(breakAbandoned(locks, LOCK, { lease: LEASE, host }))).toBe(false)
      await world.pass(LEASE / 2)
      expect(await world.until(breakAbandoned(locks, LOCK, { lease: LEASE, host }))).toBe(true)
      expect(locks.files.size).toBe(0)
    },
  )

  it('goes by the lease of its holder, not of the one who waits', async () => {
    const other = world.host({ place: 'a' })
    await hold(other)
    other.still = true
    const host = world.host({ place: 'b' })
    const waiting = withLock(locks, LOCK, async () => world.time, {
      lease: LEASE / 100,
      host,
      wait: 10 * LEASE,
    })
    expect(await world.until(waiting)).toBeGreaterThanOrEqual(LEASE)
  })

  it('is released when the work fails, and its error is the one that is told', async () => {
    const failing = withLock(locks, LOCK, () => Promise.reject(new Error('the work failed')), {
      host: world.host(),
    })
    await expect(world.until(failing)).rejects.toThrow('the work failed')
    expect(locks.files.size).toBe(0)
  })

  it('is not waited for once the signal has fired', async () => {
    await hold(world.host({ place: 'a' }))
    const controller = new AbortController()
    const waiting = withLock(locks, LOCK, async () => 'got it', {
      host: world.host({ place: 'b' }),
      signal: controller.signal,
    })
    await world.pass(100)
    controller.abort()
    const began = world.time
    await expect(world.until(waiting)).rejects.toMatchObject({ code: 'Aborted' })
    expect(world.time - began).toBeLessThan(5)
  })

  it('is waited for longer than it takes to find out that its holder is gone', async () => {
    const other = world.host({ place: 'a' })
    const forever = new Promise<void>(() => {})
    void withLock(locks, LOCK, () => forever, { host: other })
    await world.pass(10)
    other.still = true
    await world.until(withLock(locks, LOCK, async () => {}, { host: world.host({ place: 'b' }) }))
    expect(world.time).toBeGreaterThanOrEqual(1.25 * DEFAULT_LEASE)
  })
})
