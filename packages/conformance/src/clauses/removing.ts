import { isStoreError, remove } from '@kvdol/core'
import { expectBytes, expectKeys, expectSame, outcome } from '../assert.ts'
import { utf8 } from '../bytes.ts'
import { type Check, check } from '../check.ts'
import { keysOf } from '../collect.ts'
import type { Lab } from '../lab.ts'
import type { ByteStore } from '../subject.ts'
import { together } from '../together.ts'

/** D6: deleting with an answer. */
export const removing: readonly Check[] = [
  check('D6', 'remove tells whether there was a value, or refuses before any effect', async lab => {
    const store = await lab.open()
    await store.set('key', utf8('x'))
    await store.set('key2', utf8('y'))
    await canTell(lab, store)
    expectSame(await remove(store, 'absent'), false, 'there was nothing', 'absent')
    expectSame(await remove(store, 'key'), true, 'there was a value', 'key')
    expectSame(await remove(store, 'key'), false, 'there is none any more', 'key')
    expectKeys(await keysOf(store), ['key2'], 'exactly this key is gone')
    await store.set('key', utf8(''))
    expectSame(await remove(store, 'key'), true, 'an empty value is a value', 'key')
  }),
  check('D6', 'of many removers one is told that there was a value', async lab => {
    const store = await lab.open()
    await store.set('key', utf8('x'))
    await canTell(lab, store)
    const stores = [store, lab.subject.reopen === undefined ? store : await lab.reopen(store)]
    for (let round = 0; round < 5; round++) {
      await store.set('key', utf8(`${round}`))
      const told = await together(
        Array.from({ length: 8 }, (_, index) => remove(stores[index % 2] as ByteStore, 'key')),
      )
      expectSame(told.filter(Boolean).length, 1, 'exactly one has removed it', 'key')
    }
  }),
]

/** Skips the case where the store cannot tell, once it is sure that nothing was touched. */
async function canTell(lab: Lab, store: ByteStore): Promise<void> {
  const tried = await outcome(() => remove(store, 'never there'))
  if (tried.ok || !isStoreError(tried.error, 'Unsupported')) return
  await outcome(() => remove(store, 'key'))
  expectBytes(await store.get('key'), utf8('x'), 'a refused remove deletes nothing', 'key')
  lab.skip('the store cannot tell')
}
