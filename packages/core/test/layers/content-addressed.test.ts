import { bytes, collect, joined, rejection, text } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  copy,
  guarantees,
  memory,
  pathOf,
  pipe,
  readOnly,
  readStream,
  rename,
  type Store,
  urlOf,
  writeStream,
} from '../../src/index.ts'
import { accepts, contentAddressed } from '../../src/layers.ts'
import { changeAfter } from './support/change-after.ts'
import { placed } from './support/placed.ts'
import { promising } from './support/promising.ts'
import { scripted } from './support/scripted.ts'
import { signalled } from './support/signalled.ts'

const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'

describe('a store of content', () => {
  it.each([true, false])(
    'keeps equal bytes once, under their hash; conditions below: %s',
    async conditions => {
      const { store: below, calls } = scripted({ conditions })
      const store = contentAddressed(below)
      expect(await store.add(bytes('abc'))).toBe(ABC)
      const before = await below.stat(ABC)
      expect(await store.add(bytes('abc'))).toBe(ABC)
      await store.set(ABC, bytes('abc'))
      await writeStream(store, ABC, [bytes('a'), bytes('bc')])
      expect(await below.stat(ABC)).toEqual(before)
      expect(await collect(store.keys())).toEqual([ABC])
      expect(text(await store.get(ABC))).toBe('abc')
      expect(text(await joined((await readStream(store, ABC, { start: 1 })) as never))).toBe('bc')
      expect(await store.stat(ABC)).toMatchObject({ size: 3 })
      expect(await store.get('absent')).toBeUndefined()
      await store.delete(ABC)
      expect(await store.has(ABC)).toBe(false)
      expect(calls.length).toBeGreaterThan(0)
    },
  )

  it('refuses another key, before any effect', async () => {
    const { store: below, calls } = scripted()
    const store = contentAddressed(below)
    for (const refused of await Promise.all(
      [
        store.set('abc', bytes('abc')),
        store.set(ABC, bytes('abd')),
        writeStream(store, 'abc', [bytes('abc')]),
        store.setMany([['abc', bytes('abc')]]),
      ].map(rejection),
    )) {
      expect(refused).toMatchObject({ code: 'InvalidKey' })
    }
    expect(await rejection(store.set('abc', bytes('abc')))).toMatchObject({
      key: 'abc',
      reason: 'wrong-hash',
      store: 'contentAddressed over scripted',
    })
    expect(calls).toEqual([])
    await store.add(bytes('abc'))
    expect(await rejection(rename(store, ABC, 'abc'))).toMatchObject({ code: 'InvalidKey' })
    expect(await store.has(ABC)).toBe(true)
    expect(guarantees(store).conditions).not.toContain('ifMatch')
    expect(await rejection(store.set(ABC, bytes('abc'), { ifAbsent: true }))).toMatchObject({
      code: 'Conflict',
    })
  })

  it('tells damage when it reads, and mends it when the bytes come again', async () => {
    const below = memory()
    const store = contentAddressed(below)
    await store.add(bytes('abc'))
    await below.set(ABC, bytes('abx'))
    expect(await rejection(store.get(ABC))).toMatchObject({ code: 'Corrupt', key: ABC })
    expect((await rejection(collect(store.values()))).code).toBe('Corrupt')
    expect((await rejection(readStream(store, ABC))).code).toBe('Corrupt')
    await store.add(bytes('abc'))
    expect(text(await store.get(ABC))).toBe('abc')
  })

  it('takes another hash, and can be copied', async () => {
    const long = contentAddressed(memory(), { hash: 'SHA-512' })
    expect(await long.add(bytes('abc'))).toMatch(/^ddaf35a1[0-9a-f]{120}$/)
    const sizes = contentAddressed(memory(), { hash: each => `size-${each.byteLength}` })
    expect(await sizes.add(bytes('abc'))).toBe('size-3')
    const from = contentAddressed(memory())
    await from.add(bytes('abc'))
    const to = contentAddressed(memory())
    expect(await copy(from, to)).toEqual({ copied: 1, skipped: 0 })
    expect(text(await to.get(ABC))).toBe('abc')
  })

  it('blames a hash that fails or gives no key', async () => {
    const reason = new Error('broken')
    for (const [hash, code] of [
      [() => Promise.reject(reason), 'InvalidArgument'],
      [() => 5 as never, 'InvalidArgument'],
      [() => '', 'InvalidKey'],
    ] as const)
      expect(await rejection(contentAddressed(memory(), { hash }).add(bytes('abc')))).toMatchObject({
        code,
        op: 'add',
      })
    const store = contentAddressed(memory())
    expect(await rejection(store.add('abc' as never))).toMatchObject({ code: 'InvalidValue' })
    expect(await rejection(store.add(undefined as never))).toMatchObject({ code: 'InvalidValue' })
    const value = bytes('abc')
    const adding = store.add(value)
    value.fill(0)
    expect(await adding).toBe(ABC)
    await store.close()
    expect(await rejection(store.add(bytes('abc')))).toMatchObject({ code: 'Closed' })
  })

  it('is a reader over what can only be read', async () => {
    const below = memory()
    await contentAddressed(below).add(bytes('abc'))
    const { readOnly } = await import('../../src/index.ts')
    const reader = contentAddressed(pipe(below, readOnly) as Store<string, Uint8Array>)
    expect(text(await reader.get(ABC))).toBe('abc')
    expect(await rejection(reader.add(bytes('abc')))).toMatchObject({ code: 'ReadOnly' })
  })
})
describe('what contentAddressed refuses', () => {
  const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'

  it('says the key that the bytes have, and what is damaged', async () => {
    const below = memory()
    const store = contentAddressed(below)
    const wrong = await rejection(store.set('other', bytes('abc')))
    expect(wrong).toMatchObject({ code: 'InvalidKey', reason: 'wrong-hash', key: 'other' })
    expect(wrong.message).toContain(`the key of these bytes is "${ABC}"; add(bytes) stores them under it`)
    await below.set(ABC, bytes('damaged'))
    const damaged = await rejection(store.get(ABC))
    expect(damaged).toMatchObject({ code: 'Corrupt', key: ABC })
    expect(damaged.message).toContain('the bytes do not have the hash that is their key')
    expect(await rejection(store.add(undefined as never))).toMatchObject({ code: 'InvalidValue', op: 'add' })
    const odd = contentAddressed(memory(), { hash: () => 5 as never })
    expect((await rejection(odd.add(bytes('1')))).message).toContain(
      'hash of contentAddressed gives a string, not 5',
    )
    const failing = contentAddressed(memory(), { hash: () => Promise.reject(new Error('no hash')) })
    expect((await rejection(failing.add(bytes('1')))).message).toContain(
      'hash of contentAddressed failed: no hash',
    )
  })

  it('takes the hashes of the platform by name', async () => {
    for (const [hash, length] of [
      ['SHA-256', 64],
      ['SHA-384', 96],
      ['SHA-512', 128],
    ] as const) {
      const store = contentAddressed(memory(), { hash })
      const key = await store.add(bytes('abc'))
      expect(key).toMatch(/^[0-9a-f]+$/)
      expect(key).toHaveLength(length)
      expect(text(await store.get(key))).toBe('abc')
    }
    for (const hash of ['MD5', 5, {}])
      expect(() => contentAddressed(memory(), { hash } as never)).toThrow(TypeError)
  })

  it('is told beforehand by accepts', async () => {
    const store = contentAddressed(memory())
    expect(await accepts(store, ABC, bytes('abc'))).toEqual({ accepted: true })
    expect(await accepts(store, 'other', bytes('abc'))).toMatchObject({
      accepted: false,
      error: { code: 'InvalidKey' },
    })
    expect(await accepts(store, 'other')).toEqual({ accepted: true })
  })

  it.each([true, false])('stores what is not there, once; with conditions below: %s', async conditions => {
    const { store: below, calls, next } = scripted({ conditions })
    const store = contentAddressed(below)
    await store.add(bytes('abc'))
    const before = await below.stat(ABC)
    await store.add(bytes('abc'))
    await store.set(ABC, bytes('abc'))
    expect(await below.stat(ABC)).toEqual(before)
    if (conditions)
      expect(await rejection(store.set(ABC, bytes('abc'), { ifAbsent: true }))).toMatchObject({
        code: 'Conflict',
      })
    await below.set(ABC, bytes('damaged'))
    await store.add(bytes('abc'))
    expect(text(await store.get(ABC))).toBe('abc')
    next.set = [new Error('no disk')]
    expect(await rejection(store.add(bytes('new')))).toMatchObject({ cause: { message: 'no disk' } })
    expect(calls.length).toBeGreaterThan(0)
  })

  it('leaves the rest as it is: places, changes, write options and the signal', async () => {
    const { store: below } = placed()
    const store = contentAddressed(below)
    expect(await pathOf(store, ABC)).toBe(`/files/${ABC}`)
    expect(await urlOf(store, ABC)).toBe(`https://here/${ABC}`)
    expect(await changeAfter(store, () => below.set('seen', bytes('1')))).toBe('seen')
    await store.set(ABC, bytes('abc'), { contentType: 'text/plain' } as never)
    expect((await below.stat(ABC))?.contentType).toBe('text/plain')
    for (const conditions of [true, false]) {
      const { store: under, without } = signalled({ conditions })
      const hashed = contentAddressed(under)
      const { signal } = new AbortController()
      const key = await hashed.add(bytes('abc'), { signal })
      await hashed.add(bytes('abc'), { signal })
      await hashed.get(key, { signal })
      await hashed.has(key, { signal })
      expect(without).toEqual([])
    }
  })

  it('what is added is what was given, whatever becomes of it', async () => {
    const store = contentAddressed(memory())
    const value = bytes('abc')
    const adding = store.add(value)
    value.fill(0)
    expect(await adding).toBe(ABC)
    expect(text(await store.get(ABC))).toBe('abc')
    expect(await store.get('none')).toBeUndefined()
    expect(await rejection(contentAddressed(readOnly(memory())).add(bytes('1')))).toMatchObject({
      code: 'ReadOnly',
    })
    const plain = contentAddressed(promising({ conditions: ['ifMatch'] }))
    expect(await plain.add(bytes('abc'))).toBe(ABC)
  })
})
