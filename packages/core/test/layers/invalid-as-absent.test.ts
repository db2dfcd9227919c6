import { bytes, collect, rejection, text } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  createStore,
  getWithStat,
  memory,
  pathOf,
  pipe,
  readStream,
  remove,
  rename,
  type Store,
  StoreError,
} from '../../src/index.ts'
import { invalidAsAbsent } from '../../src/layers.ts'
import { placed } from './support/placed.ts'
import { promising } from './support/promising.ts'
import { signalled } from './support/signalled.ts'

type Bytes = Store<string, Uint8Array>

/** Every way to read one key, and what it gives where there is nothing. */
const reads: Readonly<Record<string, readonly [(store: Bytes, key: string) => Promise<unknown>, unknown]>> = {
  get: [(store, key) => store.get(key), undefined],
  has: [(store, key) => store.has(key), false],
  stat: [(store, key) => store.stat(key), undefined],
  getWithStat: [(store, key) => getWithStat(store, key), undefined],
  readStream: [(store, key) => readStream(store, key), undefined],
  getMany: [async (store, key) => (await collect(store.getMany([key])))[0]?.[1], undefined],
}

describe('keys that no store holds', () => {
  it.each(Object.entries(reads))('are absent to %s', async (_, [read, absent]) => {
    const store = pipe(memory(), invalidAsAbsent<Bytes>())
    for (const key of ['', '\ud800', 'x'.repeat(1025)]) {
      expect(await read(store, key)).toBe(absent)
      expect(await rejection(read(memory(), key))).toMatchObject({ code: 'InvalidKey' })
    }
  })

  it('are refused to be written as ever', async () => {
    const store = pipe(memory(), invalidAsAbsent<Bytes>())
    for (const write of [
      () => store.set('', bytes('1')),
      () => store.delete(''),
      () => rename(store, '', 'a'),
      () => remove(store, ''),
    ])
      expect(await rejection(write)).toMatchObject({ code: 'InvalidKey' })
  })
})

describe('keys that the store refuses', () => {
  const refusing = () => {
    const below = promising({ rejects: ['dot-segment'], maxKeyBytes: 20 })
    return createStore({
      name: 'refusing',
      guarantees: { rejects: ['dot-segment'], maxKeyBytes: 20 },
      get: async key => {
        if (key === 'gone') throw new Error('no power')
        if (key.startsWith('../'))
          throw new StoreError('InvalidKey', 'it leads out', { reason: 'dot-segment' } as object)
        return await below.get(key)
      },
      keys: () => below.keys(),
      set: (key, value) => below.set(key, value),
      delete: key => below.delete(key),
    })
  }

  it('are absent for the reasons that it declares, and for those that are given alone', async () => {
    const declared = pipe(refusing(), invalidAsAbsent<Bytes>())
    expect(await declared.get('../secret')).toBeUndefined()
    expect(await declared.get('x'.repeat(21))).toBeUndefined()
    const given = pipe(refusing(), invalidAsAbsent<Bytes>({ reasons: ['dot-segment'] }))
    expect(await given.get('../secret')).toBeUndefined()
    expect(await rejection(given.get(''))).toMatchObject({ code: 'InvalidKey', reason: 'empty' })
    const none = pipe(refusing(), invalidAsAbsent<Bytes>({ reasons: [] }))
    expect(await rejection(none.get('../secret'))).toMatchObject({ code: 'InvalidKey' })
  })

  it('a failure that is about no key is told', async () => {
    const store = pipe(refusing(), invalidAsAbsent<Bytes>())
    expect(await rejection(store.get('gone'))).toMatchObject({ code: 'Unknown', key: 'gone' })
  })
})

it('reads, writes and places of other keys are those of the store', async () => {
  const { store: below } = placed()
  const store = pipe(below, invalidAsAbsent<Bytes>())
  await store.set('a', bytes('1'))
  expect(text(await store.get('a'))).toBe('1')
  expect(await store.has('a')).toBe(true)
  expect(await store.stat('a')).toMatchObject({ size: 1 })
  expect((await getWithStat(store, 'a'))?.stat.size).toBe(1)
  expect(await readStream(store, 'a')).toBeDefined()
  expect(await pathOf(store, 'a')).toBe('/files/a')
  expect(await collect(store.entries())).toEqual([['a', bytes('1')]])
  await rename(store, 'a', 'b')
  expect(await remove(store, 'b')).toBe(true)
})

it('every read hands the signal on', async () => {
  const { store: below, without } = signalled()
  const store = pipe(below, invalidAsAbsent<Bytes>())
  const { signal } = new AbortController()
  await store.get('a', { signal })
  await store.has('a', { signal })
  await store.stat('a', { signal })
  await getWithStat(store, 'a', { signal })
  await readStream(store, 'a', { signal })
  expect(without).toEqual([])
})

it.each([{ reasons: 'empty' }, { reasons: [5] }, { reasons: ['empty', null] }])(
  '%j makes no sense',
  options => {
    expect(() => invalidAsAbsent(options as never)).toThrow(/^invalidAsAbsent: reasons.*a list of reasons/)
  },
)
