import { bytes, collect, joined, rejection, text } from '@kvdol/test-support'
import fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { driverOf, resolveRange } from '../../src/adapter.ts'
import {
  at,
  type ByteStore,
  clear,
  createStore,
  fromMap,
  getOrInsert,
  guarantees,
  jsonValues,
  mapKeys,
  memory,
  pipe,
  prefix,
  type Range,
  type Reader,
  readOnly,
  readRange,
  readStream,
  rename,
  type Store,
  shared,
  take,
  textValues,
  update,
  writeStream,
} from '../../src/index.ts'
import { mount, overlay } from '../../src/layers.ts'
import { promising } from './support/promising.ts'
import { scripted } from './support/scripted.ts'
import { signalled } from './support/signalled.ts'
import { spied } from './support/spied.ts'

const texts = (store: ByteStore) => pipe(store, textValues())
const MARK = new TextEncoder().encode('\u0000kvdol: deleted\u0000')

/** A base with values, and what it holds. */
async function based(order: 'insertion' | 'utf8-bytes' = 'insertion') {
  const [top, base] = [memory({ order }), memory({ order })]
  await texts(base).setMany([
    ['a', 'base a'],
    ['b', 'base b'],
    ['c', 'base c'],
  ])
  return { top, base, store: texts(overlay([top, readOnly(base)])) }
}

describe('a store over others', () => {
  it('reads fall through; of several values the one nearest the top counts', async () => {
    const union: Reader<string, number> = overlay([
      fromMap<string, number>(),
      fromMap(new Map([['a', 1]])),
      fromMap(
        new Map([
          ['a', 2],
          ['b', 3],
        ]),
      ),
    ])
    expect(await union.get('a')).toBe(1)
    expect(await union.get('b')).toBe(3)
    expect(await collect(union.keys())).toEqual(['a', 'b'])
  })

  it('writes and deletions stay on top', async () => {
    const { base, store } = await based()
    await store.set('a', 'mine')
    await store.delete('b')
    await store.deleteMany(['c', 'nowhere'])
    await store.set('d', 'new')
    expect(await collect(store.entries())).toEqual([
      ['a', 'mine'],
      ['d', 'new'],
    ])
    expect(await store.size()).toBe(2)
    expect([await store.get('b'), await store.has('b'), await store.stat('b')]).toEqual([
      undefined,
      false,
      undefined,
    ])
    expect(await collect(store.getMany(['a', 'b', 'c']))).toEqual([
      ['a', 'mine'],
      ['b', undefined],
      ['c', undefined],
    ])
    expect(await collect(texts(base).values())).toEqual(['base a', 'base b', 'base c'])
    await store.set('b', 'again')
    expect(await store.get('b')).toBe('again')
    await store.delete('a')
    expect(await store.has('a')).toBe(false)
  })

  it('deletions outlive the overlay, and leave nothing where no base has the key', async () => {
    const { top, base, store } = await based()
    await store.set('d', 'new')
    await store.delete('d')
    expect(await collect(top.keys())).toEqual([])
    await store.delete('a')
    expect(await collect(top.keys())).toEqual(['a'])
    const reopened = overlay([top, readOnly(base)])
    expect(await collect(reopened.keys())).toEqual(['b', 'c'])
  })

  it('lists in key order where all stores do, by prefix, cursor and limit', async () => {
    const { store } = await based('utf8-bytes')
    await store.setMany([
      ['aa', 'x'],
      ['bb', 'x'],
      ['\u{1f600}', 'x'],
      ['\uffff', 'x'],
    ])
    await store.delete('b')
    expect(guarantees(store).order).toBe('utf8-bytes')
    expect(await collect(store.keys())).toEqual(['a', 'aa', 'bb', 'c', '\uffff', '\u{1f600}'])
    expect(await collect(store.keys({ after: 'a', limit: 2 }))).toEqual(['aa', 'bb'])
    expect(await collect(store.keys({ prefix: 'a' }))).toEqual(['a', 'aa'])
  })

  it('works through codecs of the top, with keys of any kind, and over plain maps', async () => {
    const top = fromMap<readonly [string, number], { n: number } | null>()
    const base = fromMap<readonly [string, number], { n: number } | null>()
    const key: readonly [string, number] = ['a', 1]
    await base.set(key, { n: 1 })
    const store = overlay([top, base])
    expectTypeOf(store).toEqualTypeOf<Store<readonly [string, number], { n: number } | null>>()
    await store.delete(key)
    expect(await store.has(key)).toBe(false)
    expect(await collect(store.keys())).toEqual([])
    await store.set(key, null)
    expect(await store.get(key)).toBeNull()

    const [bytesTop, bytesBase] = [memory(), memory()]
    const numbers = overlay([
      pipe(bytesTop, mapKeys(prefix('top/')), jsonValues<number>()),
      pipe(bytesBase, mapKeys(prefix('base/')), jsonValues<number>()),
    ])
    await pipe(bytesBase, mapKeys(prefix('base/')), jsonValues()).set('x', 1)
    await numbers.delete('x')
    expect(await numbers.get('x')).toBeUndefined()
    expect(await collect(numbers.entries())).toEqual([])
    expect(await bytesTop.get('top/x')).toEqual(MARK)
    expect(await rejection(overlay([bytesTop]).set('x', MARK))).toMatchObject({
      code: 'InvalidValue',
      key: 'x',
    })
    for (const write of [
      () => overlay([bytesTop]).setMany([['x', MARK]]),
      () => writeStream(overlay([bytesTop]), 'x', [MARK.slice(0, 3), MARK.slice(3)]),
    ])
      expect(await rejection(write)).toMatchObject({ code: 'InvalidValue' })
  })

  it('needs a top that can be written; closing closes all but the shared', async () => {
    const { top, base } = await based()
    await overlay([top, shared(base)]).close()
    expect(await rejection(top.get('a'))).toMatchObject({ code: 'Closed' })
    expect(await base.has('a')).toBe(true)
  })
})

describe('conditions', () => {
  it('see what is shown: values of the base, of the top, and deletions', async () => {
    const { store } = await based()
    expect(await rejection(store.set('a', 'x', { ifAbsent: true }))).toMatchObject({
      code: 'Conflict',
      key: 'a',
    })
    const base = (await store.stat('a'))?.etag as string
    await store.set('a', 'one', { ifMatch: base })
    expect(await rejection(store.set('a', 'two', { ifMatch: base }))).toMatchObject({ code: 'Conflict' })
    const top = (await store.stat('a'))?.etag as string
    await store.delete('a', { ifMatch: top })
    expect(await store.has('a')).toBe(false)
    for (const ifMatch of [base, top, 'nonsense', '1:', '9:1'])
      expect(await rejection(store.set('a', 'x', { ifMatch }))).toMatchObject({ code: 'Conflict' })
    await store.set('a', 'again', { ifAbsent: true })
    expect(await store.get('a')).toBe('again')

    const gone = (await store.stat('b'))?.etag as string
    await store.delete('b', { ifMatch: gone })
    expect(await store.has('b')).toBe(false)
    expect(await rejection(store.delete('b', { ifMatch: gone }))).toMatchObject({ code: 'Conflict' })
  })

  it('hold among many writers, also beside deletions', async () => {
    const { top, base } = await based()
    const stores = [1, 2].map(() => pipe(overlay([top, readOnly(base)]), jsonValues<number>()))
    await pipe(base, jsonValues<number>()).set('n', 100)
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        update(stores[index % 2] as Store<string, number>, 'n', (count = 0) => count + 1),
      ),
    )
    expect(await stores[0]?.get('n')).toBe(120)
    const takers = await Promise.all(stores.map(store => take(store, 'n')))
    expect(takers.filter(value => value !== undefined)).toEqual([120])
    const made = await Promise.all(stores.map((store, index) => getOrInsert(store, 'n', () => index)))
    expect(new Set(made).size).toBe(1)
  })

  it('are not promised where a store cannot keep them', async () => {
    expect(guarantees(overlay([memory(), readOnly(memory())])).conditions).toHaveLength(3)
    expect(guarantees(overlay([memory(), fromMap<string, Uint8Array>()])).conditions).toEqual(['ifAbsent'])
    expect(guarantees(overlay([fromMap<string, Uint8Array>(), memory()])).conditions).toEqual([])
  })
})

describe('streams and renames', () => {
  it('read through, and never give a mark', async () => {
    const { top, base, store } = await based()
    const raw = overlay([top, readOnly(base)])
    expect(text(await joined((await readStream(raw, 'a')) as never))).toBe('base a')
    await writeStream(raw, 'a', [bytes('0123'), bytes('456789')])
    expect(text(await joined((await readStream(raw, 'a')) as never))).toBe('0123456789')
    expect(text(await readRange(raw, 'a', { start: 2, end: 4 }))).toBe('23')
    await store.delete('a')
    expect(await readStream(raw, 'a')).toBeUndefined()
    expect(await readRange(raw, 'a', { start: 0, end: 1 })).toBeUndefined()
    expect(await rejection(writeStream(raw, 'b', [bytes('x')], { ifAbsent: true }))).toMatchObject({
      code: 'Conflict',
    })
    await writeStream(raw, 'a', [bytes('x')], { ifAbsent: true })
    expect(await store.get('a')).toBe('x')
  })

  it('a deletion that comes between is seen, and no mark is read', async () => {
    for (const read of [
      (store: ByteStore) => readStream(store, 'a'),
      (store: ByteStore) => readRange(store, 'a', { start: 0, end: 3 }),
    ]) {
      const { top, base } = await based()
      await top.set('a', bytes('mine'))
      const { readStream: _, name: __, ...driver } = driverOf(top)
      let meanwhile: (() => Promise<void>) | undefined
      const slow = createStore({
        ...driver,
        name: 'slow',
        async readStream(key: string, range: Range | undefined) {
          const work = meanwhile
          meanwhile = undefined
          await work?.()
          const whole = await top.get(key)
          const { start, end } = resolveRange(range, whole?.length ?? 0)
          return (
            whole &&
            (async function* () {
              yield whole.slice(start, end)
            })()
          )
        },
      } as never) as ByteStore
      const store = overlay([slow, readOnly(base)])
      meanwhile = () => store.delete('a')
      expect(await read(store)).toBeUndefined()
      await store.set('a', bytes('other'))
      meanwhile = () => store.set('a', bytes('third'))
      const found = await read(store)
      expect(text(found instanceof Uint8Array ? found : await joined(found as never))).toMatch(/^thi/)
    }
  })

  it('a value of the length of a mark is a value', async () => {
    const { top, base } = await based()
    const raw = overlay([top, readOnly(base)])
    const value = MARK.map(byte => byte ^ 1)
    await raw.set('a', value)
    expect(await raw.get('a')).toEqual(value)
    expect(await raw.has('a')).toBe(true)
    expect((await raw.stat('a'))?.size).toBe(MARK.length)
    expect(await joined((await readStream(raw, 'a')) as never)).toEqual(value)
    expect(await collect(raw.keys())).toContain('a')
  })

  it('rename moves values of a base onto the top', async () => {
    const { base, store } = await based()
    await rename(store, 'a', 'z')
    expect(await store.get('z')).toBe('base a')
    expect(await store.has('a')).toBe(false)
    expect(await base.has('a')).toBe(true)
    expect(await rejection(rename(store, 'a', 'y'))).toMatchObject({ code: 'NotFound' })
    expect(await rejection(rename(store, 'z', 'b', { ifAbsent: true }))).toMatchObject({ code: 'Conflict' })
  })
})

describe('what an overlay says of itself', () => {
  it('refuses what it cannot be made of, and says why', () => {
    for (const nothing of [[], undefined, memory()])
      expect(() => overlay(nothing as never)).toThrow(
        /^overlay takes a list of stores, the one on top first, not /,
      )
    expect(() => overlay([readOnly(memory()) as ByteStore, memory()])).toThrow(
      new TypeError('overlay: the store on top has to be writable; writes stay in it'),
    )
    const top = memory()
    expect(() => overlay([top, memory(), readOnly(top)])).toThrow(
      new TypeError('overlay: the store on top is a base, too, which would not stay as it is'),
    )
  })

  it('takes what its top takes, and keeps it as the top does', async () => {
    const ofTop = {
      durability: 'power-loss',
      maxKeyBytes: 20,
      maxValueBytes: 100,
      rejects: ['nul'],
      batchAtomic: true,
    } as const
    const ofBase = { durability: 'crash', maxKeyBytes: 30, maxValueBytes: 200, rejects: ['control'] } as const
    const [top, base] = [promising(ofTop), promising(ofBase)]
    expect(guarantees(overlay([top, base]))).toMatchObject(ofTop)
    expect(guarantees(overlay([pipe(top, jsonValues()), pipe(base, jsonValues())])).batchAtomic).toBe(false)
    expect(guarantees(overlay([promising({ batchAtomic: false }), memory()])).batchAtomic).toBe(false)
    expect(await rejection(overlay([top, base]).get('x'.repeat(2000)))).toMatchObject({ store: 'overlay' })
  })

  it('opens over torn reads, as whoever opened them has agreed to them, and says so', () => {
    expect(guarantees(overlay([memory(), promising({ atomicOverwrite: false })])).atomicOverwrite).toBe(false)
    expect(guarantees(overlay([memory(), memory()])).atomicOverwrite).toBe(true)
  })

  it('takes the write options of its top, and no others', async () => {
    const [top, base] = [memory(), memory()]
    await overlay([top, base]).set('a', bytes('x'), { contentType: 'text/plain' })
    expect((await top.stat('a'))?.contentType).toBe('text/plain')
    const map = fromMap<string, Uint8Array>()
    expect(
      await rejection(overlay([map, base]).set('a', bytes('x'), { contentType: 'text/plain' } as never)),
    ).toMatchObject({ store: 'overlay' })
  })

  it('is not emptied where its top is the root of something shared, unless under a prefix', async () => {
    const [root, base] = [promising({}, { sharedRoot: true }), memory()]
    expect(await rejection(clear(overlay([root, base]), { confirm: true }))).toMatchObject({
      code: 'Unsupported',
    })
    await clear(overlay([at(root, 'mine/'), base]), { confirm: true })
    await clear(overlay([base, readOnly(promising({}, { sharedRoot: true }))]), { confirm: true })
  })

  it('has conditions on deletions where its top has them, and etags where all have', () => {
    const conditions = (top: readonly string[], base: readonly string[]) =>
      guarantees(overlay([promising({ conditions: top as never }), promising({ conditions: base as never })]))
        .conditions
    expect(conditions(['ifAbsent', 'ifMatch'], ['ifMatch'])).toEqual(['ifAbsent', 'ifMatch'])
    expect(conditions(['ifAbsent', 'ifMatch', 'deleteIfMatch'], ['ifAbsent'])).toEqual(['ifAbsent'])
    expect(conditions(['ifAbsent'], ['ifMatch'])).toEqual([])
    expect(conditions(['ifMatch'], ['ifMatch'])).toEqual([])
  })

  it('hands the signal of a call to every store, and to every look before a write', async () => {
    for (const order of ['insertion', 'utf8-bytes'] as const) {
      const [top, base] = [signalled({ order }), signalled({ order })]
      const store = overlay([top.store, readOnly(base.store)])
      await base.store.set('b', bytes('base'))
      await base.store.set('c', bytes('base'))
      await store.set('t', bytes('top'))
      for (const each of [top, base]) each.without.length = 0
      const { signal } = new AbortController()
      await store.get('b', { signal })
      await store.has('b', { signal })
      const tag = (await store.stat('b', { signal }))?.etag as string
      await collect(store.keys({ signal }))
      await collect(store.entries({ signal }))
      await store.set('b', bytes('1'), { signal, ifMatch: tag })
      await store.set('n', bytes('1'), { signal, ifAbsent: true })
      await rejection(store.set('c', bytes('1'), { signal, ifAbsent: true }))
      await store.delete('c', { signal })
      await store.set('c', bytes('1'), { signal, ifAbsent: true })
      await store.delete('t', { signal })
      await writeStream(store, 's', [bytes('1')], { signal, ifAbsent: true })
      await joined((await readStream(store, 's', { signal })) as never)
      await readRange(store, 's', { start: 0, end: 1, signal } as never)
      expect([top.without, base.without]).toEqual([[], []])
    }
  })
})

describe('what an overlay asks of its stores', () => {
  it('looks into no base for what is on top, and into the first that has it otherwise', async () => {
    const [top, first, second] = [spied(memory()), spied(memory()), spied(memory())]
    const store = overlay([top.store, first.store, second.store])
    for (const { store: each } of [top, first, second]) await each.set('everywhere', bytes('x'))
    for (const { store: each } of [first, second]) await each.set('below', bytes('y'))
    for (const each of [top, first, second]) each.calls.length = 0
    await store.get('everywhere')
    await store.has('everywhere')
    expect([first.calls, second.calls]).toEqual([[], []])
    await store.get('below')
    await store.has('below')
    expect(first.calls).toHaveLength(2)
    expect(second.calls).toEqual([])
  })

  it('tells a mark by its length, so that listing reads no other value', async () => {
    const { top, base } = await based()
    const spy = spied(top)
    const store = overlay([spy.store, readOnly(base)])
    await store.set('long', bytes('a value of another length'))
    await store.set(
      'marked',
      MARK.map(byte => byte ^ 1),
    )
    await store.delete('a')
    spy.calls.length = 0
    expect((await collect(store.keys())).sort()).toEqual(['b', 'c', 'long', 'marked'])
    expect(spy.calls.filter(call => call.startsWith('get')).sort()).toEqual(['get a', 'get marked'])
  })

  it('removes from the top what no base has, under the condition that was given', async () => {
    const { top, store } = await based()
    await store.set('mine', 'x')
    const old = (await store.stat('mine'))?.etag as string
    await store.set('mine', 'y')
    const error = await rejection(store.delete('mine', { ifMatch: old }))
    expect(error).toMatchObject({ code: 'Conflict', key: 'mine' })
    expect(await store.get('mine')).toBe('y')
    await store.delete('mine', { ifMatch: (await store.stat('mine'))?.etag as string })
    expect(await top.has('mine')).toBe(false)
    expect(await top.has('nowhere')).toBe(false)
    await store.delete('nowhere')
    expect(await top.has('nowhere')).toBe(false)
  })

  it('a batch is one batch of the top, and a mark in it is refused before anything is stored', async () => {
    const spy = spied(memory())
    const store = overlay([spy.store, memory()])
    await store.setMany([
      ['a', bytes('1')],
      ['b', bytes('2')],
    ])
    expect(spy.calls).toEqual(['setMany'])
    const error = await rejection(
      store.setMany([
        ['c', bytes('1')],
        ['d', MARK],
      ]),
    )
    expect(error.message).toContain('this very value marks deletions in an overlay; store another one')
    expect(await spy.store.has('c')).toBe(false)
  })
})

describe('a condition that does not hold', () => {
  it('is told by what is in the way', async () => {
    const { store } = await based()
    expect((await rejection(store.set('a', 'x', { ifAbsent: true }))).message).toContain(
      'there is a value already',
    )
    expect((await rejection(store.set('a', 'x', { ifMatch: '1:old' }))).message).toContain(
      'the value has changed since, or is gone',
    )
    expect((await rejection(store.set('none', 'x', { ifMatch: '1:old' }))).message).toContain(
      'the value has changed since, or is gone',
    )
  })

  it('keeps a stream out, and lets it in where it holds', async () => {
    const { top, base } = await based()
    const raw = overlay([top, readOnly(base)])
    const tag = (await raw.stat('a'))?.etag as string
    await writeStream(raw, 'a', [bytes('one')], { ifMatch: tag })
    expect(await rejection(writeStream(raw, 'a', [bytes('two')], { ifMatch: tag }))).toMatchObject({
      code: 'Conflict',
    })
    const next = (await raw.stat('a'))?.etag as string
    await writeStream(raw, 'a', [bytes('three')], { ifMatch: next })
    expect(text(await raw.get('a'))).toBe('three')
    await raw.delete('a')
    expect(await rejection(writeStream(raw, 'a', [bytes('four')], { ifMatch: next }))).toMatchObject({
      code: 'Conflict',
    })
  })

  it('an etag names its store, so that equal ones of two stores are told apart', async () => {
    const { store } = await based()
    const below = (await store.stat('a'))?.etag as string
    expect(below).toMatch(/^1:/)
    await store.set('a', 'on top')
    expect((await store.stat('a'))?.etag).toMatch(/^0:/)
    expect(await rejection(store.set('a', 'x', { ifMatch: below }))).toMatchObject({ code: 'Conflict' })
  })

  it('a value without an etag has none here either', async () => {
    const store = overlay([memory(), promising({ conditions: [] }, { stat: () => ({ size: 3 }) })])
    expect(await store.stat('x')).toEqual({ size: 3 })
  })

  it('is looked at again when a deletion comes between the look and the write', async () => {
    const { store: top, next } = scripted()
    const base = memory()
    await base.set('a', bytes('base'))
    const store = overlay([top, readOnly(base)])
    await store.delete('a')
    // Somebody sets and deletes the key meanwhile, so that the mark is another one.
    next.set = [
      async () => {
        await store.set('a', bytes('theirs'))
        await store.delete('a')
        throw await rejection(top.set('a', bytes('x'), { ifMatch: 'old' }))
      },
    ]
    await store.set('a', bytes('mine'), { ifAbsent: true })
    expect(text(await store.get('a'))).toBe('mine')
    next.set = [new Error('broken')]
    expect(await rejection(store.set('b', bytes('x'), { ifAbsent: true }))).toMatchObject({
      cause: { message: 'broken' },
    })
  })
})

describe('marks in streams', () => {
  it('are refused in chunks of any length, and nothing else is', async () => {
    const raw = overlay([memory(), memory()])
    const single = Array.from(MARK, byte => Uint8Array.of(byte))
    for (const chunks of [single, [MARK], [MARK.slice(0, 1), new Uint8Array(), MARK.slice(1)]]) {
      const error = await rejection(writeStream(raw, 'x', chunks))
      expect(error).toMatchObject({ code: 'InvalidValue', key: 'x' })
      expect(error.message).toContain('this very value marks deletions')
    }
    expect(await raw.has('x')).toBe(false)
    const other = MARK.map(byte => byte ^ 1)
    const longer = [MARK, bytes('!')]
    const larger = [...single, bytes('and more'), bytes('and more')]
    for (const chunks of [[other], longer, larger, [MARK.slice(1)], [new Uint8Array(1000)]]) {
      await writeStream(raw, 'x', chunks)
      const whole = await joined((await readStream(raw, 'x')) as never)
      expect(whole).toEqual(new Uint8Array(chunks.flatMap(chunk => [...chunk])))
    }
  })

  it('a stream that is left early is closed below', async () => {
    let closed = 0
    const driver = driverOf(memory()) as unknown as object
    const streaming = createStore({
      ...driver,
      name: 'streaming',
      async readStream(key: string, range: Range | undefined) {
        const whole = (await below.get(key)) as Uint8Array
        const { start, end } = resolveRange(range, whole.length)
        return (async function* () {
          try {
            for (let at = start; at < end; at += 5) yield whole.slice(at, Math.min(at + 5, end))
          } finally {
            closed++
          }
        })()
      },
    } as never) as ByteStore
    const below = overlay([streaming]) && (streaming as ByteStore)
    await streaming.set(
      'a',
      new Uint8Array(100).map((_, index) => index),
    )
    const stream = (await readStream(overlay([streaming]), 'a')) as AsyncIterable<Uint8Array>
    const seen: number[] = []
    for await (const chunk of stream) {
      seen.push(...chunk)
      if (seen.length >= 30) break
    }
    expect(seen.slice(0, 30)).toEqual(Array.from({ length: 30 }, (_, index) => index))
    expect(closed).toBe(1)
  })
})

it('any commands give what a Map gives, and leave the base alone', async () => {
  const key = fc.constantFrom('a', 'b', 'c', 'd')
  const command = fc.oneof(
    fc.record({ op: fc.constant('set' as const), key, value: fc.string({ maxLength: 3 }) }),
    fc.record({ op: fc.constant('add' as const), key, value: fc.string({ maxLength: 3 }) }),
    fc.record({ op: fc.constant('delete' as const), key }),
    fc.record({ op: fc.constant('reopen' as const) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 25 }), fc.boolean(), async (commands, ordered) => {
      const { top, base } = await based(ordered ? 'utf8-bytes' : 'insertion')
      const open = () => texts(overlay([top, readOnly(base)]))
      let store = open()
      const model = new Map([
        ['a', 'base a'],
        ['b', 'base b'],
        ['c', 'base c'],
      ])
      for (const each of commands) {
        if (each.op === 'reopen') store = open()
        else if (each.op === 'delete') {
          await store.delete(each.key)
          model.delete(each.key)
        } else if (each.op === 'set') {
          await store.set(each.key, each.value)
          model.set(each.key, each.value)
        } else {
          const added = await store.set(each.key, each.value, { ifAbsent: true }).then(
            () => true,
            () => false,
          )
          expect(added).toBe(!model.has(each.key))
          if (added) model.set(each.key, each.value)
        }
        expect(await store.get('a')).toBe(model.get('a'))
        expect(await store.has('b')).toBe(model.has('b'))
      }
      const found = await collect(store.entries())
      expect(found).toHaveLength(model.size)
      expect(new Map(found)).toEqual(model)
      expect(await collect(texts(base).values())).toEqual(['base a', 'base b', 'base c'])
    }),
    // A failure prints its seed.
    { numRuns: 200 },
  )
})

describe('listings of several stores', () => {
  /** A store whose listing tells what it is asked, and that it was left. */
  function listed(keys: readonly string[], told: unknown[], order: 'none' | 'utf8-bytes') {
    return createStore({
      name: 'listed',
      guarantees: { order },
      get: key => bytes(key),
      async *keyPages({ prefix, after }) {
        told.push({ prefix, after })
        try {
          for (const key of keys) yield [key]
        } finally {
          told.push('left')
        }
      },
    })
  }

  it('ask each for what is listed, and leave each', async () => {
    const told: unknown[] = []
    const order = 'utf8-bytes'
    const bases = [listed(['p/a', 'p/b', 'p/c'], told, order), listed(['p/a', 'p/bb', 'p/d'], told, order)]
    const store = overlay([memory({ order }), ...bases] as never) as ByteStore
    expect(await collect(store.keys({ prefix: 'p/', after: 'p/a' }))).toEqual(['p/b', 'p/bb', 'p/c', 'p/d'])
    const asked = { prefix: 'p/', after: 'p/a' }
    expect(told.filter(each => each !== 'left')).toEqual([asked, asked])
    told.length = 0
    for await (const key of store.keys()) if (key === 'p/b') break
    await new Promise(resolve => setImmediate(resolve))
    expect(told.filter(each => each === 'left')).toHaveLength(2)
  })

  it('without an order give each key once, store by store', async () => {
    const told: unknown[] = []
    const bases = [listed(['c', 'a'], told, 'none'), listed(['b', 'a', 'c'], told, 'none')]
    const store = overlay([memory(), ...bases] as never) as ByteStore
    await store.set('b', bytes('top'))
    expect(await collect(store.keys())).toEqual(['b', 'c', 'a'])
  })
})

describe('etags of many stores', () => {
  it('name stores by numbers of any length, and no others', async () => {
    const stores = Array.from({ length: 12 }, () => memory())
    await stores[11]?.set('a', bytes('last'))
    const store = overlay(stores as never) as ByteStore
    const { etag = '' } = (await store.stat('a')) ?? {}
    expect(etag).toMatch(/^11:/)
    for (const wrong of [`1${etag}`, etag.slice(1), `x${etag}`, '11:'])
      expect(await rejection(store.set('a', bytes('new'), { ifMatch: wrong }))).toMatchObject({
        code: 'Conflict',
      })
    await store.set('a', bytes('new'), { ifMatch: etag })
    expect(await texts(store).get('a')).toBe('new')
    const { etag: second = '' } = (await store.stat('a')) ?? {}
    expect(second).toMatch(/^0:/)
    for (const wrong of [`x${second}`, ` ${second}`])
      expect(await rejection(store.set('a', bytes('x'), { ifMatch: wrong }))).toMatchObject({
        code: 'Conflict',
      })
    await store.set('a', bytes('newer'), { ifMatch: second })
    expect(await texts(store).get('a')).toBe('newer')
  })

  it('count for conditions only where every base has them', () => {
    const without = promising({ conditions: [] })
    for (const [bases, conditions] of [
      [
        [memory(), memory()],
        ['ifAbsent', 'ifMatch', 'deleteIfMatch'],
      ],
      [[memory(), without], ['ifAbsent']],
      [[without, without], ['ifAbsent']],
    ] as const)
      expect(guarantees(overlay([memory(), ...bases] as never)).conditions).toEqual(conditions)
    for (const conditions of [['ifAbsent'], ['ifMatch'], []] as const)
      expect(guarantees(overlay([promising({ conditions }), memory()])).conditions).toEqual([])
  })
})

it.each<[string, () => ReturnType<typeof memory>]>([
  ['an overlay', () => overlay([memory(), memory()])],
  ['a part of a mount', () => at(mount({ 'm/': overlay([memory(), memory()]) }), 'm/')],
  ['an overlay over an overlay', () => overlay([overlay([memory(), memory()]), memory()])],
])('%s can be the top of an overlay: each has a mark of its own', async (_, open) => {
  const base = memory()
  await base.set('a', bytes('1'))
  await base.set('b', bytes('1'))
  const top = open()
  const store = overlay([top, base])
  await store.delete('a')
  await store.set('c', bytes('1'))
  await store.delete('c')
  expect([await store.has('a'), await store.get('a'), await store.stat('a')]).toEqual([
    false,
    undefined,
    undefined,
  ])
  expect(await readStream(store, 'a')).toBeUndefined()
  expect(await collect(store.keys())).toEqual(['b'])
  await store.set('a', bytes('2'), { ifAbsent: true })
  expect(text(await store.get('a'))).toBe('2')
  const mark = bytes('\0kvdol: deleted\u0001')
  expect(mark).toHaveLength(16)
  if (_ === 'an overlay') {
    expect(await rejection(store.set('b', mark))).toMatchObject({ code: 'InvalidValue' })
    await top.set('b', bytes('\0kvdol: deleted\u0002'))
    expect(await store.has('b')).toBe(true)
  }
})
