import { bytes, collect, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  batch,
  children,
  clear,
  createStore,
  filterKeys,
  first,
  fromMap,
  getOr,
  getOrInsert,
  innerKey,
  mapKeys,
  memory,
  owning,
  pathOf,
  pipe,
  prefix,
  readOnly,
  remove,
  rename,
  take,
  textValues,
  toArray,
  toObject,
  update,
  urlOf,
  watch,
} from '../src/index.ts'

/** A store that can do what every store can, and nothing more; it notes each call of its driver. */
function plain(guarantees: object = {}, more: object = {}) {
  const asked: string[] = []
  const map = new Map<string, Uint8Array>([['k', bytes('v')]])
  const store = createStore({
    name: 'plain',
    guarantees,
    get: (key: string) => {
      asked.push(`get ${key}`)
      return map.get(key)?.slice()
    },
    keys: () => {
      asked.push('keys')
      return map.keys()
    },
    set: (key: string, value: Uint8Array) => {
      asked.push(`set ${key}`)
      map.set(key, value)
    },
    delete: (key: string) => {
      asked.push(`delete ${key}`)
      map.delete(key)
    },
    ...more,
  })
  return { store, asked, map }
}

type Refused = readonly [
  op: string,
  code: string,
  detail: string,
  call: (store: ReturnType<typeof plain>['store']) => Promise<unknown>,
]

const hides = (store: ReturnType<typeof plain>['store']) =>
  pipe(
    store,
    filterKeys<typeof store>(key => key !== 'k'),
  )

describe('operations refuse before they ask the backend for anything, and say what to do', () => {
  it.each<Refused>([
    ['take', 'Unsupported', 'give { unguarded: true } to take without that guard', store => take(store, 'k')],
    [
      'update',
      'Unsupported',
      'update needs a store with ifAbsent and ifMatch',
      store => update(store, 'k', () => bytes('x')),
    ],
    ['update', 'InvalidArgument', 'change is a function, not ', store => update(store, 'k', 7 as never)],
    ['update', 'InvalidArgument', 'retries', store => update(store, 'k', () => undefined, { retries: -1 })],
    [
      'update',
      'Aborted',
      'aborted',
      store => update(store, 'k', () => undefined, { signal: AbortSignal.abort() }),
    ],
    [
      'remove',
      'Unsupported',
      'this store cannot tell whether there was a value; delete removes it without telling',
      store => remove(store, 'k'),
    ],
    ['remove', 'InvalidKey', 'a key has at least one character', store => remove(store, '')],
    [
      'remove',
      'ReadOnly',
      'this store can only be read',
      store => remove(readOnly(store) as typeof store, 'k'),
    ],
    ['remove', 'ReadOnly', 'not in this view', store => remove(hides(store), 'k')],
    [
      'pathOf',
      'Unsupported',
      'the values of this store are no files; copy the value to one',
      store => pathOf(store, 'k'),
    ],
    ['pathOf', 'ReadOnly', 'not in this view', store => pathOf(hides(store), 'k')],
    ['pathOf', 'InvalidArgument', 'raw', store => pathOf(store, 'k', { raw: 7 as never })],
    [
      'urlOf',
      'Unsupported',
      'the values of this store have no addresses; serve them yourself',
      store => urlOf(store, 'k'),
    ],
    ['urlOf', 'InvalidArgument', 'expiresIn', store => urlOf(store, 'k', { expiresIn: 0 })],
    [
      'urlOf',
      'InvalidArgument',
      'expiresIn',
      store => urlOf(store, 'k', { expiresIn: Number.POSITIVE_INFINITY }),
    ],
    ['urlOf', 'InvalidKey', 'a key has at least one character', store => urlOf(store, '')],
    [
      'clear',
      'InvalidArgument',
      'clear empties the whole store: give { confirm: true }, or a prefix to clear',
      store => clear(store, {}),
    ],
    ['clear', 'InvalidArgument', 'clear empties the whole store', store => clear(store, undefined as never)],
    ['clear', 'InvalidArgument', 'clear empties the whole store', store => clear(store, { prefix: '' })],
    [
      'clear',
      'InvalidArgument',
      "confirm is true, not 'yes'",
      store => clear(store, { confirm: 'yes' as never }),
    ],
    ['clear', 'InvalidArgument', 'concurrency', store => clear(store, { confirm: true, concurrency: 0 })],
    [
      'clear',
      'ReadOnly',
      'this store can only be read',
      store => clear(readOnly(store) as typeof store, { confirm: true }),
    ],
    [
      'batch',
      'InvalidArgument',
      'batch takes an array or another iterable of changes, not 7',
      store => batch(store, 7 as never),
    ],
    [
      'batch',
      'InvalidArgument',
      'batch takes an array or another iterable of changes, not "ab"',
      store => batch(store, 'ab' as never),
    ],
    [
      'batch',
      'InvalidArgument',
      'a change is { set: key, value } or { delete: key }, not ',
      store => batch(store, [{} as never]),
    ],
    [
      'batch',
      'InvalidArgument',
      'a change is { set: key, value } or { delete: key }, not 7',
      store => batch(store, [7 as never]),
    ],
    [
      'batch',
      'InvalidArgument',
      'a change is { set: key, value } or { delete: key }, not ',
      store => batch(store, [{ set: 'a', delete: 'a' } as never]),
    ],
    [
      'batch',
      'InvalidArgument',
      'a batch changes a key once, and "k" comes twice',
      store => batch(store, [{ delete: 'k' }, { set: 'k', value: bytes('x') }]),
    ],
    ['batch', 'InvalidArgument', 'concurrency', store => batch(store, [], { concurrency: 0.5 })],
    ['batch', 'ReadOnly', 'this store can only be read', store => batch(readOnly(store) as typeof store, [])],
    [
      'watch',
      'Unsupported',
      'nothing tells of changes in this store; list its keys',
      store => collect(watch(store)),
    ],
    [
      'watch',
      'InvalidArgument',
      'prefix is a string here, as the keys are',
      store => collect(watch(store, { prefix: ['a'] as never })),
    ],
    ['watch', 'InvalidArgument', 'prefix', store => collect(watch(store, { prefix: 7 as never }))],
    ['watch', 'Aborted', 'aborted', store => collect(watch(store, { signal: AbortSignal.abort() }))],
    [
      'children',
      'InvalidArgument',
      'the prefix is a well-formed string, not 7',
      store => collect(children(store, 7 as never)),
    ],
    [
      'children',
      'InvalidArgument',
      'the prefix is a well-formed string, not ',
      store => collect(children(store, '\ud800')),
    ],
    ['children', 'InvalidArgument', 'signal', store => collect(children(store, '', { signal: 7 as never }))],
    [
      'children',
      'Aborted',
      'aborted',
      store => collect(children(store, '', { signal: AbortSignal.abort() })),
    ],
    [
      'getOr',
      'InvalidArgument',
      'signal is an AbortSignal, not 7',
      store => getOr(store, 'k', 1, { signal: 7 as never }),
    ],
    [
      'getOrInsert',
      'InvalidArgument',
      'make is a function, not ',
      store => getOrInsert(store, 'k', bytes('v') as never),
    ],
    [
      'getOrInsert',
      'Aborted',
      'aborted',
      store => getOrInsert(store, 'k', () => bytes('v'), { signal: AbortSignal.abort() }),
    ],
    ['first', 'InvalidArgument', 'count', store => first(store, -1)],
    ['first', 'InvalidArgument', 'count', store => first(store, 1.5)],
    ['rename', 'ReadOnly', 'not in this view', store => rename(hides(store), 'k', 'a')],
    ['rename', 'ReadOnly', 'not in this view', store => rename(hides(store), 'a', 'k')],
    [
      'rename',
      'ReadOnly',
      'this store can only be read',
      store => rename(readOnly(store) as typeof store, 'k', 'a'),
    ],
    [
      'rename',
      'Unsupported',
      'this store cannot do ifAbsent without a race',
      store => rename(store, 'k', 'a', { ifAbsent: true }),
    ],
    ['rename', 'InvalidKey', 'a key has at least one character', store => rename(store, 'k', '')],
  ])('%s: %s, %s', async (op, code, detail, call) => {
    const { store, asked, map } = plain()
    expect(await rejection(() => call(store))).toMatchObject({
      code,
      op,
      detail: expect.stringContaining(detail),
    })
    expect(asked).toEqual([])
    expect([...map.keys()]).toEqual(['k'])
  })

  it('closed stores, of all', async () => {
    const { store } = plain({ conditions: ['ifAbsent', 'ifMatch', 'deleteIfMatch'] }, { pathOf: () => '/k' })
    await store.close()
    const calls = {
      take: () => take(store, 'k'),
      update: () => update(store, 'k', () => undefined),
      remove: () => remove(store, 'k'),
      pathOf: () => pathOf(store, 'k'),
      clear: () => clear(store, { confirm: true }),
      batch: () => batch(store, []),
      watch: () => collect(watch(store)),
      children: () => collect(children(store)),
      getOr: () => getOr(store, 'k', 1),
      getOrInsert: () => getOrInsert(store, 'k', () => bytes('v')),
      first: () => first(store),
      rename: () => rename(store, 'k', 'a'),
    }
    for (const [op, call] of Object.entries(calls))
      expect(await rejection(call)).toMatchObject({ code: 'Closed', op })
  })

  it('what has no name in an object, and what cannot be iterated', async () => {
    const numbers = fromMap(new Map([[1, 'one']])) as never
    expect(await rejection(toObject(numbers))).toMatchObject({
      code: 'Unsupported',
      op: 'toObject',
      key: 1,
      detail: 'an object has no key 1; use toMap',
    })
    for (const items of [7, undefined, {}, memory])
      expect(await rejection(toArray(items as never))).toMatchObject({
        code: 'InvalidArgument',
        detail: expect.stringContaining(
          'toArray takes a store, or what its keys(), values() or entries() give, not ',
        ),
      })
    expect(await toArray('ab' as never)).toEqual(['a', 'b'])
    expect(() => owning(memory(), 7 as never)).toThrow('owning takes a function that releases, not 7')
    expect(() => innerKey(hides(plain().store), 'k')).toThrow(
      expect.objectContaining({ code: 'ReadOnly', op: 'innerKey', key: 'k' }),
    )
  })

  it('a delete in batches that are all or nothing for sets alone', async () => {
    const { store, asked } = plain({ batchAtomic: true }, { setMany: () => new Map() })
    expect(await rejection(batch(store, [{ set: 'a', value: bytes('x') }, { delete: 'k' }]))).toMatchObject({
      code: 'Unsupported',
      op: 'batch',
      detail: 'batches are all or nothing here, and this store cannot delete in one; delete separately',
    })
    await batch(store, [{ set: 'a', value: bytes('x') }])
    expect(asked).toEqual([])
  })

  it('to clear a root that holds more than the store’s own', async () => {
    const { store, map } = plain({}, { sharedRoot: true })
    const detail =
      'the root may hold more than this store’s own values: clear a prefix, or open the store with allowClear: true'
    expect(await rejection(clear(store, { confirm: true }))).toMatchObject({
      code: 'Unsupported',
      op: 'clear',
      detail,
    })
    const texts = pipe(store, textValues())
    expect(await rejection(clear(texts, { confirm: true }))).toMatchObject({ code: 'Unsupported', detail })
    expect([...map.keys()]).toEqual(['k'])
    map.set('p/a', bytes('v'))
    await clear(pipe(store, mapKeys(prefix('p/'))), { confirm: true })
    expect([...map.keys()]).toEqual(['k'])
    await clear(store, { prefix: 'k' })
    expect([...map.keys()]).toEqual([])
  })

  it('a value without an etag, where one is needed to remove it', async () => {
    const { store, map } = plain({ conditions: ['deleteIfMatch'] }, { stat: () => ({ size: 1 }) })
    expect(await rejection(remove(store, 'k'))).toMatchObject({
      code: 'Unsupported',
      op: 'remove',
      key: 'k',
      detail: 'the value has no etag to delete it by',
    })
    expect(map.has('k')).toBe(true)
  })

  it('addresses of stored bytes that the store decodes, unless they are meant', async () => {
    const options: object[] = []
    const { store } = plain(
      {},
      {
        urlOf: (key: string, given: object) => {
          options.push(given)
          return `https://example.org/${key}`
        },
      },
    )
    const texts = pipe(store, mapKeys(prefix('p/')), textValues())
    expect(await rejection(urlOf(texts, 'k'))).toMatchObject({
      code: 'Unsupported',
      op: 'urlOf',
      key: 'k',
      detail:
        'this store decodes its values, and others would find the stored bytes; give { raw: true } if these are meant',
    })
    expect(await rejection(urlOf(texts, 'k', { raw: false }))).toMatchObject({ code: 'Unsupported' })
    expect(await urlOf(texts, 'k', { raw: true, expiresIn: 1 })).toBe('https://example.org/p/k')
    expect(options).toEqual([expect.objectContaining({ raw: true, expiresIn: 1 })])
  })
})
