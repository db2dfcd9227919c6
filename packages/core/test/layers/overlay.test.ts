import { bytes, collect, joined, rejection, text } from '@kvdol/test-support'
import fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { driverOf, resolveRange } from '../../src/adapter.ts'
import {
  type ByteStore,
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
import { overlay } from '../../src/layers.ts'

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
