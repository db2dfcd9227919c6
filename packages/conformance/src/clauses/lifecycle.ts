import { isStoreError } from '@kvdol/core'
import { ensure, expectBytes, expectRejects, expectSame, outcome, printError, settles } from '../assert.ts'
import { utf8 } from '../bytes.ts'
import { type Check, check } from '../check.ts'
import { collect, keysOf } from '../collect.ts'
import { eachAtOnce } from '../each-at-once.ts'
import { methodsOf } from '../methods.ts'
import { openResources } from '../resources.ts'
import { spySignal } from '../spy-signal.ts'
import { numbered } from './listing.ts'

/** Stores that are opened and closed. */
const ROUNDS = 4
/** Longest wait for what they have opened to be closed, in milliseconds. */
const PATIENCE = 10_000

/** C1 and C3: closing and aborting. */
export const lifecycle: readonly Check[] = [
  check('C1', 'close can be repeated, also at once', async lab => {
    const store = await lab.open()
    await store.set('key', utf8('x'))
    await settles(Promise.all([store.close(), store.close()]), 'close settles')
    await store.close()
    await store[Symbol.asyncDispose]()
  }),
  check('C1', 'after close every method rejects Closed', async lab => {
    const store = await lab.open()
    await store.set('key', utf8('x'))
    await store.close()
    for (const { name, call } of methodsOf(store))
      await expectRejects(() => call('key'), 'Closed', `${name} rejects after close`, 'key')
    for (const [name, call] of Object.entries({
      keys: () => keysOf(store),
      entries: () => collect(store.entries()),
      values: () => collect(store.values()),
      size: () => store.size(),
    }))
      await expectRejects(call, 'Closed', `${name} rejects after close`)
  }),
  check('C1', 'calls under way settle when the store is closed', async lab => {
    const store = await lab.open()
    const calls = Array.from({ length: 20 }, (_, index) =>
      outcome(() => store.set(`key-${index}`, utf8('x'))),
    )
    await settles(store.close(), 'close settles')
    for (const result of await settles(Promise.all(calls), 'calls under way settle'))
      ensure(
        result.ok || isStoreError(result.error),
        'they resolve or reject a StoreError',
        result.ok ? '' : printError(result.error),
      )
  }),
  check('C1', 'closing releases what the store has opened', async lab => {
    const { remove, resources } = lab.subject
    // What the subject opens besides ends with the place.
    if (remove === undefined && resources === undefined)
      return lab.skip('the subject has neither remove nor resources')
    const count = await openResources(lab)
    const used = async () => {
      const place = lab.nested()
      const store = await place.open()
      await store.set('key', utf8('x'))
      await store.get('key')
      await keysOf(store)
      await place.finish()
    }
    // What all stores of a process share stays.
    await used()
    const before = await count()
    for (let round = 0; round < ROUNDS; round++) await used()
    // A socket may take a while to end.
    const end = Date.now() + PATIENCE
    while ((await count()) >= before + ROUNDS && Date.now() < end)
      await new Promise(resolve => setTimeout(resolve, 10))
    const after = await count()
    ensure(
      after < before + ROUNDS,
      'as much is open as before',
      `${after} handles instead of ${before}, after ${ROUNDS} stores were closed`,
    )
  }),
  check(
    'C1',
    'closing one store leaves others on its place open',
    async lab => {
      const store = await lab.open()
      const other = await lab.reopen(store)
      await store.set('key', utf8('x'))
      await store.close()
      expectBytes(await other.get('key'), utf8('x'), 'the other store reads', 'key')
      await other.set('key', utf8('y'))
      expectBytes(await other.get('key'), utf8('y'), 'and writes', 'key')
    },
    ['reopen'],
  ),
  check('C1', 'a listing that is open ends with the store', async lab => {
    const store = await lab.open()
    await numbered(store, 300)
    const iterator = store.keys()[Symbol.asyncIterator]()
    await iterator.next()
    await settles(store.close(), 'close settles while a listing is open')
    await expectRejects(
      () => settles(iterator.next(), 'an open listing settles'),
      'Closed',
      'an open listing rejects Closed',
    )
  }),
  check('C3', 'a signal that is aborted already rejects every call without effect', async lab => {
    const store = await lab.open()
    await store.set('key', utf8('old'))
    const reason = new Error('no longer wanted')
    const signal = AbortSignal.abort(reason)
    for (const { name, call } of methodsOf(store)) {
      const error = await expectRejects(
        () => call('key', { signal }),
        'Aborted',
        `${name} rejects with an aborted signal`,
        'key',
      )
      expectSame(error.cause, reason, `the cause is the signal’s reason (${name})`, 'key')
    }
    for (const [name, call] of Object.entries({
      keys: () => keysOf(store, { signal }),
      entries: () => collect(store.entries({ signal })),
      values: () => collect(store.values({ signal })),
      size: () => store.size({ signal }),
    }))
      await expectRejects(call, 'Aborted', `${name} rejects with an aborted signal`)
    expectBytes(await store.get('key'), utf8('old'), 'an aborted call has no effect', 'key')
  }),
  check('C3', 'a listing ends with its signal', async lab => {
    const store = await lab.open()
    await numbered(store, 300)
    for (const list of [store.keys.bind(store), store.entries.bind(store), store.values.bind(store)]) {
      const { signal, abort } = spySignal()
      const iterator = list({ signal })[Symbol.asyncIterator]()
      await iterator.next()
      abort(new Error('enough'))
      const rest = { [Symbol.asyncIterator]: () => iterator as AsyncIterator<unknown> }
      await expectRejects(
        () => settles(collect(rest), 'an aborted listing settles'),
        'Aborted',
        'an aborted listing rejects',
      )
    }
  }),
  check('C3', 'an aborted call settles and the store goes on', async lab => {
    const store = await lab.open()
    await store.set('key', utf8('old'))
    for (const { name, call } of methodsOf(store)) {
      const { signal, abort } = spySignal()
      const pending = outcome(() => call('key', { signal }))
      abort(new Error('changed my mind'))
      const result = await settles(pending, `${name} settles when it is aborted`)
      ensure(
        result.ok || isStoreError(result.error, 'Aborted', 'NotFound'),
        `${name} rejects Aborted`,
        result.ok ? '' : printError(result.error),
        'key',
      )
    }
    await store.set('key', utf8('new'))
    expectBytes(await store.get('key'), utf8('new'), 'the store goes on', 'key')
  }),
  check('C3', 'no listener stays on a long-lived signal', async lab => {
    const store = await lab.open()
    const spy = spySignal()
    const rounds = Math.min(30, lab.amounts.exits)
    for (let round = 0; round < rounds; round++) {
      await eachAtOnce(methodsOf(store), async ({ call }) => {
        await outcome(() => call('key', { signal: spy.signal }))
      })
      await keysOf(store, { signal: spy.signal })
      await collect(store.entries({ signal: spy.signal }))
    }
    await new Promise(resolve => setTimeout(resolve))
    // A stream that nobody reads may still listen; it must not be one more in each round.
    ensure(
      spy.listeners() < rounds,
      'listeners do not accumulate',
      `${spy.listeners()} listeners after ${rounds} rounds`,
    )
  }),
]
