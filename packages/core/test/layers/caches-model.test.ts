import { bytes, text } from '@kvdol/test-support'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { memory, pipe, type Store } from '../../src/index.ts'
import { cached, expiring, sweep, tiered } from '../../src/layers.ts'

const KEYS = ['a', 'b', 'c']

/** One step: what is done, by whom, to which key. */
const step = fc.record({
  by: fc.constantFrom('here' as const, 'elsewhere' as const),
  what: fc.constantFrom('get', 'get', 'get', 'has', 'set', 'setMany', 'delete', 'stat', 'pass', 'forget'),
  key: fc.constantFrom(...KEYS),
  time: fc.integer({ min: 0, max: 80 }),
})
const steps = fc.array(step, { maxLength: 60 })
const RUNS = { numRuns: process.env.KVDOL_TEST_VARIANTS === 'all' ? 2000 : 300 }

interface Config {
  readonly ttl?: number
  readonly staleWhileRevalidate?: number
  readonly negative?: boolean
  readonly revalidate?: 'etag'
  readonly keepWrites?: boolean
  readonly max?: number
}

const configs: Record<string, Config> = {
  'a time to live': { ttl: 100 },
  'absences too': { ttl: 100, negative: true },
  'stale for a while': { ttl: 60, staleWhileRevalidate: 40, negative: true },
  etags: { revalidate: 'etag' },
  'etags after a time to live': { revalidate: 'etag', ttl: 50 },
  'few values, writes kept': { ttl: 100, max: 1, keepWrites: true },
}

/** What was there, from when on; the last is there now. */
type Past = { value: string | undefined; from: number }[]

describe.each(Object.entries(configs))('a cache with %s, beside a writer elsewhere', (_, config) => {
  it('gives what was there not longer ago than it may, and no older than its own writes', async () => {
    const window = (config.ttl ?? 0) + (config.staleWhileRevalidate ?? 0)
    await fc.assert(
      fc.asyncProperty(steps, async commands => {
        let now = 1000
        const source = memory()
        const store = cached(source, { ...config, now: () => now })
        const past = new Map<string, Past>(KEYS.map(key => [key, [{ value: undefined, from: 0 }]]))
        const own = new Map<string, number>()
        let writes = 0
        for (const { by, what, key, time } of commands) {
          const history = past.get(key) as Past
          const place: Store<string, Uint8Array> = by === 'here' ? store : source
          const wrote = (value: string | undefined) => {
            if (by === 'here') own.set(key, history.length)
            history.push({ value, from: now })
          }
          const value = `${writes++}`
          if (what === 'pass') now += time
          else if (what === 'set') await place.set(key, bytes(value)).then(() => wrote(value))
          else if (what === 'setMany') await place.setMany([[key, bytes(value)]]).then(() => wrote(value))
          else if (what === 'delete') await place.delete(key).then(() => wrote(undefined))
          else if (what === 'forget') await store.forget(key).then(() => own.set(key, history.length - 1))
          else if (what === 'stat') {
            // What it says is true now, and a value read after it is no older.
            expect((await store.stat(key)) !== undefined).toBe(history.at(-1)?.value !== undefined)
            own.set(key, history.length - 1)
          } else {
            const first = own.get(key) ?? 0
            const allowed = history.filter((_, index) => {
              const until = history[index + 1]?.from ?? Number.POSITIVE_INFINITY
              return index >= first && (until > now - window || index === history.length - 1)
            })
            const values = allowed
              .map(each => each.value)
              .filter(each => each !== undefined || config.negative || history.at(-1)?.value === undefined)
            if (what === 'has') {
              const there = await store.has(key)
              expect(values.some(each => (each !== undefined) === there)).toBe(true)
            } else {
              const found = await store.get(key)
              expect(values).toContain(found && text(found))
            }
          }
        }
        await store.close()
      }),
      RUNS,
    )
  })
})

it('tiers give what the last one holds, whatever the others drop', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async commands => {
      const last = memory()
      const store = tiered([memory({ maxEntries: 1 }), memory({ maxBytes: 4 }), last])
      const model = new Map<string, string>()
      let writes = 0
      for (const { what, key } of commands) {
        const value = `${writes++}`
        if (what === 'set') await store.set(key, bytes(value)).then(() => model.set(key, value))
        else if (what === 'setMany')
          await store
            .setMany(KEYS.map(each => [each, bytes(value)]))
            .then(() => KEYS.forEach(each => void model.set(each, value)))
        else if (what === 'delete') await store.delete(key).then(() => model.delete(key))
        else if (what === 'has') expect(await store.has(key)).toBe(model.has(key))
        else {
          const found = await store.get(key)
          expect(found && text(found)).toBe(model.get(key))
        }
        expect(await store.size()).toBe(model.size)
      }
    }),
    RUNS,
  )
})

it('two writers of values that end agree, whatever their clock does', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.array(fc.integer({ min: -200, max: 200 })), async (commands, jumps) => {
      let now = 10_000
      const place = memory()
      const writers = [0, 1].map(() => pipe(place, expiring({ ttl: 100, now: () => now })))
      // What each has seen of time, which never runs backwards for it.
      const seen = [0, 0]
      const model = new Map<string, { value: string; end: number }>()
      let writes = 0
      for (const { by, what, key, time } of commands) {
        const index = by === 'here' ? 0 : 1
        const store = writers[index] as (typeof writers)[number]
        if (what === 'pass') {
          now += writes % 5 === 0 ? (jumps.pop() ?? time) : time
          continue
        }
        const value = `${writes++}`
        // So that the writer has asked the clock, whatever comes next.
        await store.set('tick', bytes(''))
        await place.delete('tick')
        seen[index] = Math.max(seen[index] as number, now)
        const clock = seen[index] as number
        const there = (model.get(key)?.end ?? 0) > clock
        if (what === 'set') {
          const ttl = time + 1
          await store.set(key, bytes(value), { ttl })
          model.set(key, { value, end: clock + ttl })
        } else if (what === 'setMany') {
          await store.setMany([[key, bytes(value)]])
          model.set(key, { value, end: clock + 100 })
        } else if (what === 'delete') {
          await store.delete(key)
          model.delete(key)
        } else if (what === 'forget') {
          const swept = await sweep(store)
          const over = [...model].filter(([, { end }]) => end <= clock)
          expect(swept).toBe(over.length)
          for (const [gone] of over) model.delete(gone)
        } else if (what === 'has') expect(await store.has(key)).toBe(there)
        else if (what === 'stat') expect((await store.stat(key)) !== undefined).toBe(there)
        else {
          const found = await store.get(key)
          expect(found && text(found)).toBe(there ? model.get(key)?.value : undefined)
          expect(await store.size()).toBe([...model.values()].filter(({ end }) => end > clock).length)
        }
      }
    }),
    RUNS,
  )
})
