import { bytes, collect, rejection, text as textOf } from '@kvdol/test-support'
import fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { driverOf } from '../../src/adapter.ts'
import {
  compose,
  createStore,
  fromMap,
  guarantees,
  json,
  jsonValues,
  mapKeys,
  memory,
  pipe,
  type Reader,
  readOnly,
  rename,
  type Store,
  shared,
  template,
  text,
  textValues,
  update,
} from '../../src/index.ts'
import { type Edit, fields } from '../../src/layers.ts'
import { promising } from './support/promising.ts'
import { signalled } from './support/signalled.ts'

interface Settings {
  port: number
  host: string
  [name: string]: unknown
}

const values = compose(json<Record<string, unknown>>(), text())

/** A store that counts its writes. */
function counting() {
  const below = memory()
  const { name: _, set, ...driver } = driverOf(below)
  const counted = { writes: 0 }
  const store = createStore({
    ...driver,
    name: 'counting',
    set: (key: string, value: Uint8Array, options: object) => {
      counted.writes++
      return (set as NonNullable<typeof set>)(key, value, options as never)
    },
  } as never) as Store<string, Uint8Array>
  return { store, counted }
}

describe('one value as a store of its fields', () => {
  it('reads, writes, lists and removes them', async () => {
    const store = memory()
    const settings = fields({
      store,
      key: 'app.json',
      values: compose(json<{ port: number; host: string }>(), text()),
    })
    expectTypeOf(settings).toEqualTypeOf<Store<'port' | 'host', number | string>>()
    expect(await settings.get('port')).toBeUndefined()
    expect(await collect(settings.keys())).toEqual([])
    await settings.set('port', 80)
    await settings.set('host', 'here')
    expect(textOf(await store.get('app.json'))).toBe('{"port":80,"host":"here"}')
    expect(await collect(settings.entries())).toEqual([
      ['port', 80],
      ['host', 'here'],
    ])
    expect([await settings.has('port'), await settings.size()]).toEqual([true, 2])
    await settings.delete('port')
    await settings.delete('port')
    await rename(settings, 'host', 'port')
    expect(await collect(settings.keys())).toEqual(['port'])
    expect(await rejection(rename(settings, 'host', 'port'))).toMatchObject({ code: 'NotFound', key: 'host' })
    await settings.deleteMany(['port', 'host'])
    expect(textOf(await store.get('app.json'))).toBe('{}')
  })

  it('a batch is one write, and so is what is asked for in one go', async () => {
    const { store, counted } = counting()
    const all = fields({ store, key: 'big.json', values })
    const entries = Array.from({ length: 1000 }, (_, index) => [`field-${index}`, index] as const)
    await all.setMany(entries)
    expect(counted.writes).toBe(1)
    expect(await all.size()).toBe(1000)
    await all.deleteMany(entries.slice(1).map(([name]) => name))
    expect(counted.writes).toBe(2)
    await Promise.all(entries.map(([name, value]) => all.set(name, value + 1)))
    expect(counted.writes).toBe(3)
    expect(await all.get('field-999')).toBe(1000)
    // What changes nothing writes nothing.
    await all.delete('nowhere')
    expect(counted.writes).toBe(3)
  })

  it('writers of one value lose nothing, whether of one store or of several', async () => {
    const store = memory()
    const writers = Array.from({ length: 4 }, () => fields({ store, key: 'shared.json', values }))
    await Promise.all(
      writers.flatMap((writer, index) =>
        Array.from({ length: 25 }, async (_, turn) => {
          await writer.set(`${index}-${turn}`, turn)
          await update(writer as Store<string, number>, 'count', (count = 0) => count + 1)
        }),
      ),
    )
    expect(await writers[0]?.size()).toBe(101)
    expect(await writers[0]?.get('count')).toBe(100)
  })

  it('one of several writes that fails keeps the others in', async () => {
    const all = fields({ store: memory(), key: 'a.json', values })
    const [fine, bad, other] = await Promise.allSettled([
      all.set('fine', 1),
      all.set('bad', 1n),
      all.set('other', 2),
    ])
    expect([fine?.status, other?.status]).toEqual(['fulfilled', 'fulfilled'])
    expect((bad as PromiseRejectedResult).reason).toMatchObject({
      code: 'InvalidValue',
      key: 'bad',
      op: 'set',
      store: 'fields of "a.json"',
    })
    expect(await collect(all.keys())).toEqual(['fine', 'other'])
    expect(
      await rejection(
        all.setMany([
          ['x', 1],
          ['y', 1n],
        ]),
      ),
    ).toMatchObject({ code: 'InvalidValue' })
    expect(await all.has('x')).toBe(false)
  })

  it('keeps what a caller changes later out', async () => {
    const all = fields({ store: memory(), key: 'a.json', values })
    const list = [1]
    const setting = all.set('list', list)
    list.push(2)
    await setting
    expect(await all.get('list')).toEqual([1])
    const cycle: unknown[] = []
    cycle.push(cycle)
    expect(await rejection(all.set('cycle', cycle))).toMatchObject({ code: 'InvalidValue', key: 'cycle' })
  })

  it('conditions speak of the field', async () => {
    const all = fields({ store: memory(), key: 'a.json', values }) as Store<string, unknown>
    await all.set('x', 1, { ifAbsent: true })
    const etag = (await all.stat('x'))?.etag as string
    await all.set('y', 2)
    expect((await all.stat('x'))?.etag).toBe(etag)
    expect(await rejection(all.set('x', 2, { ifAbsent: true }))).toMatchObject({ code: 'Conflict', key: 'x' })
    await all.set('x', 3, { ifMatch: etag })
    expect(await rejection(all.set('x', 4, { ifMatch: etag }))).toMatchObject({ code: 'Conflict' })
    expect(await rejection(all.delete('x', { ifMatch: etag }))).toMatchObject({ code: 'Conflict' })
    await all.set('x', 1)
    await all.delete('x', { ifMatch: etag })
    expect(await all.stat('x')).toBeUndefined()
    expect((await all.stat('y'))?.etag).not.toBe(etag)
  })
})

describe('fields deeper inside', () => {
  it('are those at a path, which the first write makes', async () => {
    const store = pipe(memory(), jsonValues<Record<string, unknown>>())
    const server = fields({ store, key: 'app' }, ['server', 'http'])
    expectTypeOf(server).toEqualTypeOf<Store<string, unknown>>()
    expect(await server.size()).toBe(0)
    await server.set('port', 80)
    expect(await store.get('app')).toEqual({ server: { http: { port: 80 } } })
    await store.set('app', { server: null })
    expect(await server.get('port')).toBeUndefined()
    await store.set('app', { server: { http: null }, other: 1 })
    await server.set('port', 81)
    expect(await store.get('app')).toEqual({ server: { http: { port: 81 } }, other: 1 })
    await store.set('app', null as never)
    await server.set('port', 82)
    expect(await store.get('app')).toEqual({ server: { http: { port: 82 } } })
  })

  it('a value that is no object is refused, on the way too, before any effect', async () => {
    const store = pipe(memory(), jsonValues())
    for (const value of [[1], 5, 'text', true]) {
      for (const [whole, path] of [
        [value, []],
        [{ a: value }, ['a']],
        [{ a: value }, ['a', 'b']],
      ] as const) {
        await store.set('k', whole)
        const inside = fields({ store, key: 'k' }, path)
        for (const call of [() => inside.get('x'), () => collect(inside.keys()), () => inside.set('x', 1)])
          expect(await rejection(call)).toMatchObject({ code: 'Incompatible' })
        expect(await store.get('k')).toEqual(whole)
      }
    }
  })

  it('prototype names are fields like any other', async () => {
    const store = memory()
    const all = fields({ store, key: 'a.json', values })
    expect(await all.get('constructor')).toBeUndefined()
    expect(await all.has('__proto__')).toBe(false)
    await all.setMany([
      ['__proto__', { polluted: true }],
      ['constructor', 1],
      ['toString', 2],
    ])
    expect(await collect(all.keys())).toEqual(['__proto__', 'constructor', 'toString'])
    expect(await all.get('__proto__')).toEqual({ polluted: true })
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    const deep = fields({ store, key: 'a.json', values }, ['__proto__', 'constructor'])
    await deep.set('prototype', 1)
    expect(textOf(await store.get('a.json'))).toContain(
      '"__proto__":{"polluted":true,"constructor":{"prototype":1}}',
    )
    await all.delete('__proto__')
    expect(await all.has('__proto__')).toBe(false)
  })
})

describe('what is below', () => {
  it('has to keep conditions, unless nobody else writes there', async () => {
    const map = new Map<string, Record<string, unknown>>([['a', { x: 1 }]])
    const plain = fields({ store: fromMap(map), key: 'a' })
    expect(await plain.get('x')).toBe(1)
    for (const write of [() => plain.set('x', 2), () => plain.delete('x'), () => plain.setMany([['x', 2]])])
      expect(await rejection(write)).toMatchObject({ code: 'Unsupported' })
    const unguarded = fields({ store: fromMap(map), key: 'a', unguarded: true })
    const before = map.get('a')
    await Promise.all([unguarded.set('x', 2), unguarded.set('y', 3)])
    expect(map.get('a')).toEqual({ x: 2, y: 3 })
    expect(before).toEqual({ x: 1 })
    expect(guarantees(unguarded).conditions).toEqual([])
  })

  it('a reader gives a reader; closing closes the store, but a shared one', async () => {
    const store = pipe(memory(), jsonValues<Record<string, unknown>>())
    const reader: Reader<string, unknown> = fields({ store: readOnly(store), key: 'a' })
    expect(await rejection((reader as Store<string, unknown>).set('x', 1))).toMatchObject({
      code: 'ReadOnly',
    })
    await fields({ store: shared(store), key: 'a' }).close()
    await fields({ store, key: 'a' }).close()
    expect(await rejection(store.get('a'))).toMatchObject({ code: 'Closed' })
  })

  it('codecs that throw are told with the field and their error', async () => {
    const reason = new Error('no')
    const fail = () => {
      throw reason
    }
    const store = memory()
    const broken = {
      decode: (inner: Uint8Array) => ({ n: inner.length }) as Record<string, unknown>,
      encode: fail,
    }
    const error = await rejection(fields({ store, key: 'a', values: broken }).set('x', 1))
    expect(error).toMatchObject({ code: 'InvalidValue', key: 'x', store: 'fields of "a"' })
    expect(error.cause).toBe(reason)
    await store.set('a', bytes('{'))
    for (const call of [
      (all: Store<string, unknown>) => all.get('x'),
      (all: Store<string, unknown>) => all.set('x', 1),
    ])
      expect(await rejection(call(fields({ store, key: 'a', values })))).toMatchObject({
        code: 'Corrupt',
        key: 'x',
      })
    expect(textOf(await store.get('a'))).toBe('{')
  })

  it('a codec may change the stored value in place', async () => {
    const lines = {
      decode: (whole: string) =>
        Object.fromEntries(
          whole
            .split('\n')
            .filter(line => line.includes('='))
            .map(line => line.split('=')),
        ) as Record<string, unknown>,
      encode: (record: Record<string, unknown>) =>
        Object.entries(record)
          .map(([name, value]) => `${name}=${value}`)
          .join('\n'),
      edit: (whole: string, edits: readonly Edit[]) =>
        edits.reduce(
          (now, { path: [name], value }) => now.replace(new RegExp(`${name}=.*`), `${name}=${value}`),
          whole,
        ),
    }
    const store = pipe(memory(), textValues())
    await store.set('a', '# kept\nx=1\ny=2')
    await fields({ store, key: 'a', values: lines }).set('y', '3')
    expect(await store.get('a')).toBe('# kept\nx=1\ny=3')
  })
})

describe('what a store of fields says of itself', () => {
  it('refuses a path that is no list of names, and a key that its store does not hold', () => {
    const store = memory()
    for (const path of ['server', ['server', 1], null, {}])
      expect(() => fields({ store, key: 'a' }, path as never)).toThrow(
        "fields: the path is a list of names, such as ['server'], not ",
      )
    let failed: unknown
    try {
      fields({ store, key: 5 as never })
    } catch (error) {
      failed = error
    }
    if (failed !== undefined) expect(failed).toMatchObject({ code: 'InvalidKey' })
  })

  it('is named after its place', async () => {
    const store = pipe(memory(), jsonValues())
    await store.set('a', { server: 5 })
    const [all, server] = [fields({ store, key: 'a' }), fields({ store, key: 'a' }, ['server'])]
    expect((await rejection(all.get('x'.repeat(5000)))).store).toBe('fields of "a"')
    expect((await rejection(server.get('x'))).store).toMatch(/^fields of "a" at .*server/)
    expect((await rejection(server.get('x'))).message).toMatch(
      /what is at .*server.* is .*number.*, which has no fields/,
    )
    await store.set('a', 5)
    expect((await rejection(all.get('x'))).message).toMatch(/the value is .*number.*, which has no fields/)
  })

  it('has conditions where the store below has both that they need', () => {
    const conditions = (below: readonly string[]) =>
      guarantees(fields({ store: promising({ conditions: below as never }), key: 'a', values })).conditions
    expect(conditions(['ifAbsent', 'ifMatch'])).toEqual(['ifAbsent', 'ifMatch', 'deleteIfMatch'])
    expect(conditions(['ifAbsent'])).toEqual([])
    expect(conditions(['ifMatch', 'deleteIfMatch'])).toEqual([])
  })

  it('has fields of any name and length, whatever the store below refuses', () => {
    const below = promising({
      order: 'utf8-bytes',
      reverse: true,
      maxKeyBytes: 5,
      maxValueBytes: 5,
      rejects: ['nul'],
      atomicOverwrite: false,
    })
    expect(guarantees(fields({ store: below, key: 'a', values }))).toMatchObject({
      order: 'none',
      reverse: false,
      maxKeyBytes: 1024,
      maxValueBytes: null,
      rejects: [],
      batchAtomic: true,
    })
    expect(guarantees(fields({ store: readOnly(memory()), key: 'a', values })).batchAtomic).toBe(false)
  })

  it('needs a store with both conditions to write, and says what else can be done', async () => {
    for (const conditions of [['ifAbsent'], ['ifMatch']] as const) {
      const store = promising({ conditions: [...conditions] })
      const error = await rejection(fields({ store, key: 'a', values }).set('x', 1))
      expect(error).toMatchObject({ code: 'Unsupported', key: 'x' })
      expect(error.message).toContain('a part of a value is written under ifMatch')
      expect(error.message).toContain('{ unguarded: true }')
      expect(await store.has('a')).toBe(false)
      await fields({ store, key: 'a', values, unguarded: true }).set('x', 1)
      expect(await store.has('a')).toBe(true)
    }
  })

  it('hands the signal on, and writes nothing once it has fired', async () => {
    const { store, without } = signalled()
    const all = fields({ store, key: 'a', values })
    const { signal } = new AbortController()
    await all.get('x', { signal })
    await all.has('x', { signal })
    await all.stat('x', { signal })
    await collect(all.keys({ signal }))
    await collect(all.entries({ signal }))
    expect(without).toEqual([])
    const leaving = new AbortController()
    const [stays, left] = [all.set('x', 1), rejection(all.set('y', 2, { signal: leaving.signal }))]
    leaving.abort()
    await stays
    expect(await left).toMatchObject({ code: 'Aborted' })
    expect(await collect(all.keys())).toEqual(['x'])
  })

  it('lists by prefix, without fields that hold nothing', async () => {
    const store = fromMap(new Map<string, unknown>([['a', { port: 1, pot: 2, other: 3, none: undefined }]]))
    const all = fields({ store, key: 'a' })
    expect(await collect(all.keys({ prefix: 'po' }))).toEqual(['port', 'pot'])
    expect(await collect(all.entries({ prefix: 'ot' }))).toEqual([['other', 3]])
    expect(await collect(all.keys())).toEqual(['port', 'pot', 'other'])
    expect(await all.has('none')).toBe(false)
    expect(await collect(all.getMany(['pot', 'none', 'port']))).toEqual([
      ['pot', 2],
      ['none', undefined],
      ['port', 1],
    ])
  })
})

describe('what changes nothing is not written', () => {
  it('a removal of what is not there, and a rename onto itself', async () => {
    const { store, counted } = counting()
    const all = fields({ store, key: 'a', values }) as Store<string, unknown>
    await all.deleteMany(['x', 'y'])
    await all.delete('x')
    expect(counted.writes).toBe(0)
    await all.setMany([
      ['x', 1],
      ['y', 2],
    ])
    await rename(all, 'x', 'x')
    await all.deleteMany(['z'])
    expect(counted.writes).toBe(1)
    expect(await rejection(rename(all, 'x', 'y', { ifAbsent: true }))).toMatchObject({ code: 'Conflict' })
    expect(await rejection(rename(all, 'none', 'y'))).toMatchObject({ code: 'NotFound' })
    expect(counted.writes).toBe(1)
    await rename(all, 'x', 'y')
    expect(await collect(all.entries())).toEqual([['y', 1]])
    await all.deleteMany(['none', 'y'])
    expect(await collect(all.keys())).toEqual([])
  })

  it('a condition that does not hold says what is in the way', async () => {
    const all = fields({ store: memory(), key: 'a', values }) as Store<string, unknown>
    await all.set('x', 1)
    const why = async (call: Promise<unknown>) => (await rejection(call)).message
    expect(await why(all.set('x', 2, { ifAbsent: true }))).toContain('there is a value already')
    expect(await why(all.set('x', 2, { ifMatch: 'old' }))).toContain('the value has changed since')
    expect(await why(all.set('y', 2, { ifMatch: 'old' }))).toContain('there is no value any more')
    expect(await why(all.delete('y', { ifMatch: 'old' }))).toContain('there is no value any more')
    expect(await all.get('x')).toBe(1)
  })

  it('of several writes that are asked for together, one that is too large fails alone', async () => {
    const store = promising({ maxValueBytes: 60 })
    const all = fields({ store, key: 'a', values })
    const [small, large, other] = await Promise.allSettled([
      all.set('small', 1),
      all.set('large', 'x'.repeat(100)),
      all.set('other', 2),
    ])
    expect([small?.status, other?.status]).toEqual(['fulfilled', 'fulfilled'])
    expect((large as PromiseRejectedResult).reason).toMatchObject({ code: 'TooLarge', key: 'large' })
    expect(await collect(all.keys())).toEqual(['small', 'other'])
  })

  it('a failure of the store below fails all that were written together', async () => {
    const driver = driverOf(memory())
    const store = createStore({
      ...driver,
      name: 'broken',
      set: () => Promise.reject(new Error('no disk')),
    } as never) as Store<string, Uint8Array>
    const all = fields({ store, key: 'a', values })
    const done = await Promise.allSettled([all.set('x', 1), all.set('y', 2)])
    expect(done.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    for (const each of done) expect((each as PromiseRejectedResult).reason).toMatchObject({ op: 'set' })
  })

  it('what is nested too deep is refused, and what is not is kept', async () => {
    const all = fields({ store: pipe(fromMap<string, unknown>()), key: 'a', unguarded: true })
    const deep = (levels: number) => {
      let value: unknown = 'end'
      for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { value }
      return value
    }
    await all.set('x', deep(990))
    const error = await rejection(all.set('x', deep(1010)))
    expect(error.code).toBe('InvalidValue')
    expect(error.message).toContain('the value has a cycle, or more than 1000 levels')
  })
})

describe('edits of one value that are asked for together', () => {
  it('are made one after the other, on fields of any name', async () => {
    const all = fields({ store: memory(), key: 'a', values })
    await all.set('other', 1)
    await Promise.all([
      all.set('__proto__', 1),
      all.set('__proto__', 2),
      all.delete('__proto__'),
      all.set('x', 1),
    ])
    expect(await collect(all.entries())).toEqual([
      ['other', 1],
      ['x', 1],
    ])
    await Promise.all([all.set('x', 2), all.set('x', 3)])
    expect(await all.get('x')).toBe(3)
  })

  it('a value is nested a thousand levels at most', async () => {
    const deep = (levels: number) => {
      let value: unknown = 'end'
      for (let level = 0; level < levels; level++) value = [value]
      return value
    }
    const open = () => fields({ store: fromMap<string, unknown>(), key: 'a', unguarded: true })
    await open().set('x', deep(1000))
    expect(await rejection(open().set('x', deep(1001)))).toMatchObject({ code: 'InvalidValue', key: 'x' })
  })

  it('a key that its store cannot have is refused when the fields are asked for', () => {
    const store = pipe(memory(), mapKeys(template('{user}/{n:int}')), jsonValues())
    let refused: unknown
    try {
      fields({ store, key: { user: 'ann', n: 'none' } as never })
    } catch (error) {
      refused = error
    }
    expect(refused).toMatchObject({ code: 'InvalidKey', op: 'fields' })
  })
})

it('any commands give what a Map gives', async () => {
  const name = fc.constantFrom('a', 'b', '__proto__', '1', 'a.b')
  const command = fc.oneof(
    fc.record({ op: fc.constant('set' as const), name, value: fc.jsonValue() }),
    fc.record({ op: fc.constant('delete' as const), name }),
    fc.record({ op: fc.constant('many' as const), names: fc.uniqueArray(name), value: fc.integer() }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 20 }), fc.boolean(), async (commands, deep) => {
      const store = memory()
      const all = fields({ store, key: 'k', values }, deep ? ['in', 'side'] : [])
      const model = new Map<string, unknown>()
      for (const each of commands) {
        if (each.op === 'set') {
          model.set(each.name, each.value)
          await all.set(each.name, each.value)
        } else if (each.op === 'delete') {
          model.delete(each.name)
          await all.delete(each.name)
        } else {
          for (const one of each.names) model.set(one, each.value)
          await all.setMany(each.names.map(one => [one, each.value] as const))
        }
      }
      const found = await collect(all.entries())
      expect(found).toHaveLength(model.size)
      // JSON has no -0.
      const plain = (value: unknown) => JSON.stringify(value)
      for (const [key, value] of found) expect(plain(value)).toBe(plain(model.get(key)))
    }),
    // A failure prints its seed.
    { numRuns: 200 },
  )
})

it('fields of a typed value have its names', () => {
  const typed = fields({ store: pipe(memory(), jsonValues<Settings>()), key: 'a' })
  expectTypeOf(typed.get).parameter(0).toEqualTypeOf<string>()
})
