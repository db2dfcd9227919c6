import { expectBytes, expectSame, settles } from '../assert.ts'
import { utf8 } from '../bytes.ts'
import { type Check, check } from '../check.ts'

/** N12: what a writer that has ended still holds. */
export const locks: readonly Check[] = [
  check(
    'N12',
    'a write goes on when the holder of a lock has ended',
    async lab => {
      const store = await lab.open()
      const { conditions } = lab.guarantees(store)
      await store.set('key', utf8('old'))
      const etag = (await store.stat('key'))?.etag
      const within = (await lab.subject.abandonLock?.(store, 'key')) ?? 0
      if (conditions.includes('ifMatch') && etag !== undefined)
        await settles(
          store.set('key', utf8('first'), { ifMatch: etag }),
          'a conditional write goes on',
          within,
        )
      await settles(store.set('key', utf8('new'), {}), 'a write goes on', within)
      expectBytes(await store.get('key'), utf8('new'), 'it is stored', 'key')
      await settles(store.delete('key'), 'a deletion goes on', within)
      expectSame(await store.has('key'), false, 'the key is gone', 'key')
    },
    ['abandonLock'],
  ),
  check(
    'N12',
    'of writers that wait for such a lock together exactly one creates the key',
    async lab => {
      const store = await lab.open()
      if (!lab.guarantees(store).conditions.includes('ifAbsent')) return lab.skip('ifAbsent is not declared')
      const stores = lab.subject.reopen === undefined ? [store] : [store, await lab.reopen(store)]
      const within = (await lab.subject.abandonLock?.(store, 'raced')) ?? 0
      const writers = Array.from({ length: 6 }, (_, index) =>
        (stores[index % stores.length] ?? store).set('raced', utf8(`${index}`), { ifAbsent: true }),
      )
      const results = await settles(Promise.allSettled(writers), 'every writer goes on', within)
      const winners = results.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []))
      expectSame(winners.length, 1, 'exactly one of 6 writers succeeds', 'raced')
      expectBytes(await store.get('raced'), utf8(`${winners[0]}`), 'the value is the winner’s', 'raced')
    },
    ['abandonLock'],
  ),
]
