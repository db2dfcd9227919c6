import { getWithStat } from '@kvdol/core'
import { ensure, expectBytes, expectRejects, expectSame } from '../assert.ts'
import { filled, utf8 } from '../bytes.ts'
import { type Check, check } from '../check.ts'
import { together } from '../together.ts'
import { turn } from '../turn.ts'

/** R8: a value and its stat. */
export const moments: readonly Check[] = [
  check('R8', 'getWithStat gives what get and stat give', async lab => {
    const store = await lab.open()
    expectSame(await getWithStat(store, 'missing'), undefined, 'an absent key gives undefined', 'missing')
    await store.set('empty', utf8(''))
    await store.set('key', filled(70_000, 3))
    for (const key of ['empty', 'key']) {
      const found = await getWithStat(store, key)
      const stat = await store.stat(key)
      expectBytes(found?.value, await store.get(key), 'the value is that of get', key)
      expectSame(found?.stat.size, stat?.size, 'the size is that of stat', key)
      expectSame(found?.stat.etag, stat?.etag, 'the etag is that of stat', key)
      expectSame(found?.stat.modified?.getTime(), stat?.modified?.getTime(), 'the time is that of stat', key)
      expectSame(found?.stat.contentType, stat?.contentType, 'the media type is that of stat', key)
    }
  }),
  check('R8', 'value and stat are of one moment', async lab => {
    const store = await lab.open()
    const reader = await lab.observer(store)
    await store.set('key', filled(10, 1))
    let writing = true
    const writer = (async () => {
      for (let round = 0; round < lab.amounts.torn.rounds * 4; round++) {
        await store.set('key', filled(10 + (round % 7) * 50, round))
        await turn()
      }
    })().finally(() => {
      writing = false
    })
    const reading = async () => {
      while (writing) {
        const found = await getWithStat(reader, 'key')
        ensure(found !== undefined, 'the value is never away', 'nothing', 'key')
        if (found.stat.size !== undefined)
          expectSame(found.stat.size, found.value.byteLength, 'the size is that of the value', 'key')
        await turn()
      }
    }
    await together([writer, reading(), reading()])
  }),
  check('R8', 'the etag of getWithStat is a condition', async lab => {
    const store = await lab.open()
    if (!lab.guarantees(store).conditions.includes('ifMatch')) return lab.skip('ifMatch is not declared')
    await store.set('key', utf8('1'))
    const etag = (await getWithStat(store, 'key'))?.stat.etag
    ensure(etag !== undefined, 'a store with ifMatch gives etags', 'none', 'key')
    await store.set('key', utf8('2'), { ifMatch: etag })
    await expectRejects(
      () => store.set('key', utf8('3'), { ifMatch: etag }),
      'Conflict',
      'a stale etag is refused',
      'key',
    )
  }),
]
