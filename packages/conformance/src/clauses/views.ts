import { clear, filterKeys, isStoreError, mapKeys, mapValues, pipe, shared } from '@kvdol/core'
import { ensure, expectBytes, expectKeys, expectRejects, expectSame, outcome } from '../assert.ts'
import { utf8 } from '../bytes.ts'
import { type Check, check } from '../check.ts'
import { collect, keysOf } from '../collect.ts'
import { expectExactly } from '../expect-exactly.ts'
import { prefixed } from '../prefixed.ts'
import type { ByteStore } from '../subject.ts'

const part = (store: ByteStore, base: string) => pipe(store, mapKeys(prefixed(base)))
const reversed = { decode: reverse, encode: reverse }

/** T4, T6 to T8, T12: transforms over the subject keep the contract. */
export const views: readonly Check[] = [
  check('T4', 'keys outside a view are unseen and untouched', async lab => {
    const store = await lab.open()
    const foreign = await lab.fill(store, ['foreign', 'views/x', 'vie', 'other/view/x'])
    const view = part(store, 'view/')
    expectKeys(await keysOf(view), [], 'foreign keys are not listed')
    expectSame(await view.size(), 0, 'foreign keys are not counted')
    const own = await lab.fill(view, ['foreign', 'x', 'deep/y'])
    await expectExactly(view, own, 'the view has its own keys')
    await clear(view, { confirm: true })
    await expectExactly(store, foreign, 'clearing the view leaves foreign keys')
  }),
  check('T6', 'transforms of keys and of values commute', async lab => {
    const store = await lab.open()
    const one = pipe(store, mapKeys(prefixed('p-')), mapValues(reversed))
    const other = pipe(store, mapValues(reversed), mapKeys(prefixed('p-')))
    await one.set('a', utf8('first'))
    await other.set('b', utf8('second'))
    const expected = new Map([
      ['a', utf8('first')],
      ['b', utf8('second')],
    ])
    await expectExactly(one, expected, 'keys first')
    await expectExactly(other, expected, 'values first')
    expectBytes(await store.get('p-b'), utf8('dnoces'), 'both have been at work', 'p-b')
  }),
  check('T7', 'views with different prefixes never meet', async lab => {
    const store = await lab.openGuarded()
    const isolated = ['a-', 'ab', 'a/', 'A-'].map(base => part(store, base))
    const contents: Map<string, Uint8Array>[] = []
    for (const view of isolated) contents.push(await lab.fill(view, ['x', 'b-x', '/x', 'deep/x']))
    for (const [index, view] of isolated.entries())
      await expectExactly(view, contents[index] ?? new Map(), 'each view has its own keys')
    const [first, ...others] = isolated
    if (first !== undefined) await clear(first, { confirm: true })
    for (const [index, view] of others.entries())
      await expectExactly(view, contents[index + 1] ?? new Map(), 'clearing one view leaves the others')
  }),
  check('T8', 'a filter hides keys on every path and refuses to write them', async lab => {
    const store = await lab.open()
    const stored = await lab.fill(store, ['shown-1', 'shown-2', 'hidden-1'])
    const view = pipe(
      store,
      filterKeys(key => !key.startsWith('hidden')),
    )
    expectBytes(await view.get('hidden-1'), undefined, 'a hidden key has no value', 'hidden-1')
    expectSame(await view.has('hidden-1'), false, 'a hidden key is not there', 'hidden-1')
    expectKeys(await keysOf(view), ['shown-1', 'shown-2'], 'a hidden key is not listed')
    expectSame(await view.size(), 2, 'a hidden key is not counted')
    await expectRejects(
      () => view.set('hidden-1', utf8('x')),
      'ReadOnly',
      'a hidden key cannot be written',
      'hidden-1',
    )
    await expectRejects(
      () => view.delete('hidden-1'),
      'ReadOnly',
      'a hidden key cannot be deleted',
      'hidden-1',
    )
    await clear(view, { confirm: true }).catch(error => {
      if (!isStoreError(error, 'Unsupported')) throw error
    })
    expectBytes(await store.get('hidden-1'), stored.get('hidden-1'), 'clear leaves hidden keys', 'hidden-1')
  }),
  check('T12', 'errors of a view name the outer key', async lab => {
    const view = part(await lab.open(), 'inner/')
    const error = await expectRejects(
      () => view.getOrThrow('outer'),
      'NotFound',
      'getOrThrow rejects',
      'outer',
    )
    expectSame(error.key, 'outer', 'the error names the key of the view', 'outer')
    ensure(
      !error.message.includes('inner/'),
      'the message does not name the inner key',
      error.message,
      'outer',
    )
    const failed = await outcome(() => view.set('outer', 5 as never))
    ensure(
      !failed.ok && isStoreError(failed.error) && failed.error.key === 'outer',
      'so do refused writes',
      'another key',
      'outer',
    )
  }),
  check('T12', 'closing a view closes the store that it shows', async lab => {
    const store = await lab.open()
    const view = part(store, 'v/')
    await view.set('a', utf8('x'))
    await view.close()
    await expectRejects(() => view.get('a'), 'Closed', 'a closed view rejects', 'a')
    await expectRejects(() => store.get('a'), 'Closed', 'so does the store', 'a')
  }),
  check('T12', 'closing a view of a shared store leaves the store open', async lab => {
    const store = await lab.open()
    const view = part(shared(store), 'v/')
    await view.set('a', utf8('x'))
    await view.close()
    await expectRejects(() => view.get('a'), 'Closed', 'a closed view rejects', 'a')
    await store.set('b', utf8('y'))
    expectKeys(
      (await collect(store.entries())).map(([key]) => key),
      ['v/a', 'b'],
      'the store works',
    )
  }),
]

function reverse(bytes: Uint8Array): Uint8Array {
  return bytes.toReversed()
}
