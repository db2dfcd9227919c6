import { conformance } from '@kvdol/conformance'
import { bytes, collect, rejection, text } from '@kvdol/test-support'
import fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { driverOf } from '../../src/adapter.ts'
import {
  at,
  clear,
  createStore,
  fromMap,
  getWithStat,
  guarantees,
  jsonValues,
  memory,
  pathOf,
  pipe,
  type Reader,
  readOnly,
  readRange,
  readStream,
  remove,
  rename,
  type Store,
  StoreError,
  shared,
  update,
  urlOf,
  writeStream,
} from '../../src/index.ts'
import { routed } from '../../src/layers/composing/routed.ts'
import { together } from '../../src/layers/composing/together.ts'
import { mount, overlay } from '../../src/layers.ts'
import { viewBehind } from '../../src/view/over.ts'
import { promising } from './support/promising.ts'
import { signalled } from './support/signalled.ts'

const sorted = () => memory({ order: 'utf8-bytes' })

/** A store that notes what its driver is asked for. */
function spied(options: { conditions?: boolean; order?: 'none' | 'utf8-bytes' } = {}) {
  const asked: unknown[][] = []
  const below = memory({ order: 'utf8-bytes' })
  const { name: _, rename: __, ...driver } = driverOf(below)
  const noting = Object.fromEntries(
    Object.entries(driver).map(([name, method]) => [
      name,
      typeof method !== 'function'
        ? method
        : (...args: unknown[]) => {
            asked.push([name, ...args])
            return (method as (...args: unknown[]) => unknown)(...args)
          },
    ]),
  )
  const promised = { ...driver.guarantees, order: options.order ?? 'utf8-bytes' }
  const store = createStore({
    ...noting,
    name: 'spied',
    guarantees: options.conditions === false ? { ...promised, conditions: [] } : promised,
  } as never) as Store<string, Uint8Array>
  return { asked, store, calls: (method: string) => asked.filter(([name]) => name === method) }
}

describe('keys shared out among two stores, with every method that a mount has', () => {
  const subject = {
    name: 'sharded',
    open() {
      const places = [memory(), memory()].map(store => ({
        store,
        view: viewBehind(store),
        inner: (key: unknown) => key,
        outer: (key: unknown) => key,
      }))
      const facts = { ...together(places.map(({ view }) => view)), name: 'sharded' }
      const find = (key: unknown) => places[String(key).length % 2] as (typeof places)[number]
      const parts = (options: object) => places.map(place => ({ place, options }))
      return createStore<string, Uint8Array>({
        ...facts,
        ...routed(facts, { find, findToWrite: find, parts }),
        close: () => Promise.all(places.map(({ store }) => store.close())).then(() => {}),
      } as never) as Store<string, Uint8Array>
    },
  }
  for (const { name, run } of conformance(subject)) it(name, run)
})

describe('several stores as one', () => {
  it('hands each key to its store, without the prefix', async () => {
    const [photos, notes] = [memory(), memory()]
    const all = mount({ 'photos/': photos, 'notes/': notes })
    await all.set('photos/cat', bytes('cat'))
    await all.setMany([
      ['notes/a', bytes('A')],
      ['notes/b', bytes('B')],
      ['photos/dog', bytes('dog')],
    ])
    expect(await collect(photos.keys())).toEqual(['cat', 'dog'])
    expect(await collect(notes.keys())).toEqual(['a', 'b'])
    expect(await collect(all.keys())).toEqual(['notes/a', 'notes/b', 'photos/cat', 'photos/dog'])
    expect(await all.size()).toBe(4)
    expect(
      (await collect(all.entries({ prefix: 'notes/' }))).map(([key, value]) => [key, text(value)]),
    ).toEqual([
      ['notes/a', 'A'],
      ['notes/b', 'B'],
    ])
    expect(
      (await collect(all.getMany(['photos/dog', 'else', 'notes/a']))).map(([, value]) => text(value)),
    ).toEqual(['dog', undefined, 'A'])
    await all.deleteMany(['notes/a', 'photos/cat'])
    expect(await collect(all.keys())).toEqual(['notes/b', 'photos/dog'])
  })

  it('reads what is mounted nowhere as absent, and refuses to write it', async () => {
    const all = mount({ 'a/': memory(), 'b/': memory() })
    expect(await all.get('c')).toBeUndefined()
    expect(await all.has('a')).toBe(false)
    expect(await all.has('a/')).toBe(false)
    expect(await all.stat('c')).toBeUndefined()
    for (const write of [
      () => all.set('c', bytes('x')),
      () => all.delete('c'),
      () => writeStream(all, 'c', [bytes('x')]),
      () => all.set('a/', bytes('x')),
    ])
      expect(await rejection(write)).toMatchObject({
        code: 'InvalidKey',
        reason: 'not-mounted',
        store: 'mount',
      })
    const error = await rejection(
      all.setMany([
        ['a/x', bytes('x')],
        ['c', bytes('x')],
      ]),
    )
    expect([...(error.failures ?? new Map()).keys()]).toEqual(['c'])
    expect(await all.has('a/x')).toBe(true)
    expect(guarantees(all).rejects).toContain('not-mounted')
  })

  it('has the types of its stores', async () => {
    const both = mount({ 'n/': fromMap<string, number>(), 't/': fromMap<string, string>() })
    expectTypeOf(both).toEqualTypeOf<Store<string, number | string>>()
    expectTypeOf(mount({ 'n/': readOnly(fromMap<string, number>()) })).toEqualTypeOf<Reader<string, number>>()
    await both.set('n/a', 1)
    expect(await both.get('n/a')).toBe(1)
  })

  it('can be written where its store can', async () => {
    const all = mount({ 'ro/': readOnly(memory()), 'rw/': memory() })
    await all.set('rw/a', bytes('x'), { ifAbsent: true })
    expect(await rejection(all.set('ro/a', bytes('x')))).toMatchObject({ code: 'ReadOnly', key: 'ro/a' })
    const reader = mount({ 'ro/': readOnly(memory()) }) as Store<string, Uint8Array>
    expect(await rejection(reader.set('ro/a', bytes('x')))).toMatchObject({ code: 'ReadOnly' })
  })

  it('is as it was when it was mounted, so that no store gets into itself', async () => {
    const mounts: Record<string, Store<string, Uint8Array>> = { 'a/': memory() }
    const all = mount(mounts)
    mounts['self/'] = all as Store<string, Uint8Array>
    await all.set('a/x', bytes('x'))
    expect(await collect(all.keys())).toEqual(['a/x'])
    expect(await all.get('self/a/x')).toBeUndefined()
  })

  it('names prototype names as it does others', async () => {
    const all = mount({ ['__proto__']: memory(), constructor: memory() })
    await all.set('__proto__x', bytes('1'))
    await all.set('constructor.name', bytes('2'))
    expect(await collect(all.keys())).toEqual(['__proto__x', 'constructor.name'])
  })
})

describe('listing', () => {
  it('asks only the stores that a prefix or a cursor leaves, for what is left', async () => {
    const [a, b, c] = [spied(), spied(), spied()]
    const all = mount({ 'a/': a.store, 'b/': b.store, 'c/': c.store })
    for (const prefix of ['a/', 'b/', 'c/'])
      await all.setMany([
        [`${prefix}x1`, bytes('1')],
        [`${prefix}x2`, bytes('2')],
      ])
    expect(await collect(all.keys({ prefix: 'b/x' }))).toEqual(['b/x1', 'b/x2'])
    expect([a, b, c].map(each => each.calls('keys').length)).toEqual([0, 1, 0])
    expect(b.calls('keys')[0]?.[1]).toMatchObject({ prefix: 'x' })

    expect(await collect(all.keys({ after: 'b/x1', limit: 2 }))).toEqual(['b/x2', 'c/x1'])
    expect([a, b, c].map(each => each.calls('keys').length)).toEqual([0, 2, 1])
    expect(b.calls('keys')[1]?.[1]).toMatchObject({ after: 'x1', limit: 2 })
    expect(c.calls('keys')[0]?.[1]).toMatchObject({ limit: 1 })
    expect(await collect(all.keys({ after: 'b' }))).toEqual(['b/x1', 'b/x2', 'c/x1', 'c/x2'])
    expect(await collect(all.keys({ after: 'b0' }))).toEqual(['c/x1', 'c/x2'])
  })

  it('is in key order where all stores are, and says so', async () => {
    const all = mount({ '\u{1f600}': sorted(), '\uffff': sorted(), 'a-': sorted(), 'a/': sorted() })
    for (const prefix of ['\u{1f600}', '\uffff', 'a-', 'a/']) await all.set(`${prefix}k`, bytes('x'))
    expect(guarantees(all).order).toBe('utf8-bytes')
    expect(await collect(all.keys())).toEqual(['a-k', 'a/k', '\uffffk', '\u{1f600}k'])
    expect(guarantees(mount({ 'a/': sorted(), 'b/': memory() })).order).toBe('none')
  })
})

describe('rename across stores', () => {
  it('moves the value, also over another one, and refuses with ifAbsent', async () => {
    const all = mount({ 'a/': memory(), 'b/': memory() })
    await all.setMany([
      ['a/x', bytes('x')],
      ['b/y', bytes('y')],
    ])
    expect(await rejection(rename(all, 'a/x', 'b/y', { ifAbsent: true }))).toMatchObject({ code: 'Conflict' })
    await rename(all, 'a/x', 'b/y')
    expect(await collect(all.keys())).toEqual(['b/y'])
    expect(text(await all.get('b/y'))).toBe('x')
    expect(await rejection(rename(all, 'a/x', 'b/z'))).toMatchObject({ code: 'NotFound', key: 'a/x' })
    expect(await rejection(rename(all, 'b/y', 'c/y'))).toMatchObject({ code: 'InvalidKey' })
  })

  it('loses no value that is written meanwhile', async () => {
    for (let turns = 0; turns < 20; turns++) {
      const all = mount({ 'a/': memory(), 'b/': memory() })
      await all.set('a/x', bytes('old'))
      const moving = rename(all, 'a/x', 'b/x')
      for (let turn = 0; turn < turns; turn++) await null
      await all.set('a/x', bytes('new'))
      await moving
      expect([text(await all.get('a/x')), text(await all.get('b/x'))]).toContain('new')
    }
  })

  it('of one value by two names changes nothing, through layers and mounts too', async () => {
    const base = spied({ conditions: false }).store
    const inner = mount({ 'in/': at(base, 'x/') })
    const all = mount({ 'a/': base, 'b/': inner, 'c/': mount({ 'd/': inner }) })
    await all.set('a/x/k', bytes('v'))
    for (const other of ['b/in/k', 'c/d/in/k']) {
      await rename(all, 'a/x/k', other)
      await rename(all, other, 'a/x/k')
      expect(text(await all.get('a/x/k'))).toBe('v')
    }
  })
})

describe('promises', () => {
  it('are the weakest of all, and conditions those of all that can be written', async () => {
    const weak = spied({ conditions: false })
    expect(guarantees(mount({ 'a/': memory(), 'b/': weak.store })).conditions).toEqual([])
    const all = mount({ 'a/': memory(), 'b/': readOnly(weak.store) })
    expect(guarantees(all).conditions).toContain('ifMatch')
    const counters = pipe(all, jsonValues<number>())
    await Promise.all(Array.from({ length: 10 }, () => update(counters, 'a/n', (count = 0) => count + 1)))
    expect(await counters.get('a/n')).toBe(10)
    expect(guarantees(mount({ 'a/': memory() })).batchAtomic).toBe(false)
  })

  it('one bad item keeps no other out, also of a store that does all or nothing', async () => {
    const all = mount({ 'a/': memory(), 'b/': memory() })
    const error = await rejection(
      all.setMany([
        ['a/x', bytes('x')],
        ['a/y', 'no bytes' as never],
        ['b/z', bytes('z')],
      ]),
    )
    expect([...(error.failures ?? new Map()).keys()]).toEqual(['a/y'])
    expect(await collect(all.keys())).toEqual(['a/x', 'b/z'])
  })

  it('what only one store can tell comes through', async () => {
    const placed = createStore({
      name: 'placed',
      get: () => undefined,
      keys: () => [],
      pathOf: key => `/files/${key}`,
      urlOf: (key, { expiresIn }) => `https://here/${key}?for=${expiresIn}`,
    })
    const all = mount({ 'a/': placed, 'b/': memory() })
    expect(await pathOf(all, 'a/x')).toBe('/files/x')
    expect(await urlOf(all, 'a/x', { expiresIn: 5 })).toBe('https://here/x?for=5')
    expect(await rejection(pathOf(all, 'b/x'))).toMatchObject({ code: 'Unsupported', key: 'b/x' })
    await all.set('b/x', bytes('x'), { contentType: 'text/plain' })
    expect(await getWithStat(all, 'b/x')).toMatchObject({ stat: { size: 1, contentType: 'text/plain' } })
    expect(await getWithStat(all, 'c')).toBeUndefined()
    expect([await remove(all, 'b/x'), await remove(all, 'b/x')]).toEqual([true, false])
  })

  it('errors name the key of the whole', async () => {
    const broken = createStore({
      name: 'broken',
      get: () => Promise.reject(new Error('no')),
      keys: () => [],
      set: () => Promise.reject(new Error('no')),
      delete: () => {},
    })
    const all = mount({ 'a/': broken, 'b/': memory() })
    for (const call of [() => all.get('a/x'), () => all.set('a/x', bytes('x')), () => readStream(all, 'a/x')])
      expect(await rejection(call)).toMatchObject({ key: 'a/x', store: 'mount', code: 'Unknown' })
    const error = await rejection(
      all.setMany([
        ['a/x', bytes('x')],
        ['b/x', bytes('x')],
      ]),
    )
    expect(error.failures?.get('a/x')).toMatchObject({ key: 'a/x', store: 'mount' })
  })
})

describe('closing and clearing', () => {
  it('closes all stores but the shared one', async () => {
    const [mine, others] = [memory(), memory()]
    await mount({ 'a/': mine, 'b/': shared(others) }).close()
    expect(await rejection(mine.get('x'))).toMatchObject({ code: 'Closed' })
    expect(await others.get('x')).toBeUndefined()
  })

  it('closes the others too when one fails', async () => {
    const open = memory()
    const failing = createStore({
      name: 'failing',
      get: () => undefined,
      keys: () => [],
      close: () => Promise.reject(new Error('no')),
    })
    const error = await rejection(mount({ 'a/': failing, 'b/': open }).close())
    expect(error).toMatchObject({ op: 'close', cause: { message: 'no' } })
    expect(await rejection(open.get('x'))).toMatchObject({ code: 'Closed' })
  })

  it('does not empty a root that holds more than its own', async () => {
    const root = createStore({
      name: 'root',
      sharedRoot: true,
      get: () => undefined,
      keys: () => [],
      set: () => {},
      delete: () => {},
    })
    const all = mount({ 'a/': memory(), 'b/': root })
    expect(await rejection(clear(all, { confirm: true }))).toMatchObject({ code: 'Unsupported' })
    await clear(mount({ 'a/': memory(), 'b/': at(root, 'mine/') }), { confirm: true })
  })
})

describe('what cannot be mounted', () => {
  it('is refused when it is mounted, with what was given', () => {
    for (const mounts of [{}, [memory()], undefined, 'a/'])
      expect(() => mount(mounts as never)).toThrow(
        "mount takes stores by the prefix of their keys, such as { 'a/': store }, not ",
      )
    for (const prefix of ['', '\ud800'])
      expect(() => mount({ 'a/': memory(), [prefix]: memory() })).toThrow(
        'mount: a prefix is a well-formed string that is not empty, not "',
      )
    expect(() => mount({ 'a/b/': memory(), 'a/': memory(), c: memory() })).toThrow(
      'mount: "a/b/" begins with "a/", so keys would be in both',
    )
    expect(() => mount({ 'a/': memory(), 'a-/': memory() })).not.toThrow()
  })

  it('a key without a mount is refused with the first ten prefixes', async () => {
    const mounts = (count: number) =>
      mount(Object.fromEntries(Array.from({ length: count }, (_, index) => [`m${index}/`, memory()])))
    const ten = await rejection(mounts(10).set('x', bytes('1')))
    expect(ten.message).toContain('nothing is mounted there; keys begin with "m0/", "m1/", "m2/"')
    expect(ten.message).toContain('"m9/"')
    expect(ten.message).not.toContain('…')
    const twelve = await rejection(mounts(12).set('x', bytes('1')))
    expect(twelve.message).toContain(', …')
    expect(twelve.message).not.toContain('"m9/"')
    expect(await rejection(remove(mounts(2), 'x'))).toMatchObject({ reason: 'not-mounted' })
    for (const ask of [() => pathOf(mounts(2), 'x'), () => urlOf(mounts(2), 'x')]) {
      const error = await rejection(ask)
      expect(error.code).toBe('Unsupported')
      expect(error.message).toContain('no store is there for the key')
    }
  })
})

describe('promises of several stores', () => {
  const both = (one: object, other: object) =>
    guarantees(mount({ 'a/': promising(one), 'b/': promising(other) }))

  it('are the weakest of each', () => {
    for (const name of ['listConsistency', 'readConsistency'] as const) {
      expect(both({ [name]: 'strong' }, { [name]: 'session' })[name]).toBe('session')
      expect(both({ [name]: 'eventual' }, { [name]: 'session' })[name]).toBe('eventual')
      expect(both({ [name]: 'strong' }, { [name]: 'strong' })[name]).toBe('strong')
    }
    for (const [one, other, weakest] of [
      ['none', 'crash', 'none'],
      ['power-loss', 'crash', 'crash'],
      ['power-loss', 'power-loss', 'power-loss'],
      ['power-loss', 'none', 'none'],
    ])
      expect(both({ durability: one }, { durability: other }).durability).toBe(weakest)
    for (const name of ['atomicOverwrite', 'multiProcess'] as const) {
      expect(both({ [name]: true }, { [name]: false })[name]).toBe(false)
      expect(both({ [name]: true }, { [name]: true })[name]).toBe(true)
    }
    expect(both({ settlesWithinMs: 5 }, { settlesWithinMs: 70 }).settlesWithinMs).toBe(70)
    expect(both({}, {})).toMatchObject({ settlesWithinMs: 0, reverse: false, batchAtomic: false })
    expect(
      both({ order: 'utf8-bytes', reverse: true }, { order: 'utf8-bytes', reverse: true }),
    ).toMatchObject({
      order: 'utf8-bytes',
      reverse: false,
    })
  })

  it('are the widest of what each store refuses by itself', () => {
    expect(both({ rejects: ['nul'] }, { rejects: ['nul', 'control'] }).rejects).toEqual([
      'nul',
      'control',
      'not-mounted',
    ])
    expect(both({ maxValueBytes: 5 }, { maxValueBytes: 9 }).maxValueBytes).toBe(9)
    expect(both({ maxValueBytes: 5 }, { maxValueBytes: null }).maxValueBytes).toBeNull()
    expect(both({ maxValueBytes: null }, { maxValueBytes: 5 }).maxValueBytes).toBeNull()
    // Prefixes take their bytes of a key, of which there are at most 1024.
    expect(both({ maxKeyBytes: 10 }, { maxKeyBytes: 20 }).maxKeyBytes).toBe(22)
    expect(both({ maxKeyBytes: 10 }, { maxKeyBytes: 1024 }).maxKeyBytes).toBe(1024)
    expect(guarantees(mount({ 'ä/': promising({ maxKeyBytes: 10 }) })).maxKeyBytes).toBe(13)
  })

  it('are conditions where all that can be written keep them', () => {
    expect(both({ conditions: ['ifAbsent', 'ifMatch'] }, { conditions: ['ifMatch'] }).conditions).toEqual([
      'ifMatch',
    ])
    expect(guarantees(mount({ 'a/': readOnly(memory()) })).conditions).toEqual([])
  })

  it('write options of any of them are taken, and refused by the others', async () => {
    const all = mount({ 'a/': memory(), 'b/': fromMap<string, Uint8Array>() })
    await all.set('a/x', bytes('1'), { contentType: 'text/plain' } as never)
    expect((await all.stat('a/x'))?.contentType).toBe('text/plain')
    const error = await rejection(all.set('b/x', bytes('1'), { contentType: 'text/plain' } as never))
    expect(error).toMatchObject({ key: 'b/x', store: 'mount' })
    expect(await all.has('b/x')).toBe(false)
  })
})

describe('what each mount is asked', () => {
  it('gets the signal of the call, on every path', async () => {
    const [a, b] = [signalled(), signalled({ conditions: false })]
    const all = mount({ 'a/': a.store, 'b/': b.store })
    const { signal } = new AbortController()
    await all.setMany(
      [
        ['a/x', bytes('1')],
        ['b/x', bytes('1')],
      ],
      { signal },
    )
    await all.set('a/y', bytes('1'), { signal })
    await all.get('a/x', { signal })
    await all.has('a/x', { signal })
    await all.stat('a/x', { signal })
    await getWithStat(all, 'a/x', { signal })
    await collect(all.getMany(['a/x', 'b/x', 'c'], { signal }))
    await collect(all.keys({ signal }))
    await collect(all.entries({ signal }))
    await joinedStream(all, 'a/x', { signal })
    await writeStream(all, 'a/z', [bytes('1')], { signal })
    await rename(all, 'b/x', 'b/zz', { signal })
    await remove(all, 'b/zz', { signal })
    await all.delete('a/y', { signal })
    await all.deleteMany(['a/z', 'b/x'], { signal })
    expect([a.without, b.without]).toEqual([[], []])
  })

  it('no mount behind the limit is opened', async () => {
    const [a, b, c] = [spied(), spied(), spied()]
    const all = mount({ 'a/': a.store, 'b/': b.store, 'c/': c.store })
    for (const prefix of ['a/', 'b/', 'c/'])
      await all.setMany([
        [`${prefix}x`, bytes('1')],
        [`${prefix}y`, bytes('2')],
      ])
    expect(await collect(all.keys({ limit: 4 }))).toEqual(['a/x', 'a/y', 'b/x', 'b/y'])
    expect((await collect(all.entries({ limit: 3 }))).map(([key]) => key)).toEqual(['a/x', 'a/y', 'b/x'])
    expect((await collect(all.entries({ limit: 2 }))).map(([key]) => key)).toEqual(['a/x', 'a/y'])
    expect(c.calls('keys')).toEqual([])
    expect(b.calls('keys')).toHaveLength(2)
    expect(b.calls('keys')[1]?.[1]).toMatchObject({ limit: 1 })
  })

  it('a cursor or prefix that ends with a mount leaves all of its keys', async () => {
    const all = mount({ 'a/': sorted(), 'b/': sorted(), 'c/': sorted() })
    for (const prefix of ['a/', 'b/', 'c/']) await all.set(`${prefix}x`, bytes('1'))
    expect(await collect(all.keys({ after: 'b/' }))).toEqual(['b/x', 'c/x'])
    expect(await collect(all.keys({ prefix: 'b/' }))).toEqual(['b/x'])
    expect(await collect(all.keys({ prefix: 'b' }))).toEqual(['b/x'])
    expect(await collect(all.keys({ prefix: 'b/y' }))).toEqual([])
    expect(await collect(all.keys({ prefix: 'd' }))).toEqual([])
  })

  it('each key goes to the mount whose prefix it has, of whatever length', async () => {
    const all = mount({ a: memory(), 'bb/': memory(), ccccc: memory() })
    for (const key of ['ax', 'bb/x', 'cccccx']) await all.set(key, bytes(key))
    for (const key of ['ax', 'bb/x', 'cccccx']) expect(text(await all.get(key))).toBe(key)
    for (const key of ['a', 'bb/', 'ccccc', 'b', 'cc', 'bbb'])
      expect(await rejection(all.set(key, bytes('x')))).toMatchObject({ reason: 'not-mounted' })
  })

  it('a batch that a store refuses as a whole is tried key by key', async () => {
    const refusing = createStore({
      ...driverOf(memory()),
      name: 'refusing',
      setMany: () => Promise.reject(new Error('no batches')),
      deleteMany: () => Promise.reject(new Error('no batches')),
    } as never) as Store<string, Uint8Array>
    const all = mount({ 'a/': refusing, 'b/': memory() })
    await all.setMany([
      ['a/x', bytes('1')],
      ['a/y', bytes('2')],
      ['b/z', bytes('3')],
    ])
    expect(await collect(all.keys())).toEqual(['a/x', 'a/y', 'b/z'])
    await all.deleteMany(['a/x', 'b/z'])
    expect(await collect(all.keys())).toEqual(['a/y'])
  })

  it('a batch that tells what failed is not tried again', async () => {
    const asked: string[] = []
    const full = createStore({
      ...driverOf(memory()),
      name: 'full',
      set: (key: string) => void asked.push(key),
      setMany: () => new Map([['y', new StoreError('OutOfSpace', 'full')]]),
    } as never) as Store<string, Uint8Array>
    const error = await rejection(
      mount({ 'a/': full }).setMany([
        ['a/x', bytes('1')],
        ['a/y', bytes('2')],
      ]),
    )
    expect([...(error.failures ?? new Map()).keys()]).toEqual(['a/y'])
    expect(asked).toEqual([])
  })

  it('has no more calls under way in all stores together than in one', async () => {
    let [now, most] = [0, 0]
    const counted = async () => {
      most = Math.max(most, ++now)
      await new Promise(resolve => setImmediate(resolve))
      now--
    }
    const slow = () =>
      createStore<string, Uint8Array>({
        name: 'slow',
        get: () => counted().then(() => bytes('1')),
        keys: () => [],
        set: counted,
        delete: counted,
      })
    const all = mount({ 'a/': slow(), 'b/': slow(), 'c/': slow(), 'd/': slow() })
    const keys = ['a/', 'b/', 'c/', 'd/'].flatMap(place =>
      Array.from({ length: 20 }, (_, index) => `${place}${index}`),
    )
    const calls = [
      () => collect(all.getMany(keys)),
      () => all.setMany(keys.map(key => [key, bytes('1')] as const)),
      () => all.deleteMany(keys),
    ]
    for (const call of calls) {
      most = 0
      await call()
      expect(most).toBe(16)
    }
  })

  it('streams of what is nowhere are absent, and ranges are read below', async () => {
    const all = mount({ 'a/': memory(), 'b/': memory() })
    await writeStream(all, 'a/x', [bytes('0123'), bytes('4567')])
    expect(text(await readRange(all, 'a/x', { start: 2, end: 6 }))).toBe('2345')
    expect(await readStream(all, 'c')).toBeUndefined()
    expect(await readStream(all, 'b/x')).toBeUndefined()
  })

  it('a rename onto the same value by another name heeds ifAbsent', async () => {
    const base = memory()
    const all = mount({ 'a/': base, 'b/': at(base, 'in/') })
    await all.set('b/x', bytes('1'))
    expect(await rejection(rename(all, 'b/x', 'a/in/x', { ifAbsent: true }))).toMatchObject({
      code: 'Conflict',
    })
    expect((await rejection(rename(all, 'b/x', 'a/in/x', { ifAbsent: true }))).message).toContain(
      'there is a value already',
    )
    expect(await rejection(rename(all, 'b/none', 'a/in/none'))).toMatchObject({ code: 'NotFound' })
    await rename(all, 'b/x', 'b/y')
    expect(await collect(base.keys())).toEqual(['in/y'])
    expect(await rejection(rename(all, 'b/x', 'b/z'))).toMatchObject({ code: 'NotFound', key: 'b/x' })
    expect(await rejection(rename(all, 'nowhere', 'b/z'))).toMatchObject({ code: 'NotFound' })
    // Two keys of one store by two names are two values.
    await rename(all, 'b/y', 'a/y')
    expect(await collect(base.keys())).toEqual(['y'])
  })

  it('readers alone have nothing to write with', async () => {
    const reader = mount({ 'a/': readOnly(memory()) }) as Store<string, Uint8Array>
    for (const write of [
      () => reader.delete('a/x'),
      () => reader.setMany([['a/x', bytes('1')]]),
      () => reader.deleteMany(['a/x']),
      () => rename(reader, 'a/x', 'a/y'),
      () => remove(reader, 'a/x'),
      () => writeStream(reader, 'a/x', [bytes('1')]),
    ])
      expect(await rejection(write)).toMatchObject({ code: 'ReadOnly' })
  })
})

async function joinedStream(store: Store<string, Uint8Array>, key: string, options: object): Promise<void> {
  for await (const _ of (await readStream(store, key, options)) as AsyncIterable<Uint8Array>);
}

it('any commands give what one Map gives', async () => {
  const key = fc
    .tuple(fc.constantFrom('a/', 'b-', 'bb/'), fc.constantFrom('x', 'y', 'z'))
    .map(([a, b]) => a + b)
  const command = fc.oneof(
    fc.record({ op: fc.constant('set' as const), key, value: fc.integer({ min: 0, max: 9 }) }),
    fc.record({ op: fc.constant('delete' as const), key }),
    fc.record({ op: fc.constant('rename' as const), key, to: key }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 30 }), async commands => {
      const model = new Map<string, string>()
      const stores = { 'a/': sorted(), 'b-': overlay([memory()]), 'bb/': memory() }
      const all = mount(stores)
      for (const each of commands) {
        if (each.op === 'set') {
          model.set(each.key, `${each.value}`)
          await all.set(each.key, bytes(`${each.value}`))
        } else if (each.op === 'delete') {
          model.delete(each.key)
          await all.delete(each.key)
        } else {
          const value = model.get(each.key)
          const moved = await rename(all, each.key, each.to).then(
            () => true,
            () => false,
          )
          expect(moved).toBe(value !== undefined)
          model.delete(each.key)
          if (value !== undefined) model.set(each.to, value)
        }
      }
      const found = (await collect(all.entries())).map(([name, value]) => [name, text(value)])
      expect(new Map(found as [string, string][])).toEqual(model)
      expect(found).toHaveLength(model.size)
    }),
    // A failure prints its seed.
    { numRuns: 200 },
  )
})

it('shows and counts no keys that are no strings, which a store without codecs may have', async () => {
  const map = new Map<unknown, number>([
    [1, 1],
    ['x', 2],
  ])
  const all = mount({ 'a/': fromMap(map) as Store<string, number>, 'b/': fromMap(new Map([['y', 3]])) })
  expect(await collect(all.keys())).toEqual(['a/x', 'b/y'])
  expect(await all.size()).toBe(2)
})
