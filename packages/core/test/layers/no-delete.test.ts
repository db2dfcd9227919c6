import { bytes, collect, rejection, text } from '@kvdol/test-support'
import { expect, it } from 'vitest'
import { clear, memory, pipe, rename, type Store, startsWith, take } from '../../src/index.ts'
import { noDelete } from '../../src/layers.ts'
import { changeAfter } from './support/change-after.ts'
import { spied } from './support/spied.ts'

type Bytes = Store<string, Uint8Array>

it('deletes on no path, and writes on all', async () => {
  const store = pipe(memory(), noDelete())
  await store.set('a', bytes('1'))
  await store.set('a', bytes('2'))
  await store.setMany([['b', bytes('3')]])
  for (const refused of await Promise.all(
    [
      store.delete('a'),
      store.delete('absent'),
      store.deleteMany(['a']),
      clear(store, { confirm: true }),
      take(store, 'a'),
      rename(store, 'a', 'c'),
    ].map(rejection),
  ))
    expect(refused).toMatchObject({ code: 'ReadOnly' })
  expect(await rejection(store.delete('a'))).toMatchObject({
    key: 'a',
    op: 'delete',
    store: 'noDelete over memory',
  })
  expect(await collect(store.keys())).toEqual(['a', 'b'])
  expect(text(await store.get('a'))).toBe('2')
})

it('protects the keys that it is told to', async () => {
  const store = pipe(memory(), noDelete(startsWith('archive/')))
  await store.setMany(['archive/a', 'b', 'c', 'd'].map(key => [key, bytes(key)]))
  await store.delete('b')
  const failed = await rejection(store.deleteMany(['archive/a', 'c']))
  expect([...(failed.failures ?? [])].map(([key, { code }]) => [key, code])).toEqual([
    ['archive/a', 'ReadOnly'],
  ])
  await rename(store, 'd', 'archive/d')
  expect(await rejection(rename(store, 'archive/d', 'd'))).toMatchObject({ code: 'ReadOnly' })
  expect(await collect(store.keys())).toEqual(['archive/a', 'archive/d'])
})

it('blames a predicate that fails, at the key, and deletes nothing', async () => {
  const reason = new Error('broken')
  const below = memory()
  await below.set('a', bytes('1'))
  for (const predicate of [
    () => {
      throw reason
    },
    async () => false,
  ]) {
    const store = pipe(below, noDelete<Bytes>(predicate as never))
    const error = await rejection(store.delete('a'))
    expect(error).toMatchObject({ code: 'InvalidArgument', key: 'a' })
    expect(error.message).toContain('the predicate of noDelete')
    expect(await below.has('a')).toBe(true)
  }
})
it('says why, blames its predicate, and leaves the rest as it is', async () => {
  for (const odd of [5, 'a', null, {}])
    expect(() => noDelete(odd as never)).toThrow('noDelete takes a function from key to boolean, not ')
  const { store: below, calls } = spied(memory())
  const store = pipe(
    below,
    noDelete<Bytes>(key => key === 'kept'),
  )
  await store.setMany([
    ['kept', bytes('1')],
    ['free', bytes('2')],
  ])
  expect((await rejection(store.delete('kept'))).message).toContain(
    'keys are not deleted here (noDelete); use the store under it',
  )
  expect((await rejection(rename(store, 'kept', 'other'))).code).toBe('ReadOnly')
  const failed = await rejection(store.deleteMany(['kept', 'free']))
  expect([...(failed.failures ?? new Map()).keys()]).toEqual(['kept'])
  expect([await below.has('kept'), await below.has('free')]).toEqual([true, false])
  calls.length = 0
  await rejection(store.deleteMany(['kept']))
  expect(calls.filter(call => call.startsWith('delete'))).toEqual([])
  expect(await changeAfter(store, () => below.set('seen', bytes('1')))).toBe('seen')
  const odd = pipe(
    below,
    noDelete<Bytes>(() => 5 as never),
  )
  expect((await rejection(odd.delete('kept'))).message).toContain(
    'the predicate of noDelete answers true or false at once, not 5',
  )
})
