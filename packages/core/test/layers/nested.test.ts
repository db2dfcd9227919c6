import { collect, rejection } from '@kvdol/test-support'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  fromMap,
  guarantees,
  jsonValues,
  memory,
  pipe,
  readOnly,
  rename,
  type Store,
  update,
} from '../../src/index.ts'
import { nested } from '../../src/layers.ts'
import { promising } from './support/promising.ts'
import { signalled } from './support/signalled.ts'
import { spied } from './support/spied.ts'

type Data = Record<string, unknown>

/** Nested values in JSON, and the paths into them. */
async function open(entries: Data, options: object = {}) {
  const store = pipe(memory(), jsonValues())
  await store.setMany(Object.entries(entries))
  return { store, paths: nested(store, { separator: '/', ...options }) }
}

describe('keys that lead into values', () => {
  it('read what is there, and is there what can be read', async () => {
    const { paths } = await open({ a: { b: { c: 42 }, list: [10, { x: 20 }] } })
    expect(await paths.get('a/b/c')).toBe(42)
    expect(await paths.get('a/b')).toEqual({ c: 42 })
    expect([await paths.has('a/b'), await paths.has('a/b/x'), await paths.has('x')]).toEqual([
      true,
      false,
      false,
    ])
    expect(await paths.get('a/list/1/x')).toBe(20)
    for (const key of [
      'a/list/length',
      'a/list/01',
      'a/list/-1',
      'a/b/c/x',
      'a/b/constructor',
      'a/__proto__',
    ])
      expect(await paths.get(key)).toBeUndefined()
  })

  it('what is set is written back', async () => {
    const { store, paths } = await open({ a: { x: { y: 1 } } })
    await paths.set('a/x/y', 5)
    expect(await store.get('a')).toEqual({ x: { y: 5 } })
    await paths.set('a/new', 1)
    await paths.set('b', { whole: true })
    await paths.delete('a/x/y')
    await paths.delete('a/nowhere/at/all')
    expect(await store.get('a')).toEqual({ x: {}, new: 1 })
    expect(await store.get('b')).toEqual({ whole: true })
    await paths.delete('b')
    expect(await store.has('b')).toBe(false)
  })

  it('lists the ends of paths, empty objects and lists too', async () => {
    const { paths } = await open({ a: { b: 1, c: { d: {} }, 'x/y': 2 }, 'in/valid': 1, list: [1], n: null })
    expect((await collect(paths.keys())).sort()).toEqual(['a/b', 'a/c/d', 'list', 'n'])
    expect(await collect(paths.keys({ prefix: 'a/c' }))).toEqual(['a/c/d'])
    expect(await collect(paths.entries({ prefix: 'a/' }))).toEqual([
      ['a/b', 1],
      ['a/c/d', {}],
    ])
    expect(await paths.size()).toBe(4)
  })
})

describe('what is missing on the way', () => {
  it('is not made unless one says so', async () => {
    const { store, paths } = await open({ x: {} })
    for (const key of ['new/x', 'x/y/z'])
      expect(await rejection(paths.set(key, 1))).toMatchObject({ code: 'NotFound', key })
    expect(await store.get('x')).toEqual({})
    expect(await store.has('new')).toBe(false)
    const creating = nested(store, { separator: '/', create: true })
    await creating.set('empty/y/z', 1)
    expect(await store.get('empty')).toEqual({ y: { z: 1 } })
    await creating.setMany([
      ['many/a/b', 1],
      ['many/a/c', 2],
      ['x/y/z', 3],
    ])
    expect(await store.get('many')).toEqual({ a: { b: 1, c: 2 } })
  })

  it('may be observed, vetoed and capped', async () => {
    const asked: (readonly string[])[] = []
    const { store, paths } = await open(
      {},
      {
        create: (path: readonly string[]) => {
          asked.push(path)
          return path[0] !== 'no'
        },
      },
    )
    await paths.set('yes/a/b', 1)
    expect(asked).toEqual([['yes'], ['yes', 'a']])
    expect(await rejection(paths.set('no/a/b', 1))).toMatchObject({ code: 'NotFound' })
    expect(await store.has('no')).toBe(false)
    const flat = nested(store, { separator: '/', create: true, depth: 2 })
    await flat.set('a/b', 1)
    expect(await rejection(flat.set('a/b/c', 1))).toMatchObject({ code: 'InvalidKey', reason: 'too-deep' })
    const reason = new Error('no')
    const throwing = nested(store, {
      separator: '/',
      create: () => {
        throw reason
      },
    })
    const error = await rejection(throwing.set('q/r', 1))
    expect(error).toMatchObject({ code: 'InvalidArgument', key: 'q/r', store: 'nested' })
    expect(error.cause).toBe(reason)
  })

  it('a value without fields is no way, and stays', async () => {
    const { store, paths } = await open({ a: { n: 5, list: [1, 2], no: null } }, { create: true })
    for (const key of ['a/n/x', 'a/n/x/y', 'a/no/x'])
      expect(await rejection(paths.set(key, 1))).toMatchObject({
        code: 'InvalidKey',
        reason: 'prefix-of-other',
        key,
      })
    for (const key of ['a/list/5', 'a/list/x', 'a/list/5/x'])
      expect(await rejection(paths.set(key, 1))).toMatchObject({ code: 'InvalidKey', reason: 'not-an-index' })
    expect(await rejection(paths.delete('a/list/0'))).toMatchObject({ code: 'InvalidKey' })
    expect(await rejection(paths.set('/a', 1))).toMatchObject({ code: 'InvalidKey', reason: 'no-name' })
    expect(await store.get('a')).toEqual({ n: 5, list: [1, 2], no: null })
    await paths.set('a/list/2', 3)
    await paths.set('a/list/0', 0)
    expect(await paths.get('a/list')).toEqual([0, 2, 3])
  })
})

describe('writing back', () => {
  it('loses nothing among many writers, and writes at once what is asked for at once', async () => {
    const { store } = await open({ a: {} })
    const writers = [nested(store, { create: true }), nested(store, { create: true })]
    await Promise.all(
      writers.flatMap((writer, index) =>
        Array.from({ length: 20 }, async (_, turn) => {
          await writer.set(`a:${index}:${turn}`, turn)
          await update(writer as Store<string, number>, 'a:count', (count = 0) => count + 1)
        }),
      ),
    )
    expect(await writers[0]?.get('a:count')).toBe(40)
    expect(Object.keys((await writers[0]?.get('a:1')) as object)).toHaveLength(20)
    const error = await rejection(
      writers[0]?.setMany([
        ['a:x', 1],
        ['a:count:x', 1],
        ['b', 2],
      ]) as Promise<void>,
    )
    expect([...(error.failures ?? new Map()).keys()]).toEqual(['a:count:x'])
    expect([await writers[0]?.get('a:x'), await writers[0]?.get('b')]).toEqual([1, 2])
  })

  it('needs conditions below, unless nobody else writes there, and never changes what others hold', async () => {
    const map = new Map<string, unknown>([['a', { x: 1 }]])
    expect(await rejection(nested(fromMap(map)).set('a:x', 2))).toMatchObject({
      code: 'Unsupported',
      key: 'a:x',
    })
    const held = map.get('a')
    await nested(fromMap(map), { unguarded: true }).set('a:x', 2)
    expect(map.get('a')).toEqual({ x: 2 })
    expect(held).toEqual({ x: 1 })
  })

  it('moves values, and keeps conditions', async () => {
    const { paths } = await open({ a: { x: 1 }, b: {} })
    await rename(paths, 'a/x', 'b/y')
    expect([await paths.get('a'), await paths.get('b')]).toEqual([{}, { y: 1 }])
    const etag = (await paths.stat('b/y'))?.etag as string
    await paths.set('b/y', 2, { ifMatch: etag })
    expect(await rejection(paths.set('b/y', 3, { ifMatch: etag }))).toMatchObject({
      code: 'Conflict',
      key: 'b/y',
    })
    expect(await rejection(paths.set('b/y', 3, { ifAbsent: true }))).toMatchObject({ code: 'Conflict' })
    expect(await rejection(paths.set('b', 3, { ifAbsent: true }))).toMatchObject({ code: 'Conflict' })
  })
})

describe('what is wrong with a path', () => {
  it('is told', async () => {
    const { paths } = await open({ a: { n: 5, list: [1, 2] } })
    const why = async (call: Promise<unknown>) => (await rejection(call)).message
    expect(await why(paths.get('/a'))).toContain('the key begins with the separator "/"')
    expect(await why(paths.set('a/n/x', 1))).toMatch(/what is at .*n.* has no fields; replace it first/)
    expect(await why(paths.set('a/list/7', 1))).toContain(
      'a list of 2 has no place "7"; its places are 0 to 2',
    )
    expect(await why(paths.delete('a/list/1'))).toContain(
      'an element of a list cannot be taken away alone; set the list without it',
    )
    expect(await why(paths.set('a/x/y', 1))).toContain('there is nothing at "a/x"; set it, or allow create')
    const flat = (await open({}, { depth: 3 })).paths
    expect(await why(flat.get('a/b/c/d'))).toContain('the key has 4 parts; there may be 3')
    expect(await flat.get('a/b/c')).toBeUndefined()
    const odd = (await open({}, { create: () => 'yes' })).paths
    expect(await why(odd.set('a/b', 1))).toContain('create answers true or false, not ')
    const throwing = await open(
      {},
      {
        create: () => {
          throw new Error('no space')
        },
      },
    )
    expect(await why(throwing.paths.set('a/b', 1))).toContain('the function create failed: no space')
  })

  it('nothing is made on the way to what is not set', async () => {
    const { store, paths } = await open({ a: { x: 1 } }, { create: true })
    await paths.delete('a/y/z')
    await paths.delete('n/y/z')
    await rejection(paths.set('a/x/y/z', 1))
    await rejection(paths.set('b/y/z', 1, { ifMatch: 'old' }))
    expect(await collect(store.entries())).toEqual([['a', { x: 1 }]])
  })

  it('values that are absent or null on the way', async () => {
    const { store, paths } = await open({ a: { x: { y: 1 } }, none: null })
    expect([await paths.has('a/x/y'), await paths.has('a/x/z'), await paths.has('none/x')]).toEqual([
      true,
      false,
      false,
    ])
    expect(await paths.stat('a/x/z')).toBeUndefined()
    expect(await paths.stat('nowhere')).toBeUndefined()
    expect((await paths.stat('a'))?.etag).toBe((await store.stat('a'))?.etag)
    expect(await rejection(paths.set('none/x', 1))).toMatchObject({ code: 'InvalidKey' })
    await paths.set('a/x/z', 2)
    expect(await store.get('a')).toEqual({ x: { y: 1, z: 2 } })
    await paths.deleteMany(['a/x/y', 'none', 'nowhere/x'])
    expect(await collect(store.entries())).toEqual([['a', { x: { z: 2 } }]])
    const error = await rejection(paths.deleteMany(['a/x/z', '/odd']))
    expect([...(error.failures ?? new Map()).keys()]).toEqual(['/odd'])
    expect(await store.get('a')).toEqual({ x: {} })
  })
})

describe('listing paths', () => {
  it('opens only the value to which a prefix leads', async () => {
    const spy = spied(memory())
    const store = pipe(spy.store, jsonValues())
    await store.setMany([
      ['app', { server: { port: 1, host: 'h' }, name: 'n' }],
      ['apple', { x: 1 }],
    ])
    const paths = nested(store)
    spy.calls.length = 0
    expect(await collect(paths.keys({ prefix: 'app:server:' }))).toEqual([
      'app:server:port',
      'app:server:host',
    ])
    expect(await collect(paths.keys({ prefix: 'app:server:po' }))).toEqual(['app:server:port'])
    expect(spy.calls.every(call => call.endsWith(' app'))).toBe(true)
    expect(await collect(paths.keys({ prefix: 'app' }))).toEqual([
      'app:server:port',
      'app:server:host',
      'app:name',
      'apple:x',
    ])
    expect(await collect(paths.keys({ prefix: 'none:x' }))).toEqual([])
    expect(await collect(paths.keys({ prefix: ':x' }))).toEqual([])
    expect(await collect(paths.keys({ limit: 2 }))).toHaveLength(2)
  })

  it('ends where keys may have no more parts, and at what holds nothing', async () => {
    const { paths } = await open({ a: { b: { c: { d: 1 } }, e: {} }, f: 2 }, { depth: 3 })
    expect(await collect(paths.entries())).toEqual([
      ['a/b/c', { d: 1 }],
      ['a/e', {}],
      ['f', 2],
    ])
    const map = fromMap(new Map<string, unknown>([['a', { x: undefined, y: 1, z: null }]]))
    expect(await collect(nested(map).entries())).toEqual([
      ['a:y', 1],
      ['a:z', null],
    ])
  })

  it('leaves out names that hold the separator or a part of it, which no key leads to', async () => {
    const { paths } = await open(
      { a: { 'x::y': 1, 'x:': { y: 2 }, ':z': 3, ok: 4 }, 'b::c': 5 },
      { separator: '::' },
    )
    const keys = await collect(paths.keys())
    expect(keys).toContain('a::ok')
    for (const key of keys) expect(await paths.get(key)).toBeDefined()
    expect(keys).not.toContain('b::c')
    expect(keys).not.toContain('a::x::y')
  })
})

describe('what a store of paths says of itself', () => {
  it('keeps conditions where the store below has both that they need', async () => {
    const conditions = (below: readonly string[]) =>
      guarantees(nested(promising({ conditions: below as never }))).conditions
    expect(conditions(['ifAbsent', 'ifMatch'])).toEqual(['ifAbsent', 'ifMatch'])
    expect(conditions(['ifAbsent'])).toEqual([])
    expect(conditions(['ifMatch'])).toEqual([])
  })

  it('has keys and values of its own, and refusals beside those of the store', async () => {
    const below = promising({
      order: 'utf8-bytes',
      reverse: true,
      batchAtomic: true,
      maxKeyBytes: 5,
      maxValueBytes: 5,
      rejects: ['nul'],
      atomicOverwrite: false,
    })
    expect(guarantees(nested(below))).toMatchObject({
      order: 'none',
      reverse: false,
      batchAtomic: false,
      maxKeyBytes: 1024,
      maxValueBytes: null,
      rejects: ['nul', 'prefix-of-other', 'not-an-index', 'too-deep', 'no-name'],
    })
  })

  it('a reader gives a reader, and closing closes the store', async () => {
    const store = pipe(memory(), jsonValues())
    await store.set('a', { x: 1 })
    const reader = nested(readOnly(store)) as Store<string, unknown>
    expect(await reader.get('a:x')).toBe(1)
    for (const write of [
      () => reader.set('a:x', 2),
      () => reader.delete('a:x'),
      () => reader.setMany([['a:x', 2]]),
      () => reader.deleteMany(['a:x']),
    ])
      expect(await rejection(write)).toMatchObject({ code: 'ReadOnly', store: 'nested' })
    await nested(store).close()
    expect(await rejection(store.get('a'))).toMatchObject({ code: 'Closed' })
  })

  it('hands the signal on, also to each write of a batch', async () => {
    const { store, without } = signalled()
    const paths = nested(pipe(store, jsonValues()), { create: true })
    const { signal } = new AbortController()
    await paths.set('a', {}, { signal })
    await paths.get('a:x', { signal })
    await paths.has('a', { signal })
    await paths.has('a:x', { signal })
    await paths.stat('a', { signal })
    await paths.stat('a:x', { signal })
    await collect(paths.keys({ signal }))
    await collect(paths.keys({ prefix: 'a:', signal }))
    await paths.delete('a', { signal })
    expect(without).toEqual([])
    const leaving = new AbortController()
    const [stays, left, gone] = [
      paths.set('b:x', 1),
      rejection(paths.set('b:y', 2, { signal: leaving.signal })),
      rejection(paths.delete('b:x', { signal: leaving.signal })),
    ]
    leaving.abort()
    await stays
    expect([(await left).code, (await gone).code]).toEqual(['Aborted', 'Aborted'])
    expect(await paths.get('b')).toEqual({ x: 1 })
  })

  it('what is set is a copy, and what is read is too', async () => {
    const map = fromMap<string, unknown>()
    const paths = nested(map, { unguarded: true, create: true })
    const value = { list: [1] }
    const setting = paths.set('a:x', value)
    value.list.push(2)
    await setting
    expect(await map.get('a')).toEqual({ x: { list: [1] } })
    const read = (await map.get('a')) as Data
    await paths.set('a:y', 1)
    expect(read).toEqual({ x: { list: [1] } })
  })
})

it('any sets of paths give what setting them in one object gives', async () => {
  const name = fc.constantFrom('a', 'b', '__proto__', '0')
  const path = fc.array(name, { minLength: 1, maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(path, fc.integer()), { maxLength: 15 }), async sets => {
      const { paths } = await open({}, { create: true })
      const model = new Map<string, number>()
      for (const [names, value] of sets) {
        const key = names.join('/')
        const blocked = names.some((_, index) => index > 0 && model.has(names.slice(0, index).join('/')))
        const set = await paths.set(key, value).then(
          () => true,
          () => false,
        )
        expect(set).toBe(!blocked)
        if (!set) continue
        for (const other of [...model.keys()]) if (other.startsWith(`${key}/`)) model.delete(other)
        model.set(key, value)
      }
      expect(new Map((await collect(paths.entries())) as [string, number][])).toEqual(model)
    }),
    // A failure prints its seed.
    { numRuns: 200 },
  )
})

describe('what is not there', () => {
  it('is deleted without a word, and changes nothing', async () => {
    const value = { n: 5, list: [1, { x: 1 }], inner: { x: 1 } }
    const { store, paths } = await open({ a: value }, { create: true })
    for (const key of [
      'a/list/9',
      'a/list/9/x',
      'a/gone',
      'a/gone/x',
      'a/inner/gone',
      'a/inner/gone/x',
      'b/x',
    ])
      await paths.delete(key)
    expect(await store.get('a')).toEqual(value)
    expect(await store.has('b')).toBe(false)
    await paths.delete('a/list/1/x')
    expect(await store.get('a')).toEqual({ ...value, list: [1, {}] })
    expect(await rejection(paths.delete('a/list/0'))).toMatchObject({ reason: 'not-an-index' })
  })

  it('is told by the way that ends before it', async () => {
    const { paths } = await open({ a: { deep: { n: 5 } } }, { create: true })
    const error = await rejection(paths.set('a/deep/n/x', 1))
    expect(error.message).toContain('what is at ["deep","n"] has no fields; replace it first')
  })
})
