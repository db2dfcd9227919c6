import { bytes, collect, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  copy,
  decodeValues,
  endsWith,
  filterKeys,
  fromMap,
  getOrInsert,
  isStoreError,
  jsonValues,
  mapKeys,
  mapValues,
  memory,
  oneOf,
  pipe,
  type StandardSchema,
  StoreError,
  schema,
  segments,
  suffix,
  template,
  textValues,
  update,
} from '../src/index.ts'
import { cachedKeys } from '../src/layers.ts'

/** A schema of a validation that never fails. */
function through<Input, Output>(change: (value: Input) => Output): StandardSchema<Input, Output> {
  return {
    '~standard': { version: 1, vendor: 'test', validate: value => ({ value: change(value as Input) }) },
  }
}

describe('what the types say happens', () => {
  it('transforms in constants do the same as in a pipe', async () => {
    const only = filterKeys(endsWith('.txt'))
    const named = mapKeys(suffix('.txt'))
    const listed = cachedKeys()
    const store = pipe(memory(), only, named, textValues(), listed)
    await store.set('a', 'A')
    expect(await collect(store.keys())).toEqual(['a'])
    store.refreshKeys()
    expect(await collect(store.keys())).toEqual(['a'])
  })

  it('bytes come out plain, over memory of their own', async () => {
    const store = memory()
    const shared = new Uint8Array(new SharedArrayBuffer(3))
    await store.set('shared', shared)
    await store.set('buffer', Buffer.from('abc'))
    for (const key of ['shared', 'buffer']) {
      const value = await store.getOrThrow(key)
      expect(Object.getPrototypeOf(value)).toBe(Uint8Array.prototype)
      expect(value.buffer).toBeInstanceOf(ArrayBuffer)
      expect((await new Response(value).arrayBuffer()).byteLength).toBe(3)
    }
    const made = await getOrInsert(store, 'made', () => Buffer.from('abc'))
    expect(Object.getPrototypeOf(made)).toBe(Uint8Array.prototype)
    const changed = await update(store, 'made', () => Buffer.from('abcd'))
    expect(Object.getPrototypeOf(changed)).toBe(Uint8Array.prototype)
  })

  it('a date is no prefix: it is refused, and nothing is copied', async () => {
    const days = pipe(memory(), mapKeys(template('{day:date}').scalar()))
    await days.set(new Date('2026-11-30'), bytes('x'))
    const prefix = new Date('2026-11-30') as never
    expect(await rejection(collect(days.keys({ prefix })))).toMatchObject({ code: 'InvalidArgument' })
    const target = fromMap<Date, Uint8Array>()
    expect(await rejection(copy(days, target, { prefix }))).toMatchObject({ code: 'InvalidArgument' })
    expect(await target.size()).toBe(0)
  })

  it('an error that has another code is still a StoreError', () => {
    const error = new StoreError('Conflict', 'x')
    expect([isStoreError(error), isStoreError(error, 'NotFound'), isStoreError(error, 'Conflict')]).toEqual([
      true,
      false,
      true,
    ])
  })

  it('what is only decoded cannot be written', async () => {
    const lengths = pipe(
      memory(),
      decodeValues(value => value.length),
    )
    expect(
      await rejection((lengths as never as ReturnType<typeof memory>).set('k', bytes('x'))),
    ).toMatchObject({
      code: 'ReadOnly',
    })
    expect(() => mapValues(((value: Uint8Array) => value.length) as never)).toThrow(/decodeValues/)
  })

  it('a schema fills in defaults, and reads back what it wrote', async () => {
    const user = through((value: { name: string; role?: string }) => ({ role: 'user', ...value }))
    const users = pipe(memory(), jsonValues(), mapValues(schema(user)))
    await users.set('ann', { name: 'Ann', role: 'admin' })
    await (users as never as { set(key: string, value: object): Promise<void> }).set('bob', { name: 'Bob' })
    expect(await users.get('bob')).toEqual({ name: 'Bob', role: 'user' })
    await users.set('bob', await users.getOrThrow('bob'))
    expect(await users.get('bob')).toEqual({ name: 'Bob', role: 'user' })
  })

  it('a schema that changes a value each time is refused when writing', async () => {
    const loud = through((value: string) => `${value}!`)
    const base = pipe(memory(), jsonValues())
    const store = pipe(base, mapValues(schema(loud)))
    expect(await rejection(store.set('k', 'a'))).toMatchObject({ code: 'InvalidValue' })
    expect(await base.has('k')).toBe(false)
    const trimmed = pipe(base, mapValues(schema(through((value: string) => value.trim()))))
    await trimmed.set('k', ' a ')
    expect(await trimmed.get('k')).toBe('a')
  })

  it('tuples in a list of keys are found by their content', async () => {
    const paths = pipe(memory(), mapKeys(segments()))
    await paths.set(['a', 'b'], bytes('x'))
    await paths.set(['c'], bytes('x'))
    const some = pipe(paths, filterKeys(oneOf([['a', 'b']])))
    expect(await collect(some.keys())).toEqual([['a', 'b']])
  })
})
