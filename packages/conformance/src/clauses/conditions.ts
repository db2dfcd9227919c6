import { type Condition, isStoreError, rename, update, writeStream } from '@kvdol/core'
import {
  ensure,
  expectBytes,
  expectRejects,
  expectSame,
  type Outcome,
  outcome,
  printError,
} from '../assert.ts'
import { filled, fromUtf8, utf8 } from '../bytes.ts'
import { type Check, check } from '../check.ts'
import type { Lab } from '../lab.ts'
import type { ByteStore } from '../subject.ts'
import { together } from '../together.ts'

/** W9 and W10: conditional writes. */
export const conditions: readonly Check[] = [
  check('W9', 'ifAbsent creates, and refuses to replace', async lab => {
    const store = await conditional(lab, 'ifAbsent')
    await store.set('key', utf8('first'), { ifAbsent: true })
    const stat = await store.stat('key')
    for (const write of [
      () => store.set('key', utf8('second'), { ifAbsent: true }),
      () => writeStream(store, 'key', [utf8('second')], { ifAbsent: true }),
    ])
      await expectRejects(write, 'Conflict', 'ifAbsent refuses to replace a value', 'key')
    expectBytes(await store.get('key'), utf8('first'), 'a refused write changes nothing', 'key')
    expectSame((await store.stat('key'))?.etag, stat?.etag, 'nor what stat tells', 'key')
    await store.delete('key')
    await store.set('key', utf8('third'), { ifAbsent: true })
    await store.set('key', utf8('fourth'), { ifAbsent: false })
    expectBytes(await store.get('key'), utf8('fourth'), 'a deleted key can be created again', 'key')
  }),
  check('W9', 'an empty value counts as a value', async lab => {
    const store = await conditional(lab, 'ifAbsent')
    await store.set('key', new Uint8Array())
    await expectRejects(
      () => store.set('key', utf8('x'), { ifAbsent: true }),
      'Conflict',
      'an empty value is there',
      'key',
    )
  }),
  check('W9', 'of racing writers exactly one succeeds, however they write', async lab => {
    const store = await conditional(lab, 'ifAbsent')
    const stores = lab.subject.reopen === undefined ? [store] : [store, await lab.reopen(store)]
    const options = { ifAbsent: true }
    for (const ways of [['set'], ['writeStream'], ['rename'], ['set', 'writeStream', 'rename']]) {
      const key = ways.join('-')
      const values = RACERS.map(index => filled(1 + (index % 3) * 3000, index))
      const sources = RACERS.filter(index => ways[index % ways.length] === 'rename')
      await store.setMany(sources.map(index => [`${key}-from-${index}`, values[index] as Uint8Array]))
      const results = await together(
        RACERS.map(index => {
          const writer = stores[index % stores.length] as ByteStore
          const value = values[index] as Uint8Array
          const way = ways[index % ways.length]
          if (way === 'set') return outcome(() => writer.set(key, value, options))
          if (way === 'writeStream') return outcome(() => writeStream(writer, key, [value], options))
          return outcome(() => rename(writer, `${key}-from-${index}`, key, options))
        }),
      )
      const winner = onlyWinner(results, key)
      expectBytes(await store.get(key), values[winner], 'the value is the winner’s', key)
    }
  }),
  check('W10', 'ifMatch replaces what it knows, and refuses anything else', async lab => {
    const store = await conditional(lab, 'ifMatch')
    await store.set('key', utf8('one'))
    const first = await etagOf(store)
    await store.set('key', utf8('two'), { ifMatch: first })
    expectBytes(await store.get('key'), utf8('two'), 'a write with the right etag happens', 'key')
    for (const write of [
      () => store.set('key', utf8('three'), { ifMatch: first }),
      () => writeStream(store, 'key', [utf8('three')], { ifMatch: first }),
      () => store.set('key', utf8('three'), { ifMatch: 'no such tag' }),
      // What means any value, or one of several, in a header of HTTP.
      () => store.set('key', utf8('three'), { ifMatch: '*' }),
      () => store.set('key', utf8('three'), { ifMatch: `"none", ${first}` }),
    ])
      await expectRejects(write, 'Conflict', 'a stale etag is refused', 'key')
    expectBytes(await store.get('key'), utf8('two'), 'a refused write changes nothing', 'key')
  }),
  check('W10', 'ifMatch on an absent key does not create', async lab => {
    const store = await conditional(lab, 'ifMatch')
    await store.set('key', utf8('one'))
    const etag = await etagOf(store)
    await store.delete('key')
    await expectRejects(
      () => store.set('key', utf8('two'), { ifMatch: etag }),
      'Conflict',
      'nothing is there to match',
      'key',
    )
    expectBytes(await store.get('key'), undefined, 'ifMatch does not create', 'key')
  }),
  check('W10', 'counting together loses no step', async lab => {
    const store = await conditional(lab, 'ifMatch', 'ifAbsent')
    const stores = lab.subject.reopen === undefined ? [store] : [store, await lab.reopen(store)]
    await together(
      Array.from({ length: 5 }, async (_, client) => {
        for (let step = 0; step < 10; step++)
          await update(
            stores[client % stores.length] ?? store,
            'counter',
            value => utf8(`${Number(value ? fromUtf8(value) : 0) + 1}`),
            { retries: 1000 },
          )
      }),
    )
    expectBytes(await store.get('counter'), utf8('50'), 'five clients of ten steps count to 50', 'counter')
  }),
  check('W10', 'of racing writers with one etag exactly one succeeds, however they write', async lab => {
    const store = await conditional(lab, 'ifMatch')
    const deletes = lab.guarantees(store).conditions.includes('deleteIfMatch')
    for (const ways of [['set'], ['writeStream'], [...(deletes ? ['delete'] : []), 'set', 'writeStream']]) {
      await store.set('key', utf8('start'))
      const ifMatch = await etagOf(store)
      const values = RACERS.map(index => filled(1 + (index % 3) * 3000, index))
      const results = await together(
        RACERS.map(index => {
          const value = values[index] as Uint8Array
          const way = ways[index % ways.length]
          if (way === 'set') return outcome(() => store.set('key', value, { ifMatch }))
          if (way === 'writeStream') return outcome(() => writeStream(store, 'key', [value], { ifMatch }))
          return outcome(() => store.delete('key', { ifMatch }))
        }),
      )
      const winner = onlyWinner(results, 'key')
      const left = ways[winner % ways.length] === 'delete' ? undefined : values[winner]
      expectBytes(await store.get('key'), left, 'the value is the winner’s', 'key')
    }
  }),
  check('W10', 'a conditional delete removes what it knows, and refuses anything else', async lab => {
    const store = await conditional(lab, 'deleteIfMatch')
    await store.set('key', utf8('one'))
    const stale = await etagOf(store)
    await store.set('key', utf8('two'))
    await expectRejects(
      () => store.delete('key', { ifMatch: stale }),
      'Conflict',
      'a stale etag is refused',
      'key',
    )
    expectBytes(await store.get('key'), utf8('two'), 'a refused delete removes nothing', 'key')
    const etag = await etagOf(store)
    await store.delete('key', { ifMatch: etag })
    expectSame(await store.has('key'), false, 'a delete with the right etag happens', 'key')
    await expectRejects(
      () => store.delete('key', { ifMatch: etag }),
      'Conflict',
      'nothing is there to match',
      'key',
    )
  }),
]

/** Writers that race each other, with short values and long ones, which some backends write by another way. */
const RACERS = Array.from({ length: 18 }, (_, index) => index)

/** The one that has succeeded; the others know that they have lost, for good. */
function onlyWinner(results: readonly Outcome<unknown>[], key: string): number {
  for (const result of results) {
    if (result.ok) continue
    const { error } = result
    ensure(isStoreError(error, 'Conflict'), 'the others reject Conflict', printError(error), key)
    ensure(!error.retryable, 'a conflict is the same at the next try', 'one that says it is retryable', key)
    expectSame(error.outcome, 'not-applied', 'a conflict tells that nothing was written', key)
  }
  const winners = results.flatMap((result, index) => (result.ok ? [index] : []))
  expectSame(winners.length, 1, `exactly one of ${results.length} writers succeeds`, key)
  return winners[0] as number
}

async function conditional(lab: Lab, ...needed: Condition[]): Promise<ByteStore> {
  const store = await lab.open()
  const { conditions } = lab.guarantees(store)
  const missing = needed.find(each => !conditions.includes(each))
  return missing === undefined ? store : lab.skip(`${missing} is not declared`)
}

async function etagOf(store: ByteStore): Promise<string> {
  const etag = (await store.stat('key'))?.etag
  ensure(typeof etag === 'string' && etag !== '', 'a store with conditions tells etags', String(etag), 'key')
  return etag
}
