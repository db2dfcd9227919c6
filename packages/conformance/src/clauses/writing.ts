import { isStoreError, writeStream } from '@kvdol/core'
import { ensure, expectBytes, expectRejects, expectSame, outcome, settles } from '../assert.ts'
import { equalBytes, filled, printBytes, utf8 } from '../bytes.ts'
import { type Check, check } from '../check.ts'
import { keysOf } from '../collect.ts'

/** W1, W3 and W12: plain writes, failed writes, and options that cannot be honoured. */
export const writing: readonly Check[] = [
  check('W1', 'a shorter value leaves no rest of a longer one', async lab => {
    const store = await lab.open()
    for (const length of [1000, 10, 70_000, 1, 0, 5]) {
      await store.set('key', filled(length, length % 251))
      expectBytes(await store.get('key'), filled(length, length % 251), 'the last set wins', 'key')
    }
  }),
  check('W1', 'the last of many sets wins', async lab => {
    const store = await lab.open()
    for (let round = 0; round < 20; round++) await store.set('key', utf8(`round ${round}`))
    expectBytes(await store.get('key'), utf8('round 19'), 'the last set wins', 'key')
    expectSame((await keysOf(store)).length, 1, 'replacing a value adds no key')
  }),
  check('W3', 'an aborted set leaves the old value, or says that it cannot know', async lab => {
    const store = await lab.open()
    for (let delay = 0; delay < 6; delay++) {
      const [old, young] = [filled(40_000, delay), filled(50_000, 100 + delay)]
      await store.set('key', old)
      const controller = new AbortController()
      const setting = outcome(() => store.set('key', young, { signal: controller.signal }))
      for (let turn = 0; turn < delay * 3; turn++) await Promise.resolve()
      if (delay > 3) await new Promise(resolve => setTimeout(resolve))
      controller.abort()
      const result = await settles(setting, 'an aborted set settles')
      // A write that was under way may still arrive; what it may not do is arrive in parts.
      await new Promise(resolve => setTimeout(resolve, 3))
      const value = await store.get('key')
      const whole = value !== undefined && (equalBytes(value, old) || equalBytes(value, young))
      ensure(whole, 'the old value or the new one is there', value ? printBytes(value) : 'nothing', 'key')
      if (result.ok) expectBytes(value, young, 'a set that resolved is there', 'key')
      else if (isStoreError(result.error) && result.error.outcome === 'not-applied')
        expectBytes(value, old, 'a set that says not-applied changed nothing', 'key')
    }
  }),
  check('W12', 'an option that a method does not know is refused before any effect', async lab => {
    const store = await lab.open()
    await store.set('key', utf8('old'))
    const odd = { nonsense: 1000 }
    for (const [name, call] of Object.entries({
      set: () => store.set('key', utf8('new'), odd as object),
      delete: () => store.delete('key', odd as object),
      get: () => store.get('key', odd as object),
      keys: () => keysOf(store, { recursive: true } as object),
      setMany: () => store.setMany([['key', utf8('new')]], odd as object),
      deleteMany: () => store.deleteMany(['key'], odd as object),
    }))
      await expectRejects(call, 'Unsupported', `${name} refuses an option that it does not know`, 'key')
    expectBytes(await store.get('key'), utf8('old'), 'a refused call has no effect', 'key')
  }),
  check('W12', 'a condition that is not declared is refused before any effect', async lab => {
    const store = await lab.open()
    const { conditions } = lab.guarantees(store)
    await store.set('key', utf8('old'))
    const calls = {
      ifAbsent: [
        () => store.set('new', utf8('x'), { ifAbsent: true }),
        () => writeStream(store, 'new', [utf8('x')], { ifAbsent: true }),
      ],
      ifMatch: [
        () => store.set('key', utf8('x'), { ifMatch: 'tag' }),
        () => writeStream(store, 'key', [utf8('x')], { ifMatch: 'tag' }),
      ],
      deleteIfMatch: [() => store.delete('key', { ifMatch: 'tag' })],
    }
    for (const [condition, attempts] of Object.entries(calls)) {
      const declared = conditions.some(each => each === condition)
      for (const attempt of declared ? [] : attempts)
        await expectRejects(attempt, 'Unsupported', `${condition} is refused where it is not declared`)
    }
    expectBytes(await store.get('key'), utf8('old'), 'a refused call has no effect', 'key')
    if (!conditions.includes('ifAbsent'))
      expectBytes(await store.get('new'), undefined, 'a refused call has no effect', 'new')
  }),
  check('W12', 'options that make no sense are refused before any effect', async lab => {
    const store = await lab.open()
    await store.set('key', utf8('old'))
    const wrong = ['InvalidArgument', 'Unsupported'] as const
    for (const options of [
      { ifMatch: undefined },
      { ifMatch: '' },
      { ifMatch: 1 },
      { ifAbsent: 'yes' },
      { signal: 'stop' },
    ])
      await expectRejects(
        () => store.set('key', utf8('new'), options as object),
        wrong,
        `set refuses ${JSON.stringify(options)}`,
        'key',
      )
    await expectRejects(
      () => store.delete('key', { ifMatch: undefined } as object),
      wrong,
      'delete refuses ifMatch: undefined',
      'key',
    )
    for (const limit of [-1, 1.5, Number.NaN, '1'])
      await expectRejects(
        () => keysOf(store, { limit: limit as number }),
        wrong,
        `keys refuses the limit ${limit}`,
      )
    expectBytes(await store.get('key'), utf8('old'), 'a refused call has no effect', 'key')
  }),
]
