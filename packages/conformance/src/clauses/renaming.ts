import { isStoreError, rename } from '@kvdol/core'
import { driverOf } from '@kvdol/core/adapter'
import { ensure, expectBytes, expectKeys, expectRejects, expectSame, outcome, printError } from '../assert.ts'
import { filled, utf8 } from '../bytes.ts'
import { type Check, check } from '../check.ts'
import { keysOf } from '../collect.ts'
import { expectExactly } from '../expect-exactly.ts'
import type { Lab } from '../lab.ts'
import type { ByteStore } from '../subject.ts'
import { together } from '../together.ts'
import { turn } from '../turn.ts'

/** Values of this length take a backend a while, so that a reader can come between. */
const LENGTH = 100_000

/** N1: moving a value to another key. */
export const renaming: readonly Check[] = [
  check('N1', 'rename moves the whole value, over whatever is there', async lab => {
    const store = await lab.open()
    await lab.fill(store, ['from', 'other'])
    await store.set('from', filled(LENGTH, 7))
    const contentType = (await store.stat('from'))?.contentType
    await rename(store, 'from', 'to')
    const moved = new Map([
      ['to', filled(LENGTH, 7)],
      ['other', utf8('value of other')],
    ])
    await expectExactly(store, moved, 'the value is at its new key, and nowhere else')
    expectSame((await store.stat('to'))?.contentType, contentType, 'its content type comes along', 'to')
    await rename(store, 'to', 'other')
    await expectExactly(store, new Map([['other', filled(LENGTH, 7)]]), 'a value there is replaced')
  }),
  check('N1', 'rename of an absent key rejects NotFound and changes nothing', async lab => {
    const store = await lab.open()
    const stored = await lab.fill(store, ['to', 'fro', 'from2'])
    for (const to of ['to', 'nowhere', 'from'])
      await expectRejects(() => rename(store, 'from', to), 'NotFound', 'there is nothing to move', 'from')
    await expectExactly(store, stored, 'a rename that fails changes nothing')
  }),
  check('N1', 'rename onto itself changes nothing', async lab => {
    const store = await lab.open()
    const stored = await lab.fill(store, ['key', 'other'])
    await rename(store, 'key', 'key')
    await expectExactly(store, stored, 'a value that is renamed onto itself stays')
  }),
  check(
    'N1',
    'rename with ifAbsent refuses a taken key, or is refused where there is no ifAbsent',
    async lab => {
      const store = await lab.open()
      const stored = await lab.fill(store, ['from', 'to'])
      await store.set('empty', utf8(''))
      stored.set('empty', utf8(''))
      const move = (to: string) => rename(store, 'from', to, { ifAbsent: true })
      const able = lab.guarantees(store).conditions.includes('ifAbsent')
      const code = able ? 'Conflict' : 'Unsupported'
      for (const to of ['to', 'empty', 'from'])
        await expectRejects(() => move(to), code, 'ifAbsent never replaces a value', to)
      await expectExactly(store, stored, 'a rename that is refused changes nothing')
      if (!able) return
      await move('free')
      expectBytes(await store.get('free'), utf8('value of from'), 'a free key can be taken', 'free')
      expectKeys(await keysOf(store), ['to', 'empty', 'free'], 'the value is there once')
    },
  ),
  check('N1', 'a reader sees the value at one of the keys at every moment', async lab => {
    const store = await lab.open()
    const readers = [store, await lab.observer(store)]
    for (let round = 0; round < Math.min(8, lab.amounts.moments); round++) {
      const [from, to] = [`moving/from-${round}`, `moving/to-${round}`]
      await store.set(from, filled(LENGTH, round))
      let moving = true
      const move = outcome(() => rename(store, from, to)).finally(() => {
        moving = false
      })
      const look = async (reader: ByteStore) => {
        do {
          // In this order: what is at `from` no more is at `to` already.
          const value = (await reader.get(from)) ?? (await reader.get(to))
          expectBytes(value, filled(LENGTH, round), 'the value is at one of the keys, whole', to)
          await turn()
        } while (moving)
      }
      await together(readers.map(look))
      const moved = await move
      ensure(moved.ok, 'the value is moved', moved.ok ? '' : printError(moved.error), from)
    }
  }),
  check('N1', 'a write to a key that is being renamed is not lost', async lab => {
    const store = await lab.open()
    if (!keepsWrites(lab, store))
      return lab.skip('the store can neither move a value nor delete on condition')
    for (let turns = 0; turns < lab.amounts.moments; turns++) {
      const [from, to] = [`kept/from-${turns}`, `kept/to-${turns}`]
      await store.set(from, utf8('old'))
      const moving = outcome(() => rename(store, from, to))
      await later(turns)
      await store.set(from, utf8('new'))
      const moved = await moving
      ensure(
        moved.ok || isStoreError(moved.error, 'Conflict'),
        'the value is moved, or the rename tells of the conflict',
        moved.ok ? '' : printError(moved.error),
        from,
      )
      const left = [await store.get(from), await store.get(to)].map(
        value => value && String.fromCharCode(...value),
      )
      ensure(left.includes('new'), 'what was written meanwhile is at one of the keys', String(left), from)
    }
  }),
]

/** A rename that is put together out of get, set and delete needs the condition; a view over values has no other. */
function keepsWrites(lab: Lab, store: ByteStore): boolean {
  const moves = lab.subject.view !== true && driverOf(store).rename !== undefined
  return moves || lab.guarantees(store).conditions.includes('deleteIfMatch')
}

/** Every moment at which a call in memory can be met, then some at which one that does input and output can. */
async function later(turns: number): Promise<void> {
  if (turns < 16) for (let turn = 0; turn < turns; turn++) await Promise.resolve()
  else for (let count = 16; count < turns; count++) await turn()
}
