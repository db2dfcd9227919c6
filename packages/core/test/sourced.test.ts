import { conformance, variants } from '@kvdol/conformance'
import { bytes, collect, joined, rejection, text } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { resolveRange } from '../src/adapter.ts'
import {
  createStore,
  fromMap,
  isStoreError,
  jsonValues,
  memory,
  pipe,
  type Range,
  type Reader,
  readStream,
  rename,
  StoreError,
  writeStream,
} from '../src/index.ts'
import { sourced } from '../src/layers.ts'
import { signalled } from './layers/support/signalled.ts'
import { spied } from './layers/support/spied.ts'

/** A promise that somebody else settles. */
function deferred<T>() {
  let resolve: (value: T) => void = () => {}
  let reject: (error: unknown) => void = () => {}
  const promise = new Promise<T>((...both) => {
    ;[resolve, reject] = both
  })
  return { promise, resolve, reject }
}

/** A source that answers when it is told to, and counts. */
function slowSource() {
  const asked: string[] = []
  const signals: AbortSignal[] = []
  const answers: ReturnType<typeof deferred<Uint8Array | undefined>>[] = []
  const source = (key: string, { signal }: { signal?: AbortSignal | undefined }) => {
    asked.push(key)
    if (signal) signals.push(signal)
    const answer = deferred<Uint8Array | undefined>()
    answers.push(answer)
    return answer.promise
  }
  const answer = (value: string | undefined) =>
    answers.shift()?.resolve(value === undefined ? undefined : bytes(value))
  return { asked, signals, source, answer, answers }
}

async function* sliced(chunks: AsyncIterable<Uint8Array>, range: Range) {
  const whole = await joined(chunks)
  const { start, end } = resolveRange(range, whole.length)
  yield whole.slice(start, end)
}

/** A memory whose methods named here fail. */
function failing(...methods: string[]) {
  const below = memory()
  const driver = {
    name: 'failing',
    get: below.get.bind(below),
    keys: () => below.keys(),
    set: (key: string, value: Uint8Array) => below.set(key, value),
    delete: (key: string) => below.delete(key),
  }
  const fail = () => Promise.reject(Object.assign(new Error('the disk is on fire'), { code: 'EIO' }))
  return {
    below,
    store: createStore({ ...driver, ...Object.fromEntries(methods.map(each => [each, fail])) }),
  }
}

describe('65: a cache and where its misses come from', () => {
  it('fetches once, keeps, and speaks of the cache otherwise', async () => {
    const asked: string[] = []
    const store = sourced(memory(), key => {
      asked.push(key)
      return key === 'no' ? undefined : bytes(`value of ${key}`)
    })
    expect(await store.has('a')).toBe(false)
    expect(await store.stat('a')).toBeUndefined()
    expect(await collect(store.keys())).toEqual([])
    expect(asked).toEqual([])

    expect(text(await store.get('a'))).toBe('value of a')
    expect(text(await store.get('a'))).toBe('value of a')
    expect(asked).toEqual(['a'])
    expect(await store.has('a')).toBe(true)
    expect(await collect(store.keys())).toEqual(['a'])
    expect((await collect(store.entries())).map(([key, value]) => [key, text(value)])).toEqual([
      ['a', 'value of a'],
    ])

    expect(await store.get('no')).toBeUndefined()
    expect(await store.has('no')).toBe(false)
    await store.delete('a')
    expect(await store.has('a')).toBe(false)
    expect(text(await store.get('a'))).toBe('value of a')
    expect(asked).toEqual(['a', 'no', 'a'])
    expect((await collect(store.getMany(['a', 'b']))).map(([, value]) => text(value))).toEqual([
      'value of a',
      'value of b',
    ])
  })

  it('takes a reader as source, with values of any type', async () => {
    const source = fromMap(new Map([[1, { name: 'one' }]]))
    const cache = fromMap(new Map<number, { name: string }>())
    const store = sourced(cache, source)
    expect(await store.get(1)).toEqual({ name: 'one' })
    expect(await cache.get(1)).toEqual({ name: 'one' })
    expect(await store.get(2)).toBeUndefined()
  })

  describe.each(variants({ name: 'sourced', open: () => sourced(memory(), () => undefined) }))(
    '$name',
    variant => {
      for (const { name, run } of conformance(variant)) it(name, run)
    },
  )
})

describe('callers who miss at the same time', () => {
  it('share one fetch, and each gets bytes of its own', async () => {
    let fetches = 0
    const store = sourced(memory(), async key => {
      fetches++
      await null
      return bytes(key)
    })
    const values = await Promise.all(Array.from({ length: 10_000 }, () => store.get('a')))
    expect(fetches).toBe(1)
    for (const value of values.slice(1)) value?.fill(0)
    expect(text(values[0])).toBe('a')
    expect(text(await store.get('a'))).toBe('a')
  })

  it('share objects of which each gets its own too', async () => {
    const { asked, source, answer } = slowSource()
    const store = sourced(pipe(memory(), jsonValues<{ n: number }>()), async (key, options) => {
      await source(key, options)
      return { n: 1 }
    })
    const both = [store.get('a'), store.get('a')]
    await expect.poll(() => asked.length).toBe(1)
    answer('go')
    const [one, two] = await Promise.all(both)
    expect(one).toEqual(two)
    expect(one).not.toBe(two)
  })

  it('can leave one by one; the last ends the fetch, and the next begins anew', async () => {
    const { asked, signals, source, answer } = slowSource()
    const store = sourced(memory(), source)
    const [first, second] = [new AbortController(), new AbortController()]
    const calls = [first, second].map(({ signal }) => rejection(store.get('a', { signal })))
    await expect.poll(() => asked.length).toBe(1)
    first.abort()
    expect(await calls[0]).toMatchObject({ code: 'Aborted' })
    expect(signals[0]?.aborted).toBe(false)
    second.abort()
    expect(await calls[1]).toMatchObject({ code: 'Aborted' })
    expect(signals[0]?.aborted).toBe(true)

    const third = store.get('a')
    await expect.poll(() => asked.length).toBe(2)
    // What the abandoned fetch brings late is nobody's.
    answer('late')
    answer('new')
    expect(text(await third)).toBe('new')
    expect(text(await store.get('a'))).toBe('new')
  })

  it('share its failure, and the next call tries again', async () => {
    const { answers, source, answer } = slowSource()
    const store = sourced(memory(), source)
    const calls = [rejection(store.get('a')), rejection(store.get('a'))]
    await expect.poll(() => answers.length).toBe(1)
    const reason = new Error('no power')
    answers.shift()?.reject(reason)
    for (const call of calls) {
      const error = await call
      expect(error).toMatchObject({ code: 'Unknown', key: 'a', op: 'get' })
      expect(error.cause).toBe(reason)
    }
    const again = store.get('a')
    await expect.poll(() => answers.length).toBe(1)
    answer('power')
    expect(text(await again)).toBe('power')
  })

  it('never takes an error of the source for absence', async () => {
    const { StoreError } = await import('../src/index.ts')
    const store = sourced(memory(), () => {
      throw new StoreError('NotFound', 'it is not there')
    })
    expect((await rejection(store.get('a'))).code).not.toBe('NotFound')
  })
})

describe('writes during a fetch', () => {
  it('a deletion is not undone by it, and who waits for it still gets it', async () => {
    const { asked, source, answer } = slowSource()
    const cache = memory()
    const store = sourced(cache, source)
    const waiting = store.get('a')
    await expect.poll(() => asked.length).toBe(1)
    await store.delete('a')
    answer('old')
    expect(text(await waiting)).toBe('old')
    expect(await cache.has('a')).toBe(false)
  })

  it('a value that is set stays, and is what the next call reads', async () => {
    const { asked, source, answer } = slowSource()
    const store = sourced(memory(), source)
    const waiting = store.get('a')
    await expect.poll(() => asked.length).toBe(1)
    await store.set('a', bytes('mine'))
    expect(text(await store.get('a'))).toBe('mine')
    answer('theirs')
    expect(text(await waiting)).toBe('theirs')
    expect(text(await store.get('a'))).toBe('mine')
  })

  it('so with streams, batches and renames', async () => {
    const { asked, source, answer } = slowSource()
    const store = sourced(memory(), source)
    for (const write of [
      () => writeStream(store, 'a', [bytes('mine')]),
      () => store.setMany([['a', bytes('mine')]]),
      () => store.set('b', bytes('mine')).then(() => rename(store, 'b', 'a')),
    ]) {
      asked.length = 0
      const waiting = store.get('a')
      await expect.poll(() => asked.length).toBe(1)
      await write()
      answer('theirs')
      await waiting
      expect(text(await store.get('a'))).toBe('mine')
      await store.deleteMany(['a'])
    }
    expect(await rejection(rename(store, 'absent', 'b'))).toMatchObject({ code: 'NotFound' })
  })

  it('a fetch that begins during a write keeps nothing', async () => {
    const gate = deferred<void>()
    const below = memory()
    const store = sourced(
      createStore({
        name: 'gated',
        get: below.get.bind(below),
        keys: () => below.keys(),
        set: below.set.bind(below),
        delete: key => gate.promise.then(() => below.delete(key)),
      }),
      () => bytes('fetched'),
    )
    await store.set('a', bytes('mine'))
    await below.delete('a')
    const deleting = store.delete('a')
    expect(text(await store.get('a'))).toBe('fetched')
    expect(await below.has('a')).toBe(false)
    gate.resolve()
    await deleting
    expect(await store.has('a')).toBe(false)
  })
})

it('a miss that was seen before a write fetches nothing over it', async () => {
  const gate = deferred<void>()
  const below = memory()
  let looks = 0
  const cache = createStore({
    name: 'slow to answer',
    // The first look sees nothing, and tells so late.
    get: async key => {
      const value = await below.get(key)
      if (looks++ === 0) await gate.promise
      return value
    },
    keys: () => below.keys(),
    set: (key, value) => below.set(key, value),
    delete: key => below.delete(key),
  })
  const asked: string[] = []
  const store = sourced(cache, key => {
    asked.push(key)
    return bytes('theirs')
  })
  const reading = store.get('a')
  await expect.poll(() => looks).toBe(1)
  await store.set('a', bytes('mine'))
  gate.resolve()
  expect(text(await reading)).toBe('mine')
  expect(asked).toEqual([])
  expect(text(await store.get('a'))).toBe('mine')
})

describe('a cache that fails', () => {
  it('never fails a read, and is reported', async () => {
    for (const method of ['get', 'set']) {
      const told: [string, StoreError][] = []
      const { store: cache } = failing(method)
      const store = sourced(cache, key => bytes(key), {
        onCacheError: (error, key) => void told.push([key, error]),
      })
      expect(text(await store.get('a'))).toBe('a')
      expect(told.map(([key]) => key)).toEqual(['a'])
      expect(isStoreError(told[0]?.[1])).toBe(true)
    }
  })

  it('is no proof that there is nothing', async () => {
    const store = sourced(failing('get').store, () => undefined)
    expect(isStoreError(await rejection(store.get('a')))).toBe(true)
  })

  it('does not hide what the caller got wrong', async () => {
    const told: unknown[] = []
    const store = sourced(memory(), () => 'no bytes' as never, {
      onCacheError: error => void told.push(error),
    })
    expect(await rejection(store.get(''))).toMatchObject({ code: 'InvalidKey' })
    expect(await rejection(store.get('a'))).toMatchObject({ code: 'InvalidValue' })
    expect(told).toEqual([])
  })
})

describe('streams', () => {
  /** A reader of streams that counts what it is asked for. */
  function streaming(chunks: () => AsyncIterable<Uint8Array>) {
    const asked: string[] = []
    const reader: Reader<string, Uint8Array> = createStore({
      name: 'streaming',
      get: () => {
        throw new Error('it is not to be read whole')
      },
      keys: () => [],
      readStream: (key, range) => {
        asked.push(key)
        return key === 'no' ? undefined : range === undefined ? chunks() : sliced(chunks(), range)
      },
    })
    return { asked, reader }
  }

  it('come from a reader by stream into the cache, once', async () => {
    const { asked, reader } = streaming(async function* () {
      yield bytes('01234')
      yield bytes('56789')
    })
    const store = sourced(memory(), reader)
    const [whole, part] = await Promise.all([
      readStream(store, 'a'),
      readStream(store, 'a', { start: 3, end: 6 }),
    ])
    expect(text(await joined(whole as never))).toBe('0123456789')
    expect(text(await joined(part as never))).toBe('345')
    expect(text(await store.get('a'))).toBe('0123456789')
    expect(asked).toEqual(['a'])
    expect(await readStream(store, 'no')).toBeUndefined()
  })

  it('leave nothing when they break off', async () => {
    const { reader } = streaming(async function* () {
      yield bytes('01234')
      throw new Error('broken')
    })
    const cache = memory()
    expect(isStoreError(await rejection(readStream(sourced(cache, reader), 'a')))).toBe(true)
    expect(await cache.has('a')).toBe(false)
  })

  it('come past a cache that fails, or that has been written meanwhile', async () => {
    const { reader } = streaming(async function* () {
      yield bytes('0123456789')
    })
    for (const method of ['get', 'set']) {
      const told: unknown[] = []
      const store = sourced(failing(method).store, reader, { onCacheError: error => void told.push(error) })
      expect(text(await joined((await readStream(store, 'a', { start: 8 })) as never))).toBe('89')
      expect(told.length).toBeGreaterThan(0)
    }
    expect(isStoreError(await rejection(readStream(sourced(failing('get').store, reader), 'no')))).toBe(true)
    const kept = sourced(memory(), reader)
    await readStream(kept, 'a')
    expect(await rejection(readStream(kept, 'a', { start: 10 }))).toMatchObject({
      code: 'RangeNotSatisfiable',
    })

    const gate = deferred<void>()
    const slow = streaming(async function* () {
      yield bytes('01')
      await gate.promise
      yield bytes('23')
    })
    const cache = memory()
    const other = sourced(cache, slow.reader)
    const stream = readStream(other, 'a')
    await expect.poll(() => slow.asked.length).toBe(1)
    const deleted = other.delete('a')
    gate.resolve()
    await deleted
    expect(text(await joined((await stream) as never))).toBe('0123')
    expect(await cache.has('a')).toBe(false)
  })

  it('and values that are asked for at a time come from one fetch', async () => {
    for (const first of ['get', 'readStream'] as const) {
      const { store: source, calls } = spied(memory())
      await source.set('a', bytes('0123456789'))
      calls.length = 0
      const store = sourced(memory(), source)
      const get = () => store.get('a').then(text)
      const stream = async () => text(await joined((await readStream(store, 'a', { end: 4 })) as never))
      const asked = first === 'get' ? [get, stream] : [stream, get]
      const answers = await Promise.all(asked.map(ask => ask()))
      expect(answers.sort()).toEqual(['0123', '0123456789'])
      expect(calls).toEqual(['get a'])
    }
  })

  it('look once more where another fetch ended while the cache was looked at', async () => {
    const { store: source, calls } = spied(memory())
    await source.set('a', bytes('theirs'))
    calls.length = 0
    const { store: cache, before } = spied(memory())
    const gate = deferred<void>()
    const store = sourced(cache, source)
    before.get = () => {
      before.get = undefined
      return gate.promise.then(() => {
        // What was seen before the other fetch: nothing.
        throw new StoreError('Unavailable', 'busy')
      })
    }
    const late = readStream(store, 'a')
    await expect.poll(() => before.get).toBeUndefined()
    expect(text(await store.get('a'))).toBe('theirs')
    gate.resolve()
    expect(text(await joined((await late) as never))).toBe('theirs')
    expect(calls).toEqual(['get a'])
  })

  it('that break off fail as the source did, which is no failure of the cache', async () => {
    const told: unknown[] = []
    const { asked, reader } = streaming(async function* () {
      yield bytes('01234')
      throw new StoreError('Corrupt', 'a bad block')
    })
    const store = sourced(memory(), reader, { onCacheError: error => void told.push(error) })
    expect(await rejection(readStream(store, 'a'))).toMatchObject({ code: 'Corrupt' })
    expect([told, asked]).toEqual([[], ['a']])
  })

  it('are ended at the source when nobody waits', async () => {
    const signals: (AbortSignal | undefined)[] = []
    const source = createStore({
      name: 'endless',
      get: () => undefined,
      keys: () => [],
      readStream: async function* (_, __, { signal }) {
        signals.push(signal)
        yield bytes('01234')
        await new Promise(() => {})
      },
    })
    const controller = new AbortController()
    const left = rejection(readStream(sourced(memory(), source), 'a', { signal: controller.signal }))
    await expect.poll(() => signals.length).toBe(1)
    controller.abort()
    expect(await left).toMatchObject({ code: 'Aborted' })
    expect(signals[0]?.aborted).toBe(true)
  })

  it('a cache that fails is survived also by those who are told nothing', async () => {
    const store = sourced(failing('get').store, key => bytes(key))
    expect(text(await store.get('a'))).toBe('a')
  })

  it('come from a function whole', async () => {
    const store = sourced(memory(), key => (key === 'no' ? undefined : bytes('0123456789')))
    expect(text(await joined((await readStream(store, 'a', { suffix: 2 })) as never))).toBe('89')
    expect(await readStream(store, 'no')).toBeUndefined()
  })
})
describe('what a sourced store is given', () => {
  it('is a cache and a source, or it says so', () => {
    for (const source of [undefined, null, 5, {}, 'text'])
      expect(() => sourced(memory(), source as never)).toThrow(
        'sourced takes a cache, and a reader or a function from key to value',
      )
    expect(() => sourced(memory(), () => undefined, { onCacheError: 5 } as never)).toThrow(TypeError)
  })

  it('a source that fails is told as the source, with its own code where that speaks of the world', async () => {
    const failing = sourced(memory(), () => Promise.reject(new Error('no network')))
    const error = await rejection(failing.get('a'))
    expect(error).toMatchObject({ code: 'Unknown', key: 'a', cause: { message: 'no network' } })
    expect(error.message).toContain('the source failed: no network')
    const sync = sourced(memory(), () => {
      throw new Error('at once')
    })
    expect((await rejection(sync.get('a'))).message).toContain('the source failed: at once')
  })

  it('bytes that are none are refused, and not kept', async () => {
    const cache = memory()
    const store = sourced(cache, () => 'text' as never)
    expect(await rejection(store.get('a'))).toMatchObject({ code: 'InvalidValue', key: 'a' })
    expect(await cache.size()).toBe(0)
    const numbers = sourced(fromMap<string, unknown>(), () => 'text')
    expect([await numbers.get('a'), await numbers.get('a')]).toEqual(['text', 'text'])
  })

  it('has, stat, listings and deletions speak of the cache, and write options go to it', async () => {
    const cache = memory()
    let asked = 0
    const store = sourced(cache, () => {
      asked++
      return bytes('1')
    })
    expect([await store.has('a'), await store.stat('a'), await store.size()]).toEqual([false, undefined, 0])
    expect(await collect(store.entries())).toEqual([])
    await store.set('b', bytes('2'), { contentType: 'text/plain' } as never)
    expect((await store.stat('b'))?.contentType).toBe('text/plain')
    await store.delete('none')
    expect(await rejection(rename(store, 'none', 'c'))).toMatchObject({ code: 'NotFound' })
    expect(asked).toBe(0)
    expect((await collect(store.getMany(['a', 'b']))).map(([, value]) => text(value))).toEqual(['1', '2'])
    expect(asked).toBe(1)
    await rename(store, 'a', 'c')
    expect(text(await cache.get('c'))).toBe('1')
    await writeStream(store, 'd', [bytes('3')], { contentType: 'text/plain' } as never)
    expect((await cache.stat('d'))?.contentType).toBe('text/plain')
    expect(await rejection(store.set('b', bytes('4'), { ifAbsent: true }))).toMatchObject({
      code: 'Conflict',
    })
  })

  it('a part of what a function gives is a part of the value', async () => {
    const open = () =>
      sourced(memory(), key => (key === 'a' ? bytes('0123456789') : key === 'e' ? bytes('') : undefined))
    const part = async (key: string, range: object) => {
      const stream = await readStream(open(), key, range as never)
      return stream === undefined ? undefined : text(await joined(stream as never))
    }
    expect(await part('a', {})).toBe('0123456789')
    expect(await part('a', { start: 2, end: 5 })).toBe('234')
    expect(await part('a', { suffix: 2 })).toBe('89')
    expect(await part('e', {})).toBe('')
    expect(await part('none', {})).toBeUndefined()
    expect(await part('none', { start: 1 })).toBeUndefined()
    expect(await rejection(part('a', { start: 10 }))).toMatchObject({ code: 'RangeNotSatisfiable' })
  })

  it('a reader is asked by stream, once, and a part comes from what is kept', async () => {
    const { store: source, calls } = spied(memory())
    await source.set('a', bytes('0123456789'))
    const cache = memory()
    const store = sourced(cache, source)
    expect(text(await joined((await readStream(store, 'a', { start: 3, end: 6 })) as never))).toBe('345')
    expect(text(await cache.get('a'))).toBe('0123456789')
    calls.length = 0
    expect(text(await joined((await readStream(store, 'a')) as never))).toBe('0123456789')
    expect(text(await store.get('a'))).toBe('0123456789')
    expect(calls).toEqual([])
    expect(await readStream(store, 'none')).toBeUndefined()
    expect(await rejection(readStream(store, 'a', { start: 100 }))).toMatchObject({
      code: 'RangeNotSatisfiable',
    })
    await store.close()
    expect(text(await source.get('a'))).toBe('0123456789')
  })

  it('the source gets a signal, and so does the cache where one caller waits alone', async () => {
    const { store: source, without } = signalled()
    await source.set('a', bytes('1'))
    without.length = 0
    const store = sourced(memory(), source)
    const { signal } = new AbortController()
    await store.get('a', { signal })
    await store.get('none')
    await readStream(store, 'other', { signal })
    expect(without).toEqual([])
    const given: unknown[] = []
    const called = sourced(memory(), (_, options) => {
      given.push(options.signal)
      return bytes('1')
    })
    await called.get('a')
    expect(given[0]).toBeInstanceOf(AbortSignal)
    expect(await rejection(called.get('b', { signal: AbortSignal.abort() }))).toMatchObject({
      code: 'Aborted',
    })
  })

  it('a cache that cannot read or keep is told, and the source answers', async () => {
    const told: unknown[] = []
    const { store: cache, before } = spied(memory())
    const store = sourced(cache, () => bytes('1'), {
      onCacheError: (error, key) => told.push([error.op, key]),
    })
    const fail = () => Promise.reject(new Error('no disk'))
    before.set = fail
    expect(text(await store.get('a'))).toBe('1')
    expect(told).toEqual([['set', 'a']])
    before.get = fail
    told.length = 0
    expect(text(await store.get('a'))).toBe('1')
    expect(told).toContainEqual(['get', 'a'])
    const empty = sourced(cache, () => undefined)
    expect(await rejection(empty.get('a'))).toMatchObject({ op: 'get', cause: { message: 'no disk' } })
    before.get = undefined
    before.set = undefined
    expect(await empty.get('none')).toBeUndefined()
    await cache.close()
    expect(await rejection(store.get('a'))).toMatchObject({ code: 'Closed' })
  })
})
