import {
  type ErrorCode,
  filterKeys,
  isStoreError,
  mapKeys,
  mapValues,
  pipe,
  StoreError,
  writeStream,
} from '@kvdol/core'
import { ensure, expectBytes, expectKeys, outcome, printError } from '../assert.ts'
import { utf8 } from '../bytes.ts'
import { type Check, check } from '../check.ts'
import { collect, keysOf } from '../collect.ts'
import { eachAtOnce } from '../each-at-once.ts'
import type { ByteStore } from '../subject.ts'

/** What a store says of its own keys and of its state, and nobody can say for it. */
const OWN: readonly ErrorCode[] = [
  'NotFound',
  'Conflict',
  'ReadOnly',
  'Closed',
  'Incompatible',
  'RangeNotSatisfiable',
]

/** What the functions throw: errors of another store that they read from, and their own. */
const THROWN: readonly Error[] = [
  ...OWN.map(
    code => new StoreError(code, 'about another store', { key: 'elsewhere', op: 'get', store: 'other' }),
  ),
  new RangeError('a fault of the function'),
]

type Call = (store: ByteStore) => Promise<unknown>

/** N9: what a codec, a predicate or a source throws. */
export const userFunctions: readonly Check[] = [
  check('N9', 'what a value codec throws is its failure at that key', async lab => {
    const store = await lab.open()
    await store.set('key', utf8('old'))
    for (const error of THROWN)
      for (const fail of [throwing(error), rejecting(error)]) {
        const reading = pipe(
          store,
          mapValues({ decode: fail, encode: (value: Uint8Array) => value }),
        ) as ByteStore
        await eachAtOnce(READS, ([name, call]) =>
          expectFailure(name, () => call(reading), error, 'key', 'Corrupt'),
        )
        const writing = pipe(
          store,
          mapValues({ decode: (value: Uint8Array) => value, encode: fail }),
        ) as ByteStore
        for (const [name, call] of WRITES)
          await expectFailure(name, () => call(writing), error, 'key', 'InvalidValue')
      }
    expectBytes(await store.get('key'), utf8('old'), 'a value that cannot be encoded is not stored', 'key')
  }),
  check('N9', 'what a key codec or a predicate throws is its failure', async lab => {
    const store = await lab.open()
    await store.set('key', utf8('old'))
    for (const error of THROWN) {
      const fail = throwing(error)
      const encoding = pipe(store, mapKeys<ByteStore, string>({ decode: key => key, encode: fail }))
      for (const [name, call] of [...READS.slice(0, 2), ...WRITES.slice(0, 1)])
        await expectFailure(name, () => call(encoding), error, 'key', 'InvalidKey')
      const decoding = pipe(store, mapKeys<ByteStore, string>({ decode: fail, encode: key => key }))
      await expectFailure('keys', () => keysOf(decoding), error)
      const filtering = pipe(store, filterKeys(fail as () => boolean)) as ByteStore
      for (const [name, call] of [...READS.slice(0, 2), ...WRITES.slice(0, 1)])
        await expectFailure(name, () => call(filtering), error, 'key')
      await expectFailure('keys', () => keysOf(filtering), error)
    }
    expectBytes(
      await store.get('key'),
      utf8('old'),
      'nothing is written under a key that cannot be told',
      'key',
    )
  }),
  check('N9', 'what a source of keys or values throws is its failure', async lab => {
    const store = await lab.open()
    for (const error of THROWN) {
      const source = (): AsyncIterable<never> => ({
        [Symbol.asyncIterator]: () => ({ next: rejecting(error) }),
      })
      await expectFailure('setMany', () => store.setMany(source()), error)
      await expectFailure('deleteMany', () => store.deleteMany(source()), error)
      await expectFailure('getMany', () => collect(store.getMany(source())), error)
      await expectFailure('writeStream', () => writeStream(store, 'key', source()), error, 'key')
    }
    expectKeys(await keysOf(store), [], 'nothing of a source that fails is stored')
  }),
]

const READS: readonly (readonly [name: string, call: Call])[] = [
  ['get', store => store.get('key')],
  ['getOrThrow', store => store.getOrThrow('key')],
  ['getMany', store => collect(store.getMany(['key']))],
  ['entries', store => collect(store.entries())],
]

const WRITES: readonly (readonly [name: string, call: Call])[] = [
  ['set', store => store.set('key', utf8('new'))],
  ['setMany', store => store.setMany([['key', utf8('new')]])],
]

/** Rejects the case unless the call rejects with an error that is nobody else's, and has what was thrown as its cause. */
async function expectFailure(
  name: string,
  call: () => Promise<unknown>,
  thrown: Error,
  key?: string,
  code?: ErrorCode,
): Promise<void> {
  const wants = `${name} rejects what a function threw (${printError(thrown)}) as that function’s failure`
  const result = await outcome(call)
  ensure(!result.ok, wants, 'no rejection', key)
  const told = result.error
  ensure(isStoreError(told), wants, printError(told), key)
  ensure(code === undefined ? !OWN.includes(told.code) : told.code === code, wants, printError(told), key)
  if (key !== undefined && told.failures === undefined)
    ensure(told.key === key, `${wants}, at its key`, String(told.key), key)
  const failed = told.failures?.get(key) ?? told
  ensure(failed.cause === thrown, `${wants}, as its cause`, printError(failed.cause), key)
}

function throwing(error: Error): () => never {
  return () => {
    throw error
  }
}

function rejecting(error: Error): () => Promise<never> {
  return () => Promise.reject(error)
}
