import { batch, type Change } from '@kvdol/core'
import { expectRejects, expectSame, outcome } from '../assert.ts'
import { utf8 } from '../bytes.ts'
import { type Check, check } from '../check.ts'
import { expectExactly } from '../expect-exactly.ts'

const LONG = 'x'.repeat(2000)

/** W13: sets and deletes in one call. */
export const changes: readonly Check[] = [
  check('W13', 'a batch sets and deletes, or refuses to do both at once', async lab => {
    const store = await lab.open()
    const before = await lab.fill(store, ['a', 'b', 'c'])
    await batch(store, [])
    const mixed: Change<string, Uint8Array>[] = [
      { set: 'a', value: utf8('new') },
      { delete: 'b' },
      { set: 'd', value: utf8('') },
      { delete: 'never' },
    ]
    const result = await outcome(() => batch(store, mixed))
    if (!result.ok) {
      await expectRejects(
        () => Promise.reject(result.error),
        'Unsupported',
        'only an atomic batch may refuse',
      )
      expectSame(lab.guarantees(store).batchAtomic, true, 'only an atomic batch may refuse')
      await expectExactly(store, before, 'a refused batch changes nothing')
      await batch(
        store,
        mixed.filter(change => 'set' in change),
      )
      before.set('a', utf8('new')).set('d', utf8(''))
      return await expectExactly(store, before, 'sets alone are done')
    }
    before.set('a', utf8('new')).set('d', utf8('')).delete('b')
    await expectExactly(store, before, 'all changes are done')
  }),
  check('W13', 'a batch with one key twice is refused before any effect', async lab => {
    const store = await lab.open()
    const before = await lab.fill(store, ['a'])
    for (const twice of [
      [{ set: 'b', value: utf8('1') }, { set: 'a', value: utf8('2') }, { delete: 'a' }],
      [{ delete: 'a' }, { delete: 'a' }],
    ] as Change<string, Uint8Array>[][])
      await expectRejects(() => batch(store, twice), 'InvalidArgument', 'a key can be changed once')
    await expectExactly(store, before, 'nothing has changed')
  }),
  check('W13', 'a batch with an illegal key does what the store guarantees', async lab => {
    const store = await lab.open()
    const before = await lab.fill(store, ['a'])
    const { batchAtomic } = lab.guarantees(store)
    const error = await expectRejects(
      () =>
        batch(store, [
          { set: 'b', value: utf8('1') },
          { set: LONG, value: utf8('2') },
        ]),
      'InvalidKey',
      'a batch with an illegal key rejects',
    )
    if (error.failures === undefined)
      return await expectExactly(store, before, 'a batch that is refused as a whole changes nothing')
    expectSame(batchAtomic, false, 'an atomic batch fails as a whole')
    expectSame([...error.failures.keys()].join(), LONG, 'failures names exactly what failed')
    await expectExactly(store, before.set('b', utf8('1')), 'the other changes are done')
  }),
]
