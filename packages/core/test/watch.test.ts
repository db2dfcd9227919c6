import { getEventListeners } from 'node:events'
import { rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { watchers } from '../src/adapter.ts'
import { createStore, filterKeys, mapKeys, pipe, prefix, type ReadOptions, watch } from '../src/index.ts'
import { layer } from '../src/layers.ts'

type Page = readonly (string | undefined)[]

/** A store whose driver tells these pages of changes and then waits, or does what `then` does. */
function telling(
  pages: readonly Page[],
  then: () => Promise<IteratorResult<Page>> = () => new Promise(() => {}),
) {
  const asked: (ReadOptions & { prefix?: string })[] = []
  const state = { returned: 0 }
  const store = createStore({
    name: 'telling',
    get: () => undefined,
    keys: () => [],
    watch(options: ReadOptions & { prefix?: string }) {
      asked.push(options)
      const left = [...pages]
      const iterator: AsyncIterator<Page> = {
        async next() {
          const value = left.shift()
          return value === undefined ? await then() : { done: false, value }
        },
        async return() {
          state.returned++
          return { done: true, value: undefined }
        },
      }
      return { [Symbol.asyncIterator]: () => iterator }
    },
  })
  return { store, asked, state }
}

const loop = (...given: Parameters<typeof watch<string>>) => watch(...given)[Symbol.asyncIterator]()
const turn = () => new Promise(resolve => setImmediate(resolve))

describe('watch', () => {
  it('asks the driver for what the prefix narrows it to', async () => {
    const { store, asked } = telling([[]])
    const signal = expect.any(AbortSignal)
    await loop(store).next()
    await loop(store, { prefix: '' }).next()
    await loop(store, { prefix: 'a' }).next()
    await loop(pipe(store, mapKeys(prefix('p/'))), { prefix: 'a' }).next()
    await loop(pipe(store, mapKeys(prefix('p/')))).next()
    await loop(pipe(store, mapKeys({ decode: key => key, encode: key => key })), { prefix: 'a' }).next()
    expect(asked).toStrictEqual([
      { signal },
      { signal },
      { prefix: 'a', signal },
      { prefix: 'p/a', signal },
      { prefix: 'p/', signal },
      { signal },
    ])
  })

  it('tells keys of the view with the prefix alone, and once more that something was missed', async () => {
    const { store } = telling([[], ['p/a1', 'x', '', 'p/hidden', 'p/b'], [undefined, 'p/a2'], ['p/a3']])
    const view = pipe(store, mapKeys(prefix('p/')))
    const filtered = pipe(
      view,
      filterKeys<typeof view>(key => key !== 'hidden'),
    )
    const all = loop(filtered)
    const some = loop(filtered, { prefix: 'a' })
    const take = async (of: typeof all, count: number) => {
      const told: unknown[] = []
      for (let index = 0; index < count; index++) told.push((await of.next()).value)
      return told
    }
    expect(await take(all, 6)).toEqual([
      { missed: true },
      { key: 'a1' },
      { key: 'b' },
      { missed: true },
      { key: 'a2' },
      { key: 'a3' },
    ])
    expect(await take(some, 5)).toEqual([
      { missed: true },
      { key: 'a1' },
      { missed: true },
      { key: 'a2' },
      { key: 'a3' },
    ])
  })

  it('answers calls in their order that do not wait for each other', async () => {
    const { store, asked } = telling([['a'], ['b']])
    const changes = loop(store)
    const answers = await Promise.all([changes.next(), changes.next(), changes.next()])
    expect(answers.map(({ value }) => value)).toEqual([{ missed: true }, { key: 'a' }, { key: 'b' }])
    expect(asked).toHaveLength(1)
  })

  it('ends when it is left, also while it waits, and lets the driver go', async () => {
    const { store, asked, state } = telling([[]])
    const changes = loop(store)
    await changes.next()
    const waiting = changes.next()
    await turn()
    expect(await changes.return?.()).toEqual({ done: true, value: undefined })
    expect(await waiting).toEqual({ done: true, value: undefined })
    expect(await changes.next()).toEqual({ done: true, value: undefined })
    expect(state.returned).toBeGreaterThan(0)
    expect(asked[0]?.signal?.aborted).toBe(true)
    const never = loop(store)
    await never.return?.()
    expect(await never.next()).toEqual({ done: true, value: undefined })
    expect(asked).toHaveLength(1)
    await store.close()
  })

  it('is handed on by a layer, with the prefix and the signal, until it is left', async () => {
    const { store, asked, state } = telling([[], ['p/a']])
    const controller = new AbortController()
    const changes = loop(layer(store, 'same', {}), { prefix: 'p/', signal: controller.signal })
    await changes.next()
    expect((await changes.next()).value).toEqual({ key: 'p/a' })
    expect(asked).toMatchObject([{ prefix: 'p/', signal: expect.any(AbortSignal) }])
    const waiting = changes.next()
    await turn()
    await changes.return?.()
    expect((await waiting).done).toBe(true)
    expect(asked[0]?.signal?.aborted).toBe(true)
    expect(state.returned).toBeGreaterThan(0)
  })

  it('rejects as soon as the signal fires, and lets the driver go', async () => {
    const { store, asked, state } = telling([[]])
    const controller = new AbortController()
    const changes = loop(store, { signal: controller.signal })
    await changes.next()
    const waiting = changes.next()
    await turn()
    controller.abort()
    expect(await rejection(waiting)).toMatchObject({ code: 'Aborted', op: 'watch' })
    expect(asked[0]?.signal?.aborted).toBe(true)
    expect(state.returned).toBe(1)
    expect(await rejection(changes.next())).toMatchObject({ code: 'Aborted', op: 'watch' })
  })

  it('rejects when the store is closed, while it waits and afterwards', async () => {
    const { store, state } = telling([[]])
    const [waits, later] = [loop(store), loop(store)]
    await waits.next()
    await later.next()
    const waiting = waits.next()
    await turn()
    await store.close()
    expect(await rejection(waiting)).toMatchObject({ code: 'Closed', op: 'watch' })
    expect(await rejection(later.next())).toMatchObject({ code: 'Closed', op: 'watch' })
    expect(state.returned).toBeGreaterThanOrEqual(2)
  })

  it('tells what the backend failed with, and that it has stopped', async () => {
    const failing = telling([[]], () => Promise.reject(new RangeError('lost')))
    const changes = loop(failing.store)
    await changes.next()
    expect(await rejection(changes.next())).toMatchObject({ op: 'watch', cause: expect.any(RangeError) })
    await turn()
    expect(failing.state.returned).toBe(1)
    expect(await changes.next()).toEqual({ done: true, value: undefined })
    const ending = telling([[]], async () => ({ done: true, value: undefined }))
    const ended = loop(ending.store)
    await ended.next()
    expect(await rejection(ended.next())).toMatchObject({
      code: 'Unavailable',
      op: 'watch',
      detail: 'the backend has stopped telling of changes',
    })
  })
})

describe('watchers', () => {
  const of = (place: ReturnType<typeof watchers<string>>, signal?: AbortSignal) =>
    place.watch({ signal })[Symbol.asyncIterator]()

  it('tell each key once that changes before it is read, beginning at once', async () => {
    const place = watchers<string>()
    place.tell('before')
    const changes = of(place)
    expect(await changes.next()).toEqual({ done: false, value: [] })
    for (const key of ['a', 'b', 'a']) place.tell(key)
    expect(await changes.next()).toEqual({ done: false, value: ['a', 'b'] })
    const waiting = changes.next()
    place.tell('c')
    expect(await waiting).toEqual({ done: false, value: ['c'] })
    place.tell('d')
    place.miss()
    expect(await changes.next()).toEqual({ done: false, value: [undefined] })
  })

  it('tell a slow reader that keys were missed, from the 10,001st on', async () => {
    const place = watchers<string>()
    const [full, more] = [of(place), of(place)]
    await full.next()
    for (let index = 0; index < 10_000; index++) place.tell(`${index}`)
    expect((await full.next()).value).toHaveLength(10_000)
    place.tell('more')
    expect(await full.next()).toEqual({ done: false, value: ['more'] })
    expect(await more.next()).toEqual({ done: false, value: [undefined] })
  })

  it('end when they are left, also while they wait and without a signal', async () => {
    const place = watchers<string>()
    const changes = of(place)
    await changes.next()
    const waiting = changes.next()
    expect(await changes.return?.()).toEqual({ done: true, value: undefined })
    expect(await waiting).toEqual({ done: true, value: undefined })
    place.tell('a')
    expect(await changes.next()).toEqual({ done: true, value: undefined })
  })

  it('end when the signal fires, and leave no listener on it', async () => {
    const place = watchers<string>()
    const controller = new AbortController()
    const changes = of(place, controller.signal)
    await changes.next()
    const waiting = changes.next()
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1)
    controller.abort()
    expect(await waiting).toEqual({ done: true, value: undefined })
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    const late = of(place, controller.signal)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    expect(await late.next()).toEqual({ done: true, value: undefined })
  })
})
