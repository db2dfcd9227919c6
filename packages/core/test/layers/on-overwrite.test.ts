import { bytes, collect, rejection, text } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  copy,
  guarantees,
  jsonValues,
  memory,
  pipe,
  rename,
  type Store,
  StoreError,
  update,
  writeStream,
} from '../../src/index.ts'
import { noDelete, type Overwriting, onOverwrite } from '../../src/layers.ts'
import { scripted } from './support/scripted.ts'

type Bytes = Store<string, Uint8Array>

describe('a store that refuses to overwrite', () => {
  it('takes a new key, refuses an existing one, and takes it again once it is deleted', async () => {
    const store = pipe(memory(), onOverwrite())
    await store.set('a', bytes('1'))
    expect(await rejection(store.set('a', bytes('2')))).toMatchObject({
      code: 'Conflict',
      key: 'a',
      op: 'set',
    })
    expect(text(await store.get('a'))).toBe('1')
    await store.delete('a')
    await store.set('a', bytes('3'))
    expect(text(await store.get('a'))).toBe('3')
    const kept = pipe(store, noDelete())
    expect(await rejection(kept.delete('a'))).toMatchObject({ code: 'ReadOnly' })
  })

  it.each([true, false])('on every path, with conditions below: %s', async conditions => {
    const { store: below } = scripted({ conditions })
    await below.set('taken', bytes('old'))
    const store = pipe(below, onOverwrite())
    await store.set('free', bytes('free'))
    const failed = await rejection(
      store.setMany([
        ['taken', bytes('new')],
        ['other', bytes('new')],
      ]),
    )
    expect([...(failed.failures ?? [])].map(([key, { code }]) => [key, code])).toEqual([
      ['taken', 'Conflict'],
    ])
    expect(text(await store.get('other'))).toBe('new')
    for (const write of [
      () => writeStream(store, 'taken', [bytes('new')]),
      () => rename(store, 'free', 'taken'),
      () => rename(store, 'free', 'taken', conditions ? { ifAbsent: true } : {}),
    ])
      expect(await rejection(write())).toMatchObject({ code: 'Conflict' })
    expect(await rejection(rename(store, 'absent', 'taken'))).toMatchObject({ code: 'NotFound' })
    const source = memory()
    await source.setMany([
      ['taken', bytes('new')],
      ['copied', bytes('new')],
    ])
    expect(await copy(source, store, { overwrite: false })).toEqual({ copied: 1, skipped: 1 })
    expect((await rejection(copy(source, store))).code).toBe('Conflict')
    expect(text(await below.get('taken'))).toBe('old')
    expect(text(await below.get('free'))).toBe('free')
    await rename(store, 'free', 'free')
    await rename(store, 'free', 'moved')
    expect(text(await store.get('moved'))).toBe('free')
  })

  it('lets one of many writers through', async () => {
    const below = memory()
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => pipe(below, onOverwrite()).set('a', bytes(String(index)))),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  it('writes nothing where the value is the same, if that is asked for', async () => {
    const { store: below, calls } = scripted()
    const store = pipe(below, onOverwrite({ same: true }))
    await store.set('a', bytes('1'))
    const before = await below.stat('a')
    await store.set('a', bytes('1'))
    await writeStream(store, 'a', [bytes('1')])
    expect(await below.stat('a')).toEqual(before)
    expect(await rejection(store.set('a', bytes('2')))).toMatchObject({ code: 'Conflict' })
    expect(await rejection(store.set('a', bytes('1'), { ifAbsent: true }))).toMatchObject({
      code: 'Conflict',
    })
    expect(calls.filter(call => call.startsWith('delete'))).toEqual([])
    const people = pipe(
      memory(),
      jsonValues<{ name: string; seen: number }>(),
      onOverwrite({ same: (old, value) => old.name === value.name }),
    )
    await people.set('a', { name: 'Ann', seen: 1 })
    await people.set('a', { name: 'Ann', seen: 2 })
    expect(await people.get('a')).toEqual({ name: 'Ann', seen: 1 })
  })

  it('cannot keep ifMatch, and says so, so that update does not try in vain', async () => {
    const store = pipe(memory(), onOverwrite())
    expect(guarantees(store).conditions).toEqual(['ifAbsent', 'deleteIfMatch'])
    expect(await rejection(update(store, 'a', () => bytes('1')))).toMatchObject({ code: 'Unsupported' })
  })
})

describe('a store that asks before it overwrites', () => {
  function asking(
    answer: (overwriting: Overwriting<string, Uint8Array>) => unknown,
    below: Bytes = memory(),
  ) {
    const asked: string[] = []
    const store = pipe(
      below,
      onOverwrite<Bytes>({
        policy: async overwriting => {
          asked.push(`${overwriting.key}: ${text(overwriting.old)} -> ${text(overwriting.value)}`)
          return (await answer(overwriting)) as boolean
        },
      }),
    )
    return { below, store, asked }
  }

  it('asks nothing for a new key and for the same value, and keeps the old one when it is refused', async () => {
    const { store, asked } = asking(() => false)
    await store.set('a', bytes('1'))
    await store.set('a', bytes('1'))
    expect(asked).toEqual([])
    expect(await rejection(store.set('a', bytes('2')))).toMatchObject({ code: 'Conflict', key: 'a' })
    expect(asked).toEqual(['a: 1 -> 2'])
    expect(text(await store.get('a'))).toBe('1')
  })

  it('stores what it is told to: the new value, another one, or none', async () => {
    const answers: unknown[] = []
    const { store } = asking(({ old }) => {
      const answer = answers.shift()
      return answer === 'old' ? old : answer
    })
    await store.set('a', bytes('1'))
    answers.push(true)
    await store.set('a', bytes('2'))
    expect(text(await store.get('a'))).toBe('2')
    answers.push(bytes('other'))
    await store.setMany([['a', bytes('3')]])
    expect(text(await store.get('a'))).toBe('other')
    const before = await store.stat('a')
    answers.push('old')
    await writeStream(store, 'a', [bytes('4')])
    expect(await store.stat('a')).toEqual(before)
    await store.set('b', bytes('moved'))
    answers.push(true)
    await rename(store, 'b', 'a')
    expect(await collect(store.keys())).toEqual(['a'])
    expect(text(await store.get('a'))).toBe('moved')
  })

  it('replaces what it was asked about, and asks again when somebody writes meanwhile', async () => {
    const { store, asked, below } = asking(async ({ old }) => {
      if (text(old) === '1') await below.set('a', bytes('between'))
      return true
    })
    await below.set('a', bytes('1'))
    await store.set('a', bytes('2'))
    expect(asked).toEqual(['a: 1 -> 2', 'a: between -> 2'])
    expect(text(await store.get('a'))).toBe('2')
  })

  it('keeps conditions, and asks nothing that they refuse', async () => {
    const { store, asked } = asking(() => true)
    await store.set('a', bytes('1'))
    const { etag = '' } = (await store.stat('a')) ?? {}
    expect(await rejection(store.set('a', bytes('2'), { ifAbsent: true }))).toMatchObject({
      code: 'Conflict',
    })
    expect(await rejection(store.set('a', bytes('2'), { ifMatch: 'old' }))).toMatchObject({
      code: 'Conflict',
    })
    expect(await rejection(store.set('b', bytes('2'), { ifMatch: 'old' }))).toMatchObject({
      code: 'Conflict',
    })
    expect(asked).toEqual([])
    await store.set('a', bytes('2'), { ifMatch: etag })
    expect(await update(store, 'a', () => bytes('3'))).toEqual(bytes('3'))
    expect(asked).toEqual(['a: 1 -> 2', 'a: 2 -> 3'])
  })

  it('blames a policy that fails or answers nonsense, at the key, and keeps the old value', async () => {
    const reason = new Error('no terminal')
    for (const [answer, cause] of [
      [() => Promise.reject(reason), reason],
      [() => undefined, undefined],
      [
        () => {
          throw new StoreError('NotFound', 'elsewhere')
        },
        expect.any(StoreError),
      ],
    ] as const) {
      const { store } = asking(answer)
      await store.set('a', bytes('1'))
      const error = await rejection(store.set('a', bytes('2')))
      expect(error).toMatchObject({ code: 'InvalidArgument', key: 'a', store: 'onOverwrite over memory' })
      expect(error.message).toContain('the policy of onOverwrite')
      expect(error.cause).toEqual(cause)
      expect(text(await store.get('a'))).toBe('1')
    }
    const same = pipe(memory(), onOverwrite<Bytes>({ policy: () => true, same: () => 5 as never }))
    await same.set('a', bytes('1'))
    expect(await rejection(same.set('a', bytes('2')))).toMatchObject({ code: 'InvalidArgument' })
    const odd = asking(() => 'no bytes')
    await odd.store.set('a', bytes('1'))
    expect(await rejection(odd.store.set('a', bytes('2')))).toMatchObject({ code: 'InvalidValue', key: 'a' })
  })
})
