import { batch, isStoreError } from '@kvdol/core'
import { MAX_KEY_BYTES } from '@kvdol/core/adapter'
import { ensure, expectBytes, expectKeys, expectRejects, expectSame, outcome } from '../assert.ts'
import { fromUtf8, utf8 } from '../bytes.ts'
import { type Check, check } from '../check.ts'
import { keysOf } from '../collect.ts'
import { expectExactly } from '../expect-exactly.ts'
import type { Lab } from '../lab.ts'
import type { ByteStore } from '../subject.ts'
import { together } from '../together.ts'
import { turn } from '../turn.ts'

const LONG = 'x'.repeat(2000)

/** W13: many entries in one call. */
export const batches: readonly Check[] = [
  check('W13', 'a batch stores all its entries, of two with one key the later', async lab => {
    const store = await lab.open()
    await store.setMany([])
    await store.set('a', utf8('old'))
    await store.setMany([
      ['a', utf8('1')],
      ['b', utf8('2')],
      ['a', utf8('3')],
    ])
    await expectExactly(
      store,
      new Map([
        ['a', utf8('3')],
        ['b', utf8('2')],
      ]),
      'the batch is stored',
    )
    await store.setMany(pairs())
    await expectExactly(
      store,
      new Map([
        ['a', utf8('3')],
        ['b', utf8('2')],
        ['c', utf8('4')],
        ['d', utf8('5')],
      ]),
      'also from an async source',
    )
  }),
  check('W13', 'a batch with an illegal key tells so, and does what the store guarantees', async lab => {
    const store = await lab.open()
    const { batchAtomic } = lab.guarantees(store)
    const entries = [
      ['good-1', utf8('1')],
      [LONG, utf8('2')],
      ['good-2', utf8('3')],
    ] as const
    const error = await expectRejects(
      () => store.setMany(entries),
      'InvalidKey',
      'a batch with an illegal key rejects',
    )
    if (batchAtomic) return expectKeys(await keysOf(store), [], 'an atomic batch that fails stores nothing')
    expectKeys(
      [...(error.failures ?? new Map()).keys()].map(String),
      [LONG],
      'failures names exactly what failed',
    )
    expectKeys(await keysOf(store), ['good-1', 'good-2'], 'the other entries are stored')
  }),
  check('W13', 'an atomic batch with a key that the backend refuses stores nothing', async lab => {
    const store = await lab.open()
    if (!lab.guarantees(store).batchAtomic) return lab.skip('batchAtomic is not declared')
    const bad = await refusedKey(lab, store)
    if (bad === undefined) return lab.skip('the backend takes every key')
    await expectRejects(
      () =>
        store.setMany([
          ['a1', utf8('1')],
          [bad, utf8('2')],
          ['a2', utf8('3')],
        ]),
      'InvalidKey',
      'the batch rejects',
      bad,
    )
    expectKeys(await keysOf(store), [], 'an atomic batch that fails stores nothing')
  }),
  check('W13', 'nobody sees half of an atomic batch', async lab => {
    const store = await lab.open()
    if (!lab.guarantees(store).batchAtomic) return lab.skip('batchAtomic is not declared')
    if (lab.guarantees(store).readConsistency === 'eventual')
      return lab.skip('keys of one batch may be seen one after the other')
    const reader = await lab.observer(store)
    const { bytes, rounds } = lab.amounts.torn
    // Short values travel in one packet, and may be whole by luck.
    const length = Math.min(bytes, lab.guarantees(store).maxValueBytes ?? bytes)
    const keys = Array.from({ length: 20 }, (_, index) => `batch-${index}`)
    const version = async (key: string | undefined) =>
      Number.parseInt(fromUtf8(((await reader.get(key ?? '')) ?? utf8('-1')).subarray(0, 10)), 10)
    let writing = true
    const writer = (async () => {
      for (let round = 0; round < rounds * 2; round++) {
        const value = utf8(`${round}`.padEnd(length))
        if (round % 2 === 0) await store.setMany(keys.map(key => [key, value]))
        else
          await batch(
            store,
            keys.map(key => ({ set: key, value })),
          )
        await turn()
      }
    })().finally(() => {
      writing = false
    })
    const look = async () => {
      for (const [one, other] of [
        [keys[0], keys.at(-1)],
        [keys.at(-1), keys[0]],
      ]) {
        const [before, after] = [await version(one), await version(other)]
        ensure(
          after >= before,
          'what is read later is of the same batch or a later one',
          `${after} after ${before}`,
          other,
        )
      }
    }
    const reading = async () => {
      while (writing) {
        await look()
        await turn()
      }
    }
    await together([writer, reading(), reading()])
  }),
  check('W13', 'a batch whose source fails rejects, and an atomic one stores nothing', async lab => {
    const store = await lab.open()
    const result = await outcome(() => store.setMany(failing()))
    ensure(
      !result.ok && isStoreError(result.error),
      'a batch whose source fails rejects a StoreError',
      'something else',
    )
    if (lab.guarantees(store).batchAtomic)
      expectKeys(await keysOf(store), [], 'an atomic batch that fails stores nothing')
    else expectSame((await keysOf(store)).includes('never'), false, 'what never came is not stored')
  }),
  check('W13', 'deleteMany with an illegal key tells so and deletes the others', async lab => {
    const store = await lab.open()
    await store.setMany([
      ['a', utf8('1')],
      ['b', utf8('2')],
    ])
    const error = await expectRejects(
      () => store.deleteMany(['a', LONG]),
      'InvalidKey',
      'an illegal key is refused',
    )
    if (error.failures === undefined)
      return expectBytes(await store.get('b'), utf8('2'), 'the rest stays', 'b')
    expectKeys([...error.failures.keys()].map(String), [LONG], 'failures names exactly what failed')
    expectKeys(await keysOf(store), ['b'], 'the other keys are deleted')
  }),
]

/** A legal key that the backend refuses, where it declares that it refuses any; the place stays empty. */
async function refusedKey(lab: Lab, store: ByteStore): Promise<string | undefined> {
  const { rejects, maxKeyBytes } = lab.guarantees(store)
  if (rejects.length === 0 && maxKeyBytes >= MAX_KEY_BYTES) return undefined
  for (const key of lab.oddKeys) {
    if (!(await lab.put(store, key))) return key
    await store.delete(key)
  }
  return undefined
}

async function* pairs(): AsyncGenerator<[string, Uint8Array], void, undefined> {
  yield ['c', utf8('4')]
  yield ['d', utf8('5')]
}

async function* failing(): AsyncGenerator<[string, Uint8Array], void, undefined> {
  yield ['first', utf8('1')]
  throw new RangeError('the source fails on purpose')
}
