import { guarantees } from '@kvdol/core'
import { ensure, expectSame } from '../assert.ts'
import { utf8 } from '../bytes.ts'
import { type Check, check } from '../check.ts'

/** C10: what a store declares. That each declaration is true is proved by the clause that it speaks of. */
export const declarations: readonly Check[] = [
  check('C10', 'guarantees are frozen, constant and plain JSON', async lab => {
    const store = await lab.open()
    const before = guarantees(store)
    const json = JSON.stringify(before)
    ensure(Object.isFrozen(before), 'guarantees are frozen', 'an object that can be changed')
    await store.set('key', utf8('x'))
    await store.delete('key')
    expectSame(JSON.stringify(guarantees(store)), json, 'guarantees are constant')
    expectSame(JSON.stringify(JSON.parse(json)), json, 'guarantees are plain JSON')
    expectSame(JSON.stringify(guarantees(await lab.open())), json, 'two stores of one kind declare the same')
  }),
  check('C10', 'the store declares what is expected of it', async lab => {
    const expected = Object.entries(lab.subject.guarantees ?? {})
    if (expected.length === 0) return lab.skip('the subject expects no guarantees')
    const declared = Object.entries(guarantees(await lab.open()))
    for (const [name, value] of expected) {
      const found = declared.find(([each]) => each === name)?.[1]
      expectSame(
        JSON.stringify(found),
        JSON.stringify(value),
        `the guarantee ${name} is declared as expected`,
      )
    }
  }),
  check('C10', 'every guarantee has a value that it can have', async lab => {
    const store = await lab.open()
    const { order, listConsistency, readConsistency, durability, conditions, rejects, ...rest } =
      guarantees(store)
    const known: readonly [string, readonly string[]][] = [
      [order, ['none', 'utf8-bytes']],
      [listConsistency, ['strong', 'session', 'eventual']],
      [readConsistency, ['strong', 'session', 'eventual']],
      [durability, ['none', 'crash', 'power-loss']],
    ]
    for (const [value, all] of known) ensure(all.includes(value), `one of ${all.join(', ')}`, String(value))
    for (const each of conditions)
      ensure(['ifAbsent', 'ifMatch', 'deleteIfMatch'].includes(each), 'a known condition', String(each))
    ensure(
      rejects.every(reason => typeof reason === 'string'),
      'rejects lists reasons',
      JSON.stringify(rejects),
    )
    ensure(
      [rest.atomicOverwrite, rest.batchAtomic, rest.multiProcess].every(each => typeof each === 'boolean'),
      'flags are booleans',
      JSON.stringify(rest),
    )
    ensure(
      Number.isSafeInteger(rest.maxKeyBytes) && rest.maxKeyBytes > 0,
      'maxKeyBytes is a number of bytes',
      String(rest.maxKeyBytes),
    )
    ensure(
      rest.maxValueBytes === null || rest.maxValueBytes > 0,
      'maxValueBytes is a number of bytes or null',
      String(rest.maxValueBytes),
    )
  }),
]
