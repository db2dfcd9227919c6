import { batch, type Change, isStoreError } from '@kvdol/core'
import { ensure, expectBytes, expectKeys, outcome, printError } from '../assert.ts'
import { filled, utf8 } from '../bytes.ts'
import { type Check, check } from '../check.ts'
import { keysOf } from '../collect.ts'
import { expectExactly } from '../expect-exactly.ts'

const KEYS: readonly string[] = Array.from({ length: 20 }, (_, index) => `batch-${index}`)
const BAD = 'batch-13'

/** W3 and W13: what is stored after the backend has refused a write. */
export const failingWrites: readonly Check[] = [
  check(
    'W3',
    'a set that the backend refuses leaves the old value',
    async lab => {
      const store = await lab.open()
      await store.set('key', utf8('old'))
      await lab.subject.failWrite?.(store, 'key')
      const result = await outcome(() => store.set('key', filled(lab.amounts.torn.bytes, 1)))
      ensure(!result.ok, 'a set that the backend refuses rejects', 'no rejection', 'key')
      const reader = await lab.observer(store)
      expectBytes(await reader.get('key'), utf8('old'), 'the old value stays', 'key')
    },
    ['failWrite'],
  ),
  check(
    'W13',
    'a batch that the backend refuses in part is all or nothing, or tells what failed',
    async lab => {
      const store = await lab.open()
      const [old, value] = [utf8('old'), filled(lab.amounts.torn.bytes, 1)]
      await store.setMany(KEYS.map(key => [key, old]))
      await lab.subject.failWrite?.(store, BAD)
      const result = await outcome(() => store.setMany(KEYS.map(key => [key, value])))
      ensure(!result.ok, 'a batch of which the backend refuses a key rejects', 'no rejection', BAD)
      const reader = await lab.observer(store)
      expectKeys(await keysOf(reader), KEYS, 'no key appears or vanishes')
      if (lab.guarantees(store).batchAtomic) {
        for (const key of KEYS)
          expectBytes(await reader.get(key), old, 'an atomic batch that fails changes nothing', key)
        return
      }
      ensure(isStoreError(result.error), 'the rejection is a StoreError', printError(result.error))
      const failures = result.error.failures ?? new Map<unknown, unknown>()
      expectKeys([...failures.keys()].map(String), [BAD], 'failures names exactly what failed')
      for (const key of KEYS)
        expectBytes(await reader.get(key), key === BAD ? old : value, 'the other entries are stored', key)
    },
    ['failWrite'],
  ),
  check(
    'W13',
    'a batch of sets and deletes that the backend refuses in part is all or nothing, or tells what failed',
    async lab => {
      const store = await lab.open()
      const before = await lab.fill(store, ['a', 'b', BAD])
      await lab.subject.failWrite?.(store, BAD)
      const changes: Change<string, Uint8Array>[] = [
        { delete: 'a' },
        { set: 'b', value: utf8('new') },
        { set: BAD, value: utf8('new') },
        { set: 'c', value: utf8('new') },
      ]
      const result = await outcome(() => batch(store, changes))
      ensure(!result.ok, 'a batch of which the backend refuses a key rejects', 'no rejection', BAD)
      ensure(isStoreError(result.error), 'the rejection is a StoreError', printError(result.error))
      if (lab.guarantees(store).batchAtomic)
        return await expectExactly(store, before, 'an atomic batch that fails changes nothing')
      const failures = result.error.failures ?? new Map<unknown, unknown>()
      expectKeys([...failures.keys()].map(String), [BAD], 'failures names exactly what failed')
      before.delete('a')
      before.set('b', utf8('new')).set('c', utf8('new'))
      await expectExactly(store, before, 'the other changes are done')
    },
    ['failWrite'],
  ),
]
