import { bytes, collect, rejection, text } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  copy,
  createStore,
  type DriverWriteOptions,
  fromMap,
  guarantees,
  jsonValues,
  memory,
  pathOf,
  pipe,
  rename,
  type Store,
  StoreError,
  update,
  writeStream,
} from '../../src/index.ts'
import { accepts, noDelete, type Overwriting, onOverwrite } from '../../src/layers.ts'
import { changeAfter } from './support/change-after.ts'
import { placed } from './support/placed.ts'
import { scripted } from './support/scripted.ts'
import { signalled } from './support/signalled.ts'

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
describe('what onOverwrite was given', () => {
  it('is a policy and a way to compare, and nothing else', () => {
    for (const options of [{ policy: 'keep' }, { policy: true }, { same: 'yes' }, { same: 1 }])
      expect(() => onOverwrite(options as never)).toThrow(TypeError)
    expect(() => onOverwrite({ policy: 'refuse', same: () => true })).not.toThrow()
  })

  it('says which function failed, and what may be done instead', async () => {
    const why = async (options: object, ...more: unknown[]) => {
      const store = pipe(memory(), onOverwrite<Bytes>(options))
      await store.set('a', bytes('1'))
      return (await rejection(store.set('a', bytes('2'), ...(more as [])))).message
    }
    expect(await why({})).toContain('there is a value already, which onOverwrite keeps; delete it first')
    expect(await why({ policy: () => false })).toContain('the policy of onOverwrite keeps the old value')
    expect(await why({ policy: () => undefined })).toContain(
      'the policy of onOverwrite answers true, false or a value, not undefined',
    )
    expect(await why({ same: () => 5 })).toContain('same of onOverwrite answers true or false, not 5')
    expect(await why({ policy: () => Promise.reject(new Error('gone')) })).toContain(
      'the policy of onOverwrite failed: gone',
    )
  })

  it('refuses the same value too unless told otherwise, and asks about it where same is false', async () => {
    const keeping = pipe(memory(), onOverwrite())
    await keeping.set('a', bytes('1'))
    expect(await rejection(keeping.set('a', bytes('1')))).toMatchObject({ code: 'Conflict' })
    let asked = 0
    const asking = pipe(memory(), onOverwrite<Bytes>({ policy: () => ++asked > 0, same: false }))
    await asking.set('a', bytes('1'))
    await asking.set('a', bytes('1'))
    expect(asked).toBe(1)
  })

  it('a media type that changes is written without a question, and one that stays is not', async () => {
    const below = memory()
    let asked = 0
    const store = pipe(below, onOverwrite<Bytes>({ policy: () => ++asked > 0 }))
    await store.set('a', bytes('1'), { contentType: 'text/plain' })
    const before = await below.stat('a')
    await store.set('a', bytes('1'), { contentType: 'text/plain' })
    expect(await below.stat('a')).toEqual(before)
    await store.set('a', bytes('1'), { contentType: 'text/html' })
    expect((await below.stat('a'))?.contentType).toBe('text/html')
    expect(asked).toBe(0)
    const keeping = pipe(memory(), onOverwrite<Bytes>({ same: true }))
    await keeping.set('a', bytes('1'), { contentType: 'text/plain' })
    await keeping.set('a', bytes('1'), { contentType: 'text/plain' })
    expect(await rejection(keeping.set('a', bytes('1'), { contentType: 'text/html' }))).toMatchObject({
      code: 'Conflict',
    })
    expect(await rejection(keeping.set('a', bytes('1')))).toMatchObject({ code: 'Conflict' })
  })

  it('keeps the conditions of the store for a function', () => {
    const store = pipe(memory(), onOverwrite<Bytes>({ policy: () => true }))
    expect(guarantees(store).conditions).toEqual(['ifAbsent', 'ifMatch', 'deleteIfMatch'])
  })
})

describe('what comes between the look and the write', () => {
  it('a value that is gone by then is no obstacle', async () => {
    const { store: below, next } = scripted()
    const store = pipe(below, onOverwrite<Bytes>({ same: true }))
    await store.set('a', bytes('1'))
    next.get = [
      async () => {
        await below.delete('a')
        return undefined
      },
    ]
    await store.set('a', bytes('2'))
    expect(text(await below.get('a'))).toBe('2')
    const asking = pipe(below, onOverwrite<Bytes>({ policy: () => false }))
    next.get = [
      async () => {
        await below.delete('a')
        return undefined
      },
    ]
    await asking.set('a', bytes('3'))
    expect(text(await below.get('a'))).toBe('3')
  })

  it('a failure of the store is told as it is', async () => {
    for (const options of [{}, { same: true }, { policy: () => true }]) {
      const { store: below, next } = scripted()
      const store = pipe(below, onOverwrite<Bytes>(options))
      next.set = [new Error('no disk')]
      const error = await rejection(store.set('a', bytes('1')))
      expect(error.code).not.toBe('Conflict')
      expect(error).toMatchObject({ key: 'a', cause: { message: 'no disk' } })
    }
  })
})

describe.each([{}, { policy: () => true }])('beside writing, with %o', options => {
  it('the store is as it was: paths, changes, and streams', async () => {
    const { store: below, streamed } = placed()
    const store = pipe(below, onOverwrite<Bytes>(options))
    expect(await pathOf(store, 'a')).toBe('/files/a')
    expect(await changeAfter(store, () => below.set('seen', bytes('1')))).toBe('seen')
    await writeStream(store, 's', [bytes('1'), bytes('2')])
    expect(text(await below.get('s'))).toBe('12')
    // A function needs the whole value.
    expect(streamed).toEqual('policy' in options ? [] : ['s'])
  })

  it('the signal of the call goes with every look and write', async () => {
    for (const conditions of [true, false]) {
      const { store: below, without } = signalled({ conditions })
      const store = pipe(
        below,
        onOverwrite<Bytes>({ ...options, ...('policy' in options && { same: true }) }),
      )
      const { signal } = new AbortController()
      await store.set('a', bytes('1'), { signal })
      await store.set('a', bytes('1'), { signal }).catch(() => {})
      await pipe(below, onOverwrite<Bytes>({ same: true })).set('a', bytes('1'), { signal })
      await writeStream(store, 'b', [bytes('1')], { signal })
      await writeStream(store, 'b', [bytes('2')], { signal }).catch(() => {})
      expect(without).toEqual([])
    }
  })
})

it('accepts tells beforehand what is refused', async () => {
  const below = memory()
  await below.set('a', bytes('1'))
  const [strict, lenient] = [pipe(below, onOverwrite()), pipe(below, onOverwrite<Bytes>({ same: true }))]
  expect(await accepts(strict, 'free', bytes('1'))).toEqual({ accepted: true })
  expect(await accepts(strict, 'a', bytes('1'))).toMatchObject({
    accepted: false,
    error: { code: 'Conflict' },
  })
  expect(await accepts(strict, 'a')).toMatchObject({ accepted: false })
  expect(await accepts(strict, 'free')).toEqual({ accepted: true })
  expect(await accepts(lenient, 'a', bytes('1'))).toEqual({ accepted: true })
  expect(await accepts(lenient, 'a', bytes('2'))).toMatchObject({ accepted: false })
  expect(await accepts(lenient, 'a')).toMatchObject({ accepted: false })
  expect(text(await below.get('a'))).toBe('1')
})

describe('a write over what a policy was asked about', () => {
  /** A store of one value whose writes fail as a script says, and under which conditions they came. */
  function conditional({
    value,
    etag = '1',
    conditions = ['ifAbsent', 'ifMatch'],
    fails = [],
  }: {
    value?: Uint8Array
    etag?: string | undefined
    conditions?: readonly ('ifAbsent' | 'ifMatch')[]
    fails?: readonly StoreError[]
  }) {
    const writes: DriverWriteOptions[] = []
    const left = [...fails]
    const below = createStore({
      name: 'conditional',
      guarantees: { conditions },
      get: () => value,
      stat: () => (value === undefined ? undefined : { etag }) as never,
      keys: () => [],
      set: (_, __, { ifAbsent, ifMatch }) => {
        writes.push({ ...(ifAbsent && { ifAbsent }), ...(ifMatch !== undefined && { ifMatch }) })
        const error = left.shift()
        if (error !== undefined) throw error
      },
      delete: () => {},
    })
    return { store: pipe(below, onOverwrite<Bytes>({ policy: () => true })), writes }
  }
  const overtaken = () => new StoreError('Conflict', 'somebody was faster')

  it('replaces that and nothing else, as far as the store can tell', async () => {
    const old = bytes('old')
    for (const [given, condition] of [
      [{}, { ifAbsent: true }],
      [{ value: old }, { ifMatch: '1' }],
      [{ conditions: ['ifMatch'] as const }, {}],
      [{ value: old, conditions: ['ifAbsent'] as const }, {}],
      [{ conditions: [] }, {}],
      [{ value: old, conditions: [] }, {}],
    ] as const) {
      const { store, writes } = conditional(given as object)
      await store.set('a', bytes('new'))
      expect(writes).toEqual([condition])
    }
  })

  it('is decided anew when somebody was faster', async () => {
    const { store, writes } = conditional({ value: bytes('old'), fails: [overtaken()] })
    await store.set('a', bytes('new'))
    expect(writes).toEqual([{ ifMatch: '1' }, { ifMatch: '1' }])
  })

  it('ends with a failure that is no conflict', async () => {
    const { store, writes } = conditional({
      value: bytes('old'),
      fails: [new StoreError('OutOfSpace', 'full')],
    })
    expect(await rejection(store.set('a', bytes('new')))).toMatchObject({ code: 'OutOfSpace' })
    expect(writes).toHaveLength(1)
  })

  it("keeps the caller's own condition, whose conflict is his", async () => {
    const absent = conditional({ fails: [overtaken()] })
    expect(await rejection(absent.store.set('a', bytes('new'), { ifAbsent: true }))).toMatchObject({
      code: 'Conflict',
    })
    expect(absent.writes).toEqual([{ ifAbsent: true }])
    const present = conditional({ value: bytes('old'), fails: [overtaken()] })
    expect(await rejection(present.store.set('a', bytes('new'), { ifMatch: '1' }))).toMatchObject({
      code: 'Conflict',
    })
    expect(present.writes).toEqual([{ ifMatch: '1' }])
  })

  it("is not begun where the caller's own condition does not hold, which tells why", async () => {
    const present = conditional({ value: bytes('old') })
    const absent = conditional({})
    for (const [call, why] of [
      [() => present.store.set('a', bytes('new'), { ifAbsent: true }), 'there is a value already'],
      [() => present.store.set('a', bytes('new'), { ifMatch: '2' }), 'the value has changed since'],
      [() => absent.store.set('a', bytes('new'), { ifMatch: '1' }), 'there is no value any more'],
    ] as const) {
      const error = await rejection(call)
      expect(error.code).toBe('Conflict')
      expect(error.message).toContain(why)
    }
    expect([...present.writes, ...absent.writes]).toEqual([])
  })
})

describe('values that are the same', () => {
  it('are equal bytes, and the same primitive or object, and no bytes are anything else', async () => {
    const object = {}
    for (const [old, value, asks] of [
      [bytes('1'), bytes('1'), 0],
      [bytes('1'), bytes('2'), 1],
      [bytes('1'), bytes('12'), 1],
      ['1', '1', 0],
      [Number.NaN, Number.NaN, 0],
      [object, object, 0],
      [object, {}, 1],
      [bytes('1'), '1', 1],
      ['1', bytes('1'), 1],
      [[49], bytes('1'), 1],
    ] as const) {
      let asked = 0
      const policy = () => {
        asked++
        return false
      }
      const store = pipe(
        fromMap(new Map<string, unknown>([['a', old]])),
        onOverwrite<Store<string, unknown>>({ policy }),
      )
      await store.set('a', value).catch(() => {})
      expect(asked).toBe(asks)
    }
  })
})
