import { ensure, ensureStrictly, expectBytes, expectKeys, expectRejects } from '../assert.ts'
import { utf8 } from '../bytes.ts'
import { type Check, check } from '../check.ts'
import { keysOf } from '../collect.ts'

/** N3: who sees what was written, and when. That it is seen at all is R7. */
export const consistency: readonly Check[] = [
  check('N3', 'a deadline is declared where others see a write later', async lab => {
    const { readConsistency, listConsistency, settlesWithinMs } = lab.guarantees(await lab.open())
    const eventual = readConsistency === 'eventual' || listConsistency === 'eventual'
    ensure(
      eventual ? settlesWithinMs > 0 : settlesWithinMs >= 0,
      'settlesWithinMs tells within how many milliseconds everyone sees a write',
      `${settlesWithinMs}, where reads are ${readConsistency} and listings ${listConsistency}`,
    )
  }),
  check('N3', 'nothing old comes back once everyone has seen what is new', async lab => {
    const store = await lab.open()
    const other = await lab.observer(store)
    await store.setMany(['gone', 'kept'].map(key => [key, utf8('old')]))
    await store.set('kept', utf8('new'))
    await store.delete('gone')
    for (let round = 0; round < 5; round++)
      for (const reader of [other, store]) {
        expectKeys(await keysOf(reader), ['kept'], 'the listing stays as it is')
        expectBytes(await reader.get('kept'), utf8('new'), 'the value stays as it is', 'kept')
        expectBytes(await reader.get('gone'), undefined, 'a deleted value stays away', 'gone')
      }
  }),
  check('N3', 'what was refused does not come later either', async lab => {
    const store = await lab.open()
    const other = await lab.observer(store)
    await store.set('taken', utf8('first'))
    await expectRejects(() => store.set('', utf8('x')), 'InvalidKey', 'an empty key is refused')
    await expectRejects(
      () => store.set('refused', 'no bytes' as never),
      'InvalidValue',
      'what is no bytes is refused',
    )
    if (lab.guarantees(store).conditions.includes('ifAbsent'))
      await expectRejects(
        () => store.set('taken', utf8('second'), { ifAbsent: true }),
        'Conflict',
        'a taken key is refused',
        'taken',
      )
    for (const reader of [store, other]) {
      expectKeys(await keysOf(reader), ['taken'], 'what was refused is not stored')
      const value = await reader.get('taken')
      ensureStrictly(value?.[0] !== utf8('s')[0], 'a refused write is never seen', 'its value', 'taken')
    }
  }),
]
