import { bytes, collect, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  createStore,
  decodeValues,
  type ErrorCode,
  filterKeys,
  fromMap,
  type KeyCodec,
  mapKeys,
  mapValues,
  memory,
  pipe,
  StoreError,
  writeStream,
} from '../../src/index.ts'
import { onMissing } from '../../src/layers.ts'

/** What a user's function may throw, and must not pass for an answer of the store. */
const THROWN = (['NotFound', 'Conflict', 'ReadOnly', 'InvalidKey', 'Closed', 'Unknown'] as ErrorCode[]).map(
  code => new StoreError(code, `of another store: ${code}`),
)

const failing = (error: unknown) => () => {
  throw error
}

describe.each([...THROWN, new TypeError('a bug')])('a function of the user that throws %s', error => {
  it('decoding: Corrupt at that key, with the error as cause', async () => {
    const store = pipe(fromMap(new Map([['k', 'ref']])), decodeValues(failing(error)))
    expect(await store.has('k')).toBe(true)
    for (const call of [store.get('k'), store.getOrThrow('k')]) {
      const failure = await rejection(call)
      expect(failure).toMatchObject({ code: 'Corrupt', key: 'k' })
      expect(failure.cause).toBe(error)
    }
  })

  it('decoding later: the same', async () => {
    const store = pipe(
      fromMap(new Map([['k', 'ref']])),
      decodeValues(async () => failing(error)()),
    )
    expect(await rejection(store.getOrThrow('k'))).toMatchObject({ code: 'Corrupt', cause: error })
  })

  it('encoding: InvalidValue, and nothing is stored', async () => {
    const base = fromMap<string, string>()
    const store = pipe(
      base,
      mapValues<typeof base, string>({ decode: (v: string) => v, encode: failing(error) }),
    )
    const failure = await rejection(store.set('k', 'v'))
    expect(failure).toMatchObject({ code: 'InvalidValue', key: 'k', outcome: 'not-applied' })
    expect(failure.cause).toBe(error)
    expect(await base.size()).toBe(0)
  })

  it('a predicate: InvalidArgument, on reads and in listings', async () => {
    const store = pipe(fromMap(new Map([['k', 'v']])), filterKeys(failing(error)))
    expect(await rejection(store.get('k'))).toMatchObject({ code: 'InvalidArgument', cause: error })
    expect(await rejection(collect(store.keys()))).toMatchObject({ code: 'InvalidArgument', cause: error })
  })

  it('decoding keys: Corrupt, not an empty listing', async () => {
    const codec: KeyCodec<string, string> = { decode: failing(error), encode: key => key }
    const store = pipe(fromMap(new Map([['k', 'v']])), mapKeys(codec))
    expect(await rejection(collect(store.keys()))).toMatchObject({ code: 'Corrupt', cause: error })
  })

  it('onMissing: never absence', async () => {
    const store = pipe(memory(), onMissing(failing(error)))
    expect(await rejection(store.get('k'))).toMatchObject({ code: 'InvalidArgument', cause: error })
  })

  it('a source of entries: Aborted, with what was thrown as cause', async () => {
    async function* entries(): AsyncGenerator<[string, Uint8Array]> {
      yield ['a', bytes('1')]
      throw error
    }
    const store = memory()
    expect(await rejection(store.setMany(entries()))).toMatchObject({ code: 'Aborted', cause: error })
    expect(await rejection(writeStream(store, 'k', entries() as never))).toMatchObject({
      code: 'InvalidValue',
    })
    expect(await rejection(collect(store.getMany(entries() as never)))).toBeInstanceOf(StoreError)
  })
})

it('what speaks of the world keeps its code', async () => {
  const error = new StoreError('RateLimited', 'later', { retryAfterMs: 9 })
  const store = pipe(fromMap(new Map([['k', 'v']])), decodeValues(failing(error)))
  expect(await rejection(store.get('k'))).toMatchObject({
    code: 'RateLimited',
    retryAfterMs: 9,
    retryable: true,
    cause: error,
  })
})

it('a user’s error is never shown to the driver’s table', async () => {
  const asked: unknown[] = []
  const store = createStore({
    name: 'asked',
    errorOf: error => {
      asked.push(error)
      return undefined
    },
    secrets: () => ['v'],
    get: () => bytes('v'),
    keys: () => [],
  })
  const error = Object.assign(new Error('v'), { extra: 1 })
  expect((await rejection(pipe(store, decodeValues(failing(error))).get('k'))).cause).toBe(error)
  expect(asked).toEqual([])
})

it('a predicate that answers later is refused', async () => {
  const store = pipe(memory(), filterKeys((async () => false) as never))
  await store.close
  expect(await rejection(store.get('k'))).toMatchObject({ code: 'InvalidArgument' })
  expect((await rejection(store.set('k', bytes('v')))).message).toMatch(/true or false/)
})
